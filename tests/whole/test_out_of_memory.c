/* SPDX-License-Identifier: MIT */
/* Every allocation of the library fails once, in turn: an error each time, no crash, no leak. */
#include "upscale_measure.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long countdown = -1; /* < 0: nothing fails */

static bool fails(void)
{
    return countdown >= 0 && countdown-- == 0;
}

/* The linker sends the library's own calls here (--wrap). */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}

void *__wrap_aligned_alloc(size_t align, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(align, size);
}

static unsigned char pixels[24 * 24 * 4], enlarged[48 * 48 * 4];

static up_status upscale_pixels(const char *method, up_error *error)
{
    up_pixels in = {
        .format = { .width = 24, .height = 24, .channels = 4, .frames = 1, .color = UP_COLOR_RGBA },
        .data = pixels
    };
    up_pixels out = in;
    out.format.width = out.format.height = 48;
    out.data = enlarged;
    const up_options options = { .method = method, .linear = true, .threads = 1 };
    return up_upscale_pixels(&in, &out, &options, error);
}

static void fail_each(up_status (*run)(const char *, up_error *), const char *what)
{
    up_error error;
    cr_assert_eq(run(what, &error), UP_OK, "%s: %s", what, error.message);
    int failures = 0;
    for (long n = 0;; n++) {
        countdown = n;
        up_status status = run(what, &error);
        bool reached = countdown < 0;
        countdown = -1;
        if (!reached)
            break;
        cr_assert_eq(status, UP_ERROR_MEMORY, "%s: allocation %ld gives status %d: %s", what, n,
                     status, error.message);
        failures++;
    }
    cr_assert_gt(failures, 5);
}

Test(out_of_memory, pixels)
{
    fail_each(upscale_pixels, "nearest");
    fail_each(upscale_pixels, "bicubic");
    fail_each(upscale_pixels, "tconv");
}

static char input[64], output[96];

static void write_input(void)
{
    snprintf(input, sizeof input, "/tmp/upscale-oom-%d.ppm", (int)getpid());
    FILE *file = fopen(input, "wb");
    cr_assert(file);
    fprintf(file, "P6 24 24 255\n");
    fwrite(pixels, 1, 24 * 24 * 3, file);
    fclose(file);
}

static up_status upscale_file(const char *extension, up_error *error)
{
    const up_options options = { .method = "bilinear", .threads = 1, .overwrite = true };
    snprintf(output, sizeof output, "%s.%s", input, extension);
    return up_upscale_file(input, output, &options, error);
}

Test(out_of_memory, files)
{
    static const char *const extensions[] = { "png", "jpg", "ppm", "npy" };
    write_input();
    for (int i = 0; i < 4; i++) {
        fail_each(upscale_file, extensions[i]);
        unlink(output);
    }
    unlink(input);
}

static up_status upscale_memory(const char *type, up_error *error)
{
    static char file[13 + 24 * 24 * 3] = "P6 24 24 255\n";
    const up_options options = { .method = "bilinear", .threads = 1, .output_format = type };
    up_bytes made;
    const up_status status = up_upscale_memory(file, sizeof file, &made, &options, error);
    up_bytes_free(&made);
    return status;
}

Test(out_of_memory, memory)
{
    fail_each(upscale_memory, "png");
    fail_each(upscale_memory, "bmp");
}

static up_status evaluate(const char *method, up_error *error)
{
    const up_options options = { .method = method, .threads = 1 };
    const up_measuring how = { .border = 2, .threads = 1 };
    up_eval_picture picture;
    up_eval_result result;
    up_pixels upscaled;
    up_status status = up_eval_open(&picture, input, 2, &options, error);
    if (status != UP_OK)
        return status;
    status = up_eval_run(&result, &picture, &options, &how, &upscaled, error);
    up_pixels_free(&upscaled);
    up_eval_close(&picture);
    return status;
}

Test(out_of_memory, evaluation)
{
    write_input();
    fail_each(evaluate, "bicubic");
    unlink(input);
}
