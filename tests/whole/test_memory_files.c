/* SPDX-License-Identifier: MIT */
/* Files that are bytes in memory, in and out. */
#include "io/formats.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(memory_files, .init = scratch_init, .fini = scratch_fini, .timeout = 120);

enum { WIDTH = 61, HEIGHT = 47 };

static const char *const types[] = { "png",  "jpg", "webp", "tif", "jxl",
                                     "avif", "bmp", "qoi",  "ppm", "npy" };
enum { TYPES = sizeof types / sizeof *types };

static int level(int x, int y, int c)
{
    return (3 * x + 5 * y + 40 * c + (x * y) % 7) & 255;
}

typedef struct {
    char *data;
    size_t size;
} file;

static const char *picture_path(const char *type)
{
    const char *path = scratch_path("in.%s", type);
    const up_format format = picture_format(WIDTH, HEIGHT, 3, UP_SAMPLE_U8);
    if (!file_exists(path))
        picture_save(path + strlen(scratch_folder()) + 1, &format, level);
    return path;
}

static file picture(const char *type)
{
    file f;
    f.data = file_read(picture_path(type), &f.size);
    return f;
}

static up_options doubled(const char *type)
{
    up_options options;
    up_options_init(&options);
    options.method = "bicubic";
    options.scale.rows = options.scale.columns = 2;
    options.output_format = type;
    options.threads = 2;
    return options;
}

/* Every pair of formats: what comes out is what a file would hold. */
Test(memory_files, bytes_are_those_of_files)
{
    for (int in = 0; in < TYPES - 1; in++)
        for (int out = in == 0 ? 0 : TYPES; out <= TYPES; out++) {
            const char *type = out < TYPES ? types[out] : NULL;
            if (up_format_left_out(types[in]) || (type && up_format_left_out(type)))
                continue;
            file from = picture(types[in]);
            const up_options options = doubled(type);
            up_bytes made;
            up_error error;
            cr_assert_eq(up_upscale_memory(from.data, from.size, &made, &options, &error), UP_OK,
                         "%s: %s", types[in], error.message);
            const char *path = scratch_path("%d-%d.%s", in, out, type ? type : types[in]);
            cr_assert_eq(up_upscale_file(picture_path(types[in]), path, &options, &error), UP_OK);
            size_t size;
            char *bytes = file_read(path, &size);
            cr_expect(size == made.size && memcmp(bytes, made.data, size) == 0, "%s to %s",
                      types[in], type ? type : "the same");
            up_bytes_free(&made);
            cr_expect(!made.data && made.size == 0);
            free(bytes);
            free(from.data);
        }
}

/* ---- a function that takes them */

typedef struct {
    char *data;
    size_t size, most;
    int calls;
} taker;

static up_status take(void *user, const void *bytes, size_t size, up_error *error)
{
    taker *t = user;
    if (t->size + size > t->most) {
        error->status = UP_ERROR_OUTPUT;
        snprintf(error->message, sizeof error->message, "the client has gone");
        return UP_ERROR_OUTPUT;
    }
    t->data = realloc(t->data, t->size + size);
    memcpy(t->data + t->size, bytes, size);
    t->size += size;
    t->calls++;
    return UP_OK;
}

static up_status run_to(const file *from, up_take_bytes *function, taker *to, const char *type,
                        up_error *error)
{
    up_image *opened;
    up_plan *plan;
    const up_options options = doubled(type);
    cr_assert_eq(up_image_open_memory(&opened, from->data, from->size, error), UP_OK);
    cr_assert_eq(up_plan_create(&plan, opened, NULL, &options, error), UP_OK, "%s", error->message);
    const up_status status = up_plan_run_to(plan, function, to, error);
    if (status == UP_OK)
        cr_expect_eq(up_plan_run_to(plan, function, to, NULL), UP_ERROR_ARGUMENT);
    up_plan_destroy(&plan);
    up_image_close(&opened);
    return status;
}

Test(memory_files, function_takes_what_a_pipe_would)
{
    for (int i = 0; i < TYPES; i++) {
        if (up_format_left_out(types[i]))
            continue;
        file from = picture("png");
        taker to = { .most = SIZE_MAX };
        up_error error;
        cr_assert_eq(run_to(&from, take, &to, types[i], &error), UP_OK, "%s", error.message);
        process_result piped =
            shell("upscale -q -m bicubic -s 2 -f %s -o - in.png | cat", types[i]);
        cr_expect(piped.out_size == to.size && memcmp(piped.out, to.data, to.size) == 0, "%s",
                  types[i]);
        process_free(&piped);
        free(to.data);
        free(from.data);
    }
}

static up_status refuse(void *user, const void *bytes, size_t size, up_error *error)
{
    (void)user, (void)bytes, (void)size, (void)error;
    return UP_ERROR_IO;
}

Test(memory_files, function_ends_the_run)
{
    file from = picture("png");
    taker to = { .most = 100 };
    up_error error;
    cr_expect_eq(run_to(&from, take, &to, "ppm", &error), UP_ERROR_OUTPUT);
    cr_expect_str_eq(error.message, "the client has gone");
    cr_expect_eq(run_to(&from, refuse, &to, "png", &error), UP_ERROR_IO);
    cr_expect_str_eq(error.message, "the function that takes the output failed");
    free(to.data);
    free(from.data);
}

