/* SPDX-License-Identifier: MIT */
/* The weights inside the library are what their names say. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/network.h"
#include "support/scratch.h"
#include "upscale.h"
#include "weights/embedded.h"
#include "weights/safetensors/safetensors.h"

TestSuite(embedded, .init = scratch_init, .fini = scratch_fini);

/* Bicubic with half-pixel centres as a transposed convolution: tap k of output o - i * s weighs
 * input i by Keys' kernel at its distance. An odd scale needs an output_padding for the same count
 * of taps (4) in every phase. The border is repeated as far as a kernel reaches. */
enum { TAPS = 4, BORDER = 2 };
static const double keys_a = -0.5;

static double keys(double x)
{
    x = fabs(x);
    if (x < 1)
        return ((keys_a + 2) * x - (keys_a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * keys_a : 0;
}

static int bicubic_padding(int scale)
{
    return (TAPS * scale - scale + scale % 2) / 2;
}

static void bicubic_kernel(int scale, float *weight)
{
    int size = TAPS * scale, padding = bicubic_padding(scale);
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            weight[y * size + x] = (float)(keys((y - padding + 0.5) / scale - 0.5) *
                                           keys((x - padding + 0.5) / scale - 0.5));
}

static void write_bicubic(const char *path, int scale)
{
    const size_t side = (size_t)(TAPS * scale), shape[] = { 1, 1, side, side };
    float weight[16 * 16];
    static const char *const psnr[] = { "33.65", "30.39", "28.42" };
    char number[16], layers[200];
    up_error error;
    bicubic_kernel(scale, weight);
    sprintf(number, "%d", scale);
    sprintf(layers,
            "[{\"op\": \"pad\", \"amount\": %d, \"mode\": \"replicate\"}, "
            "{\"op\": \"conv_transpose2d\", \"name\": \"upsample\", \"stride\": %d, "
            "\"padding\": %d, \"output_padding\": %d}]",
            BORDER, scale, bicubic_padding(scale) + BORDER * scale, scale % 2);
    const up_tensor tensor = up_tensor_of_f32("upsample.weight", 4, shape, weight);
    const up_metadata_item metadata[] = {
        { "upscale.scale", number },
        { "upscale.layers", layers },
        { "upscale.color", "any" },
        { "upscale.range", "1" },
        { "description", "Bicubic interpolation (Keys, a = -0.5), half-pixel centres" },
        { "licence", "CC0-1.0" },
        { "set5_psnr_y", psnr[scale - 2] },
    };
    cr_assert_eq(up_safetensors_write(path, &tensor, 1, metadata,
                                      sizeof metadata / sizeof *metadata, false, &error),
                 UP_OK, "%s", error.message);
}

Test(embedded, bicubic_files_are_the_kernel_written_out)
{
    for (int scale = 2; scale <= 4; scale++) {
        const up_embedded *file = up_embedded_find("bicubic", scale);
        cr_assert(file, "scale %d", scale);
        const char *path = scratch_path("bicubic-x%d.safetensors", scale);
        write_bicubic(path, scale);
        size_t size;
        char *bytes = file_read(path, &size);
        cr_expect(size == file->size && memcmp(bytes, file->bytes, size) == 0,
                  "the embedded bicubic x%d is not what this test computes", scale);
        free(bytes);
    }
}

Test(embedded, bicubic_is_the_method_of_that_name)
{
    enum { WIDTH = 13, HEIGHT = 7 };
    float in[WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        in[i] = (float)(sin(i * 1.7) + i * 0.1);
    const up_pixels picture = { .format = { .width = WIDTH,
                                            .height = HEIGHT,
                                            .channels = 1,
                                            .frames = 1,
                                            .sample = UP_SAMPLE_F32,
                                            .depth = 32 },
                                .data = in };
    for (int scale = 2; scale <= 4; scale++) {
        static float by_layer[16 * WIDTH * HEIGHT], by_method[16 * WIDTH * HEIGHT];
        up_pixels layer = picture, method = picture;
        up_error error = { 0 };
        layer.format.width = method.format.width = scale * WIDTH;
        layer.format.height = method.format.height = scale * HEIGHT;
        layer.data = by_layer;
        method.data = by_method;
        up_options options = { .method = "tconv:bicubic", .scale = { scale, scale } };
        cr_assert_eq(up_upscale_pixels(&picture, &layer, &options, &error), UP_OK, "%s",
                     error.message);
        options.method = "bicubic";
        cr_assert_eq(up_upscale_pixels(&picture, &method, &options, &error), UP_OK, "%s",
                     error.message);
        for (int i = 0; i < scale * scale * WIDTH * HEIGHT; i++)
            cr_assert_float_eq(by_layer[i], by_method[i], 1e-5, "x%d, column %d of row %d", scale,
                               i % (scale * WIDTH), i / (scale * WIDTH));
    }
}

Test(embedded, every_file_is_complete_and_multiplies_the_size)
{
    const up_embedded *file;
    int count = 0;
    for (; (file = up_embedded_at(count)); count++) {
        up_tensor_file *weights;
        up_network *network;
        up_error error;
        cr_assert_eq(
            up_tensor_file_from_memory(&weights, file->bytes, file->size, file->name, &error),
            UP_OK, "%s", error.message);
        static const char *const keys_needed[] = { "upscale.scale", "upscale.color", "licence",
                                                   "description" };
        for (size_t i = 0; i < sizeof keys_needed / sizeof *keys_needed; i++)
            cr_expect(up_tensor_file_metadata(weights, keys_needed[i]), "%s x%d: %s", file->name,
                      file->scale, keys_needed[i]);
        cr_assert_eq(up_network_load(&network, weights, NULL, &error), UP_OK, "%s", error.message);
        for (int axis = 0; axis < 2; axis++)
            cr_expect(network->scale[axis] == file->scale && network->extra[axis] == 0 &&
                          network->reduction[axis] == 1,
                      "%s x%d", file->name, file->scale);
        up_network_free(&network);
        up_tensor_file_close(&weights);
    }
    cr_expect_geq(count, 6);
}

Test(embedded, lookup)
{
    cr_expect_null(up_embedded_at(-1));
    cr_expect_null(up_embedded_find("bicubic", 5));
    cr_expect_null(up_embedded_find("nothing", 2));
    cr_expect_null(up_embedded_find(NULL, 0));
    for (int scale = 2; scale <= 4; scale++) {
        const up_embedded *first = up_embedded_find(NULL, scale);
        cr_assert(first);
        cr_expect_eq(first->scale, scale);
        cr_expect(strcmp(first->name, "small") == 0 ||
                  (!up_embedded_find("small", scale) && strcmp(first->name, "linear") == 0));
    }
}
