/* SPDX-License-Identifier: MIT */
/* Rows of an output alone: the same bits as in a whole run, whatever makes them and wherever they
 * are cut. */
#include "support/network/network_file.h"
#include "support/network/random_network.h"
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(rows, .init = scratch_init, .fini = scratch_fini);

static image load(const char *path)
{
    image loaded;
    up_error error;
    cr_assert_eq(image_load(&loaded, path, 7, &error), UP_OK, "%s", error.message);
    return loaded;
}

/* Row y of plane c (planar) or of all channels. */
static const uint8_t *row_of(const image *i, int c, int y, size_t *bytes)
{
    const up_format *f = &i->format;
    *bytes = i->size / (size_t)(f->planar ? f->channels : 1) / (size_t)f->height;
    return i->data + ((size_t)c * (size_t)f->height + (size_t)y) * *bytes;
}

static bool same_rows(const image *whole, const image *part, int first)
{
    const int planes = part->format.planar ? part->format.channels : 1;
    bool same = part->format.width == whole->format.width;
    for (int c = 0; c < planes && same; c++)
        for (int y = 0; y < part->format.height && same; y++) {
            size_t bytes, unused;
            const uint8_t *row = row_of(part, c, y, &bytes);
            same = memcmp(row, row_of(whole, c, first + y, &unused), bytes) == 0;
        }
    return same;
}

/* One band. */
static void check_band(const char *input, const char *type, const image *whole, up_options options,
                       int first, int end, const char *what)
{
    char path[256];
    up_error error;
    snprintf(path, sizeof path, "%s", scratch_path("part.%s", type));
    options.rows.first = first;
    options.rows.end = end;
    cr_assert_eq(up_upscale_file(input, path, &options, &error), UP_OK, "%s: %s", what,
                 error.message);
    image part = load(path);
    cr_expect_eq(part.format.height, end - first, "%s", what);
    cr_expect(same_rows(whole, &part, first), "%s: rows %d to %d differ", what, first, end);
    image_free(&part);
}

/* Bands here and there, of which some end or begin within what is made together. */
static void check(const char *input, const char *type, up_options options, const char *what)
{
    char path[256];
    up_error error;
    snprintf(path, sizeof path, "%s", scratch_path("whole.%s", type));
    options.overwrite = true;
    if (up_upscale_file(input, path, &options, &error) != UP_OK)
        return; /* not a method for this picture */
    image whole = load(path);
    const int height = whole.format.height;
    const int cuts[] = { 0, height / 7, height / 3, height / 2 + 1, height - 1, height };
    for (int i = 0; i < 5; i++)
        if (cuts[i] < cuts[i + 1])
            check_band(input, type, &whole, options, cuts[i], cuts[i + 1], what);
    options.band = 3;
    options.threads = 2;
    check_band(input, type, &whole, options, height / 4, height * 3 / 4 + 1, what);
    image_free(&whole);
}

static int noise(int x, int y, int c)
{
    uint32_t state = (uint32_t)(x * 7919 + y * 104729 + c * 31 + 1);
    next_random(&state);
    return (int)(next_random(&state) >> 8 & 255);
}

static const char *picture(const char *name, int width, int height, int channels)
{
    const up_format format = picture_format(width, height, channels, UP_SAMPLE_U8);
    return picture_save(name, &format, noise);
}

static void check_all_methods(const char *input, const char *type)
{
    static const double scales[] = { 2, 3, 1.5, 0.4 };
    char name[320];
    strcpy(name, input);
    for (int m = 0; up_method_at(m); m++)
        for (size_t i = 0; i < sizeof scales / sizeof *scales; i += MANY_OR_FEW(1, 3)) {
            up_options options;
            char what[96];
            up_options_init(&options);
            options.method = up_method_at(m)->name;
            options.scale.rows = options.scale.columns = scales[i];
            if (strcmp(options.method, "deconvolve") == 0)
                options.blur.name = "gaussian:1", options.deconvolution.iterations = 3;
            snprintf(what, sizeof what, "%s x%g", options.method, scales[i]);
            check(name, type, options, what);
        }
}

Test(rows, of_every_method)
{
    check_all_methods(picture("in.ppm", 33, 47, 3), "ppm");
}

Test(rows, with_alpha_into_png)
{
    check_all_methods(picture("in.pam", 21, 40, 4), "png");
}

Test(rows, of_tensors)
{
    check_all_methods(picture("in.npy", 19, 37, 2), "npy");
}

Test(rows, of_large_pictures_in_many_chunks)
{
    up_options options;
    up_options_init(&options);
    options.method = "bicubic";
    char input[256];
    strcpy(input, picture("in.png", MANY_OR_FEW(700, 70), 900, 3));
    check(input, "ppm", options, "bicubic");
    options.method = "tconv:small";
    options.scale.rows = options.scale.columns = 3;
    check(input, "ppm", options, "tconv:small");
}

Test(rows, of_results_that_are_projected_back)
{
    up_options options;
    up_options_init(&options);
    options.method = "lanczos";
    options.back_project = 2;
    char input[256];
    strcpy(input, picture("in.ppm", 40, 60, 3));
    check(input, "npy", options, "back-projected");
}

/* Some of these reduce whole planes, and run in several stages. */
Test(rows, of_networks)
{
    char input[256], weights[256];
    for (unsigned seed = 1; seed <= MANY_OR_FEW(40, 10); seed++) {
        const random_network made = random_network_make(seed, 5 + (int)(seed % 8));
        tensor_file file = network_file(made.tensors, made.layers, made.metadata);
        char what[32];
        snprintf(what, sizeof what, "network %u", seed);
        strcpy(input, picture("in.npy", 20, 33, made.channels));
        strcpy(weights, scratch_path("w.safetensors"));
        file_write(weights, file.bytes, file.size);
        tensor_file_free(&file);
        up_options options;
        up_options_init(&options);
        options.method = "tconv";
        options.weights = weights;
        check(input, "npy", options, what);
    }
}

/* ---- refused */

static void refused(int first, int end, const char *word)
{
    up_options options;
    up_error error;
    up_options_init(&options);
    options.rows.first = first;
    options.rows.end = end;
    char input[256];
    strcpy(input, picture("in.ppm", 8, 8, 3));
    cr_expect_eq(up_upscale_file(input, scratch_path("o.ppm"), &options, &error),
                 UP_ERROR_ARGUMENT);
    cr_expect(strstr(error.message, word), "%s", error.message);
}

Test(rows, outside_the_output_are_refused)
{
    refused(-1, 3, "-1 to 3 are not among the 16");
    refused(3, 3, "not among");
    refused(0, 17, "not among");
    refused(9, 2, "not among");
}

Test(rows, of_memory_are_refused)
{
    uint8_t in[12] = { 0 }, out[48];
    up_pixels from = { .format = picture_format(2, 2, 3, UP_SAMPLE_U8), .data = in };
    up_pixels to = { .format = picture_format(4, 4, 3, UP_SAMPLE_U8), .data = out };
    up_options options;
    up_error error;
    up_options_init(&options);
    options.rows.end = 2;
    cr_expect_eq(up_upscale_pixels(&from, &to, &options, &error), UP_ERROR_ARGUMENT);
}