/* What is to be gone back in is held, and that counts. */
Test(memory_files, function_holds_within_the_limit)
{
    static const char *const wanted[] = { "png", "tif", "npy" };
    for (int i = 0; i < 3; i++) {
        if (up_format_left_out(wanted[i]))
            continue;
        file from = picture("png");
        up_error error = { 0 };
        up_plan *plan;
        up_image *opened;
        up_options options = doubled(wanted[i]);
        for (int limited = 0; limited < 2; limited++) {
            taker to = { .most = SIZE_MAX };
            cr_assert_eq(up_image_open_memory(&opened, from.data, from.size, &error), UP_OK);
            cr_assert_eq(up_plan_create(&plan, opened, NULL, &options, &error), UP_OK, "%s",
                         error.message);
            options.max_memory = up_plan_get_info(plan)->memory_bytes;
            cr_expect_eq(up_plan_run_to(plan, take, &to, &error),
                         limited && i > 0 ? UP_ERROR_LIMIT : UP_OK, "%s: %s", wanted[i],
                         error.message);
            cr_expect_eq(to.calls == 0, limited && i > 0);
            free(to.data);
            up_plan_destroy(&plan);
            up_image_close(&opened);
        }
        free(from.data);
    }
}

/* ---- what must not work */

static void expect_refused(const void *bytes, size_t size, const up_options *options,
                           up_status status, const char *words)
{
    up_bytes made = { (void *)words, 1 };
    up_error error = { 0 };
    cr_expect_eq(up_upscale_memory(bytes, size, &made, options, &error), status, "%s",
                 error.message);
    cr_expect(strstr(error.message, words), "%s", error.message);
    cr_expect(!made.data && made.size == 0);
}

Test(memory_files, refusals_name_memory)
{
    file from = picture("ppm");
    up_options options = doubled("png");
    expect_refused(NULL, 0, &options, UP_ERROR_INPUT, "memory: is empty");
    expect_refused(from.data, 0, &options, UP_ERROR_INPUT, "memory: is empty");
    expect_refused(NULL, 5, &options, UP_ERROR_ARGUMENT, "memory: ");
    expect_refused(from.data, (size_t)-1, &options, UP_ERROR_ARGUMENT, "memory: ");
    expect_refused("GIF89a", 6, &options, UP_ERROR_INPUT, "memory: ");
    expect_refused(from.data, 40, &options, UP_ERROR_INPUT, "memory: truncated");
    options.output_format = "heic";
    expect_refused(from.data, from.size, &options, UP_ERROR_ARGUMENT, "heic");
    free(from.data);
}

Test(memory_files, output_counts_against_the_limit)
{
    file from = picture("ppm");
    up_options options = doubled("npy");
    up_image *opened;
    up_plan *plan;
    up_error error;
    options.threads = 1;
    options.width = options.height = 2000;
    cr_assert_eq(up_image_open_memory(&opened, from.data, from.size, &error), UP_OK);
    cr_assert_eq(up_plan_create(&plan, opened, NULL, &options, &error), UP_OK, "%s", error.message);
    const size_t needs = up_plan_get_info(plan)->memory_bytes;
    up_plan_destroy(&plan);
    up_image_close(&opened);
    options.max_memory = needs + ((size_t)11 << 20);
    expect_refused(from.data, from.size, &options, UP_ERROR_LIMIT, "memory: the output takes more");
    options.max_memory = needs + ((size_t)13 << 20);
    up_bytes made;
    cr_assert_eq(up_upscale_memory(from.data, from.size, &made, &options, &error), UP_OK, "%s",
                 error.message);
    cr_expect_gt(made.size, (size_t)3 * 2000 * 2000);
    up_bytes_free(&made);
    free(from.data);
}

/* Copies of their own size, so that a sanitizer sees each read beyond them. */
static void try(const char *bytes, size_t size)
{
    up_options options = doubled("ppm");
    char *copy = malloc(size + !size);
    up_bytes made;
    up_error error = { 0 };
    memcpy(copy, bytes, size);
    options.threads = 1;
    options.max_memory = (size_t)64 << 20;
    if (up_upscale_memory(copy, size, &made, &options, &error) != UP_OK)
        cr_expect(error.message[0] && !strchr(error.message, '\n') && !made.data);
    up_bytes_free(&made);
    free(copy);
}

Test(memory_files, hostile_bytes)
{
    uint32_t state = 5;
    for (int i = 0; i < TYPES; i++) {
        if (up_format_left_out(types[i]))
            continue;
        file from = picture(types[i]);
        for (int n = 0; n < MANY_OR_FEW(60, 12); n++) {
            try(from.data, next_random(&state) % from.size);
            const size_t at = next_random(&state) % from.size;
            from.data[at] ^= (char)(1 << next_random(&state) % 8);
            try(from.data, from.size);
        }
        free(from.data);
    }
}

/* ---- threads */

static void *upscale_some(void *user)
{
    const file *from = user;
    for (int n = 0; n < 4; n++) {
        const up_options options = doubled("png");
        up_bytes made;
        if (up_upscale_memory(from->data, from->size, &made, &options, NULL) != UP_OK)
            return user;
        up_bytes_free(&made);
    }
    return NULL;
}

Test(memory_files, many_threads_read_the_same_bytes)
{
    pthread_t thread[4];
    file from = picture("jpg");
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&thread[i], NULL, upscale_some, &from), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(thread[i], &failed);
        cr_expect(!failed);
    }
    free(from.data);
}
