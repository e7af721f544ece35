/* The weights inside the library are what their names say. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/scratch.h"
#include "weights/embedded.h"
#include "weights/layer.h"
#include "weights/network.h"

TestSuite(embedded, .init = scratch_init, .fini = scratch_fini);

static up_layer_weights *load(const up_embedded *file, up_safetensors **weights)
{
    up_layer_weights *layer;
    up_error error = { 0 };
    cr_assert_eq(up_safetensors_from_memory(weights, file->bytes, file->size, file->name, &error),
                 UP_OK, "%s", error.message);
    cr_assert_eq(up_layer_load(&layer, *weights, NULL, &error), UP_OK, "%s", error.message);
    return layer;
}

/* Bicubic with half-pixel centres as a transposed convolution: tap k of output o - i * s weighs
 * input i by Keys' kernel at its distance. An odd scale needs an output_padding for the same count
 * of taps (4) in every phase. */
enum { TAPS = 4 };
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
    char number[16], padding[16], output_padding[16];
    up_error error;
    bicubic_kernel(scale, weight);
    sprintf(number, "%d", scale);
    sprintf(padding, "%d", bicubic_padding(scale));
    sprintf(output_padding, "%d", scale % 2);
    const up_tensor tensor = up_tensor_of_f32("weight", 4, shape, weight);
    const up_metadata_item metadata[] = {
        { "upscale.scale", number },
        { "upscale.stride", number },
        { "upscale.padding", padding },
        { "upscale.output_padding", output_padding },
        { "upscale.color", "any" },
        { "upscale.range", "1" },
        { "description", "Bicubic interpolation (Keys, a = -0.5), half-pixel centres" },
        { "licence", "CC0-1.0" },
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

/* One row of an output, from the definition of the transposed convolution. */
static double transposed(const up_layer_weights *layer, const double *in, int n, int o)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        int tap = o + layer->padding[1] - i * layer->stride[1];
        if (tap < 0 || tap >= layer->kernel[1])
            continue;
        for (int row = 0; row < layer->kernel[0]; row += layer->stride[0]) /* all rows alike */
            sum += in[i] * (double)layer->weight[row * layer->kernel[1] + tap];
    }
    return sum;
}

static double interpolated(const double *in, int scale, int o)
{
    double at = (o + 0.5) / scale - 0.5, sum = 0;
    for (int i = (int)floor(at) - 1; i <= (int)floor(at) + 2; i++)
        sum += in[i] * keys(at - i);
    return sum;
}

Test(embedded, bicubic_layers_interpolate)
{
    double in[16];
    for (int i = 0; i < 16; i++)
        in[i] = sin(i * 1.7) + i * 0.1;
    for (int scale = 2; scale <= 4; scale++) {
        up_safetensors *weights;
        up_layer_weights *layer = load(up_embedded_find("bicubic", scale), &weights);
        for (int o = 3 * scale; o < 13 * scale; o++)
            cr_expect_float_eq(transposed(layer, in, 16, o), interpolated(in, scale, o), 1e-6,
                               "scale %d, column %d", scale, o);
        up_layer_free(&layer);
        up_safetensors_close(&weights);
    }
}

Test(embedded, every_file_is_complete_and_multiplies_the_size)
{
    const up_embedded *file;
    int count = 0;
    for (; (file = up_embedded_at(count)); count++) {
        up_safetensors *weights;
        up_network *network;
        up_error error;
        cr_assert_eq(
            up_safetensors_from_memory(&weights, file->bytes, file->size, file->name, &error),
            UP_OK, "%s", error.message);
        static const char *const keys_needed[] = { "upscale.scale", "upscale.color", "licence",
                                                   "description" };
        for (size_t i = 0; i < sizeof keys_needed / sizeof *keys_needed; i++)
            cr_expect(up_safetensors_metadata(weights, keys_needed[i]), "%s x%d: %s", file->name,
                      file->scale, keys_needed[i]);
        cr_assert_eq(up_network_load(&network, weights, NULL, 0, &error), UP_OK, "%s",
                     error.message);
        for (int axis = 0; axis < 2; axis++)
            cr_expect(network->scale[axis] == file->scale && network->extra[axis] == 0 &&
                          network->reduction[axis] == 1,
                      "%s x%d", file->name, file->scale);
        up_network_free(&network);
        up_safetensors_close(&weights);
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
