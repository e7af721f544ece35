/* SPDX-License-Identifier: MIT */
/* Convolutions by tiles against their definition in double precision, on every instruction set this
 * machine has. */
#include "base/memory.h"
#include "kernels/matrix.h"
#include "ops/arrange/shuffle.h"
#include "ops/conv/conv_phases.h"
#include "ops/conv/conv_winograd.h"
#include "support/network/layered.h"
#include "support/ops/op_validator.h"
#include "support/reference/conv_check.h"
#include "support/reference/kernel_check.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include "upscale.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(winograd, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

static uint32_t seed = 41;

/* ---------------------------------------------------------------- the op */

/* A process of its own for each variant: the choice is made once. */
static void use_variant(int i)
{
    const up_kernels *kernels = kernel_variant(i);
    if (!kernels)
        cr_skip_test("this machine has no more instruction sets");
    setenv("UPSCALE_CPU", kernels->name, 1);
}

static up_conv conv_of(int ins, int outs)
{
    return (up_conv){ .in_channels = ins,
                      .out_channels = outs,
                      .groups = 1,
                      .kernel = { 3, 3 },
                      .stride = { 1, 1 },
                      .dilation = { 1, 1 },
                      .pad_before = { 1, 1 },
                      .pad_after = { 1, 1 },
                      .fast = true };
}

static up_op *plan(const up_conv *conv, int height, int width)
{
    const up_shape shape = { width, height, conv->in_channels, sizeof(float), false };
    up_error error;
    up_op *op = NULL;
    cr_assert(up_winograd_can(conv));
    cr_assert_eq(up_winograd_plan(&op, &shape, conv, &error), UP_OK, "%s", error.message);
    return op;
}

/* What the sums come to, in double, with what is done to them. */
static double finished(const up_conv *conv, double sum, int channel)
{
    if (conv->slope && sum < 0)
        sum *= (double)conv->slope[channel];
    if (conv->bounds)
        sum = fmin(fmax(sum, (double)conv->bounds[channel]),
                   (double)conv->bounds[conv->out_channels + channel]);
    return sum;
}

typedef struct {
    float *weight, *bias, *slope, *bounds;
} numbers;

static numbers fill(up_conv *conv, uint32_t *state)
{
    const int outs = conv->out_channels;
    numbers n = { malloc(conv_weights(conv) * sizeof(float)), malloc(outs * sizeof(float)),
                  malloc(outs * sizeof(float)), malloc(2 * outs * sizeof(float)) };
    tensor_fill(n.weight, conv_weights(conv), false, state);
    tensor_fill(n.bias, outs, false, state);
    tensor_fill(n.slope, outs, false, state);
    for (int c = 0; c < outs; c++) {
        n.bounds[c] = random_between(state, -2, 0);
        n.bounds[outs + c] = random_between(state, 0, 2);
    }
    conv->weight = n.weight;
    conv->bias = random_below(state, 3) ? n.bias : NULL;
    conv->slope = random_below(state, 2) ? n.slope : NULL;
    conv->bounds = random_below(state, 3) ? NULL : n.bounds;
    return n;
}

static void free_numbers(numbers *n)
{
    free(n->weight);
    free(n->bias);
    free(n->slope);
    free(n->bounds);
}

/* Errors against the largest sum of magnitudes, or the largest result where `relative`. */
static void check(up_conv conv, int height, int width, float size, bool relative, uint32_t *state)
{
    numbers n = fill(&conv, state);
    tensor in = tensor_make(conv.in_channels, height, width);
    tensor_fill(in.data, tensor_size(&in), false, state);
    for (size_t i = 0; i < tensor_size(&in); i++)
        in.data[i] *= size;
    up_op *op = plan(&conv, height, width);
    tensor out = run_op(op, &in);
    double *magnitude, *want = conv_plainly(&conv, &in, &magnitude), most = 0, worst = 0;
    const size_t plane = (size_t)out.height * out.width;
    cr_assert_eq(out.height, conv_size(&conv, 0, height));
    cr_assert_eq(out.width, conv_size(&conv, 1, width));
    for (size_t i = 0; i < tensor_size(&out); i++) {
        most = fmax(most, relative ? fabs(want[i]) : magnitude[i]);
        worst = fmax(worst, fabs(out.data[i] - finished(&conv, want[i], (int)(i / plane))));
        cr_assert(isfinite(out.data[i]));
    }
    cr_expect(worst <= (relative ? 1e-5 : 2e-6) * most, "%s %d -> %d, %dx%d: %g of %g off",
              up_cpu_name(), conv.in_channels, conv.out_channels, width, height, worst, most);
    validate_op(op, "conv2d by tiles");
    free(want);
    free(magnitude);
    tensor_free(&in);
    tensor_free(&out);
    free_numbers(&n);
}

ParameterizedTestParameters(winograd, random_layers)
{
    static int variant[] = { 0, 1, 2, 3 };
    return cr_make_param_array(int, variant, 4);
}

ParameterizedTest(int *variant, winograd, random_layers)
{
    static const int channels[] = { 1, 2, 3, 5, 8, 13, 17, 24 };
    uint32_t state = 7 + (uint32_t)*variant;
    use_variant(*variant);
    for (int cases = 0; cases < 40;) {
        up_conv conv =
            conv_of(channels[random_below(&state, 8)], channels[random_below(&state, 8)]);
        const int height = 1 + random_below(&state, 13);
        const int width = 1 + random_below(&state, random_below(&state, 3) ? 40 : 300);
        conv.edge = (up_edge)random_below(&state, 3);
        for (int a = 0; a < 2; a++) {
            conv.pad_before[a] = random_below(&state, 4);
            conv.pad_after[a] = random_below(&state, 4);
        }
        const int rows = up_max(conv.pad_before[0], conv.pad_after[0]);
        const int columns = up_max(conv.pad_before[1], conv.pad_after[1]);
        if (conv_size(&conv, 0, height) < 1 || conv_size(&conv, 1, width) < 1 ||
            (conv.edge == UP_EDGE_REFLECT && (rows >= height || columns >= width)))
            continue;
        check(conv, height, width, random_below(&state, 9) ? 1 : 1e30f, false, &state);
        cases++;
    }
}

ParameterizedTestParameters(winograd, errors_of_large_layers)
{
    static int variant[] = { 0, 1, 2, 3 };
    return cr_make_param_array(int, variant, 4);
}

ParameterizedTest(int *variant, winograd, errors_of_large_layers)
{
    static const int layers[][2] = { { 1, 130 }, { 16, 16 }, { 64, 9 }, { 130, 7 }, { 192, 2 } };
    uint32_t state = 3;
    use_variant(*variant);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i += MANY_OR_FEW(1, 3))
        check(conv_of(layers[i][0], layers[i][1]), 9, 71, 1, true, &state);
}

/* A transposed convolution as phases by tiles, and these shuffled. */
static void check_phases(const up_conv *given, int height, int width, uint32_t *state)
{
    up_conv conv = *given;
    numbers n = fill(&conv, state);
    tensor in = tensor_make(conv.in_channels, height, width);
    const up_shape shape = { width, height, conv.in_channels, sizeof(float), false };
    up_op *phases, *shuffle;
    up_error error;
    tensor_fill(in.data, tensor_size(&in), false, state);
    cr_assert(up_conv_phases_suit(&conv, &shape), "k%d s%d", conv.kernel[0], conv.stride[0]);
    cr_assert_eq(up_conv_phases_plan(&phases, &shape, &conv, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_shuffle_plan(&shuffle, &phases->out, conv.stride[0], UP_CELLS_INSIDE, &error),
                 UP_OK);
    tensor between = run_op(phases, &in), out = run_op(shuffle, &between);
    double *magnitude, *want = conv_plainly(&conv, &in, &magnitude), most = 0;
    const size_t plane = (size_t)out.height * out.width;
    cr_assert_eq(out.channels, conv.out_channels);
    cr_assert_eq(out.height, conv_size(&conv, 0, height));
    cr_assert_eq(out.width, conv_size(&conv, 1, width));
    for (size_t i = 0; i < tensor_size(&out); i++)
        most = fmax(most, magnitude[i]);
    for (size_t i = 0; i < tensor_size(&out); i++)
        cr_assert(fabs(out.data[i] - finished(&conv, want[i], (int)(i / plane))) <= 2e-6 * most,
                  "k%d s%d at %zu", conv.kernel[0], conv.stride[0], i);
    validate_op(phases, "phases by tiles");
    up_op_destroy(&shuffle);
    free(want);
    free(magnitude);
    tensor_free(&in);
    tensor_free(&between);
    tensor_free(&out);
    free_numbers(&n);
}

static up_conv transposed_of(int ins, int outs, int kernel, int stride, int padding, int more)
{
    up_conv conv = conv_of(ins, outs);
    conv.transposed = true;
    for (int a = 0; a < 2; a++) {
        conv.kernel[a] = kernel;
        conv.stride[a] = stride;
        conv.pad_before[a] = conv.pad_after[a] = padding;
        conv.output_padding[a] = more;
    }
    return conv;
}

Test(winograd, phases)
{
    static const int layers[][6] = { { 48, 40, 4, 2, 1, 0 }, { 16, 16, 6, 2, 2, 0 },
                                     { 16, 12, 5, 2, 2, 1 }, { 40, 9, 8, 4, 2, 0 },
                                     { 17, 8, 9, 3, 3, 0 },  { 48, 12, 6, 3, 2, 1 } };
    uint32_t state = 17;
    for (int i = 0; i < 6; i++) {
        const int *l = layers[i];
        const up_conv conv = transposed_of(l[0], l[1], l[2], l[3], l[4], l[5]);
        check_phases(&conv, 8, 63, &state);
        check_phases(&conv, 4, 190, &state);
    }
}

/* Kernels that reach further, sizes that are no multiple, and what has few products. */
Test(winograd, phases_refused)
{
    static const int layers[][6] = { { 64, 64, 9, 2, 4, 1 }, { 64, 64, 4, 2, 1, 1 },
                                     { 64, 64, 4, 2, 0, 0 }, { 64, 64, 2, 2, 0, 0 },
                                     { 2, 2, 4, 2, 1, 0 },   { 64, 64, 5, 1, 2, 0 } };
    const up_shape in = { 64, 64, 64, sizeof(float), false };
    for (int i = 0; i < 6; i++) {
        const int *l = layers[i];
        up_conv conv = transposed_of(l[0], l[1], l[2], l[3], l[4], l[5]);
        cr_expect(!up_conv_phases_suit(&conv, &in), "%d", i);
    }
    up_conv conv = transposed_of(64, 64, 4, 2, 1, 0);
    cr_expect(up_conv_phases_suit(&conv, &in));
    conv.fast = false;
    cr_expect(!up_conv_phases_suit(&conv, &in));
}

/* Only tiles that see it are touched by what is no number, and of these whatever is made from it.
 */
Test(winograd, no_numbers)
{
    enum { ROWS = 16, COLUMNS = 40, Y = 6, X = 21 };
    static const float bad[] = { NAN, INFINITY, -INFINITY };
    uint32_t state = 5;
    up_conv conv = conv_of(3, 8);
    numbers n = fill(&conv, &state);
    conv.bounds = NULL;
    tensor in = tensor_make(3, ROWS, COLUMNS);
    tensor_fill(in.data, tensor_size(&in), false, &state);
    up_op *op = plan(&conv, ROWS, COLUMNS);
    tensor clean = run_op(op, &in);
    for (int b = 0; b < 3; b++) {
        in.data[Y * COLUMNS + X] = bad[b];
        tensor out = run_op(op, &in);
        for (int i = 0; i < (int)tensor_size(&out); i++) {
            const int x = i % COLUMNS, y = i / COLUMNS % ROWS;
            if (abs(x - X) <= 1 && abs(y - Y) <= 1)
                cr_expect(!isfinite(out.data[i]), "%d, %d", x, y);
            else if (x / 4 * 4 - 1 > X || x / 4 * 4 + 4 < X || y / 4 * 4 - 1 > Y ||
                     y / 4 * 4 + 4 < Y)
                cr_expect_eq(out.data[i], clean.data[i], "%d, %d", x, y);
        }
        tensor_free(&out);
    }
    up_op_destroy(&op);
    tensor_free(&in);
    tensor_free(&clean);
    free_numbers(&n);
}

/* Factors of 8 bits: of noise, results are 1.2 % off, as a simulation in double precision says,
 * too.
 */
static void check_bfloat16(int ins, int outs, int height, int width, uint32_t *state)
{
    up_conv conv = conv_of(ins, outs);
    conv.bfloat16 = true;
    numbers n = fill(&conv, state);
    tensor in = tensor_make(ins, height, width);
    tensor_fill(in.data, tensor_size(&in), false, state);
    up_op *op = plan(&conv, height, width);
    tensor out = run_op(op, &in);
    double *magnitude, *want = conv_plainly(&conv, &in, &magnitude), error = 0, size = 0;
    const size_t plane = (size_t)out.height * out.width;
    for (size_t i = 0; i < tensor_size(&out); i++) {
        error += pow(out.data[i] - finished(&conv, want[i], (int)(i / plane)), 2);
        size += pow(want[i], 2);
    }
    const double off = sqrt(error / size);
    cr_expect(off > 1e-4 && off < 0.02, "%s %d -> %d, %dx%d: %g off", up_cpu_name(), ins, outs,
              width, height, off);
    validate_op(op, "conv2d by tiles");
    free(want);
    free(magnitude);
    tensor_free(&in);
    tensor_free(&out);
    free_numbers(&n);
}

static void bfloat16_of(int variant)
{
    static const int layers[][4] = { { 1, 1, 5, 7 },     { 3, 8, 33, 63 },   { 12, 12, 16, 190 },
                                     { 17, 9, 24, 300 }, { 64, 48, 9, 130 }, { 33, 64, 40, 40 } };
    uint32_t state = 29;
    use_variant(variant);
    for (int i = 0; i < 6; i++)
        check_bfloat16(layers[i][0], layers[i][1], layers[i][2], layers[i][3], &state);
}

Test(winograd, bfloat16_plainly)
{
    bfloat16_of(0);
}

Test(winograd, bfloat16_at_best)
{
    int best = 0;
    while (kernel_variant(best + 1))
        best++;
    bfloat16_of(best);
}

/* Nobody waits longer than for sums, where these are far fewer or the tiles hang over. */
Test(winograd, chosen)
{
    static const struct {
        int ins, outs, width, height;
        bool chosen;
    } layers[] = { { 64, 64, 480, 270, true },  { 12, 12, 960, 540, true },
                   { 192, 64, 128, 128, true }, { 3, 64, 480, 270, false },
                   { 1, 1, 480, 270, false },   { 64, 64, 128, 1, false },
                   { 64, 64, 8, 8, false } };
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i += MANY_OR_FEW(1, 3)) {
        const up_conv conv = conv_of(layers[i].ins, layers[i].outs);
        const up_shape in = { layers[i].width, layers[i].height, conv.in_channels, 4, false };
        cr_expect_eq(up_winograd_suits(&conv, &in), layers[i].chosen, "%d -> %d, %dx%d",
                     layers[i].ins, layers[i].outs, layers[i].width, layers[i].height);
    }
}

Test(winograd, refused)
{
    up_conv conv = conv_of(16, 16);
    cr_expect(up_winograd_can(&conv));
    conv.stride[1] = 2;
    cr_expect(!up_winograd_can(&conv));
    conv = conv_of(16, 16);
    conv.dilation[0] = 2;
    cr_expect(!up_winograd_can(&conv));
    conv = conv_of(16, 16);
    conv.kernel[0] = 5;
    cr_expect(!up_winograd_can(&conv));
    conv = conv_of(16, 16);
    conv.groups = 2;
    cr_expect(!up_winograd_can(&conv));
    conv = conv_of(16, 16);
    conv.transposed = true;
    cr_expect(!up_winograd_can(&conv));
}

/* ---------------------------------------------------------------- in graphs */

/* Deep enough for segments, with blocks fused behind tiles, and steps of 3 and 4 rows. */
static int body(layered *l, int x)
{
    int head = layered_conv(l, x, 16, 3), y = head;
    for (int i = 0; i < 3; i++)
        y = layered_add(l, layered_conv(l, layered_relu(l, layered_conv(l, y, 17, 3)), 16, 3), y);
    return layered_conv(l, layered_add(l, y, head), 8, 3);
}

Test(winograd, same_bits_however_it_is_run)
{
    static const int sizes[][2] = { { 37, 301 }, { 9, 33 }, { 5, 130 } };
    static const int bands[] = { 0, 1, 2, 3, 7, 1000 };
    for (int s = 0; s < 3; s++) {
        layered l;
        up_status status;
        up_error error;
        int x = layered_begin(&l, 3, sizes[s][0], sizes[s][1], 1, 0);
        l.graph.fast = true;
        int y = body(&l, x);
        layered_output(&l, y);
        float *want = NULL;
        for (int i = 0; i < 48; i++) {
            layered_run how = { .threads = 1 + i % 4,
                                .band = bands[i / 4 % 6],
                                .keep = UP_KEEP_IN_MEMORY,
                                .segments = i / 24 * 4 };
            float *got = layered_make(&l, &how, &status, &error);
            const size_t count = (size_t)8 * sizes[s][0] * sizes[s][1];
            cr_assert_eq(status, UP_OK, "%s", error.message);
            double most = 0;
            for (size_t k = 0; k < count; k++)
                most = fmax(most, fabs(l.tensor[y].value[k]));
            for (size_t k = 0; k < count && !want; k++)
                cr_assert(fabs(got[k] - l.tensor[y].value[k]) <= 1e-5 * most);
            if (!want)
                want = got;
            cr_assert_eq(memcmp(got, want, count * sizeof *got), 0,
                         "%d threads, bands of %d, %d segments make other bits", how.threads,
                         how.band, how.segments);
            if (got != want)
                free(got);
        }
        free(want);
        layered_end(&l);
    }
}

/* ---------------------------------------------------------------- in pictures and tensors */

enum { WIDTH = 60, HEIGHT = 41, SCALE = 2 };

static void upscale(void *made, void *data, up_sample sample, up_arithmetic arithmetic)
{
    const bool floats = sample == UP_SAMPLE_F32;
    up_pixels in = { .format = { .width = WIDTH,
                                 .height = HEIGHT,
                                 .channels = 1,
                                 .frames = 1,
                                 .color = floats ? UP_COLOR_TENSOR : UP_COLOR_GREY,
                                 .sample = sample,
                                 .depth = floats ? 32 : 16,
                                 .planar = floats },
                     .data = data };
    up_pixels out = in;
    up_options options;
    up_error error;
    out.data = made;
    out.format.width *= SCALE;
    out.format.height *= SCALE;
    up_options_init(&options);
    options.method = "tconv:large";
    options.arithmetic = arithmetic;
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, &error), UP_OK, "%s", error.message);
}

Test(winograd, precision_of_tensors)
{
    enum { COUNT = WIDTH * HEIGHT * SCALE * SCALE };
    static float in[WIDTH * HEIGHT], usual[COUNT], exact[COUNT], fast[COUNT];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        in[i] = random_between(&seed, 0, 1);
    upscale(usual, in, UP_SAMPLE_F32, UP_ARITHMETIC_AUTO);
    upscale(exact, in, UP_SAMPLE_F32, UP_ARITHMETIC_EXACT);
    upscale(fast, in, UP_SAMPLE_F32, UP_ARITHMETIC_FAST);
    cr_expect_arr_eq(usual, exact, sizeof usual);
    cr_expect_arr_neq(fast, exact, sizeof fast);
    for (int i = 0; i < COUNT; i++)
        cr_assert_float_eq(fast[i], exact[i], 1e-5f);
}

Test(winograd, precision_of_pictures)
{
    enum { COUNT = WIDTH * HEIGHT * SCALE * SCALE };
    static uint16_t in[WIDTH * HEIGHT], usual[COUNT], exact[COUNT], fast[COUNT];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        in[i] = (uint16_t)random_below(&seed, 65536);
    upscale(usual, in, UP_SAMPLE_U16, UP_ARITHMETIC_AUTO);
    upscale(exact, in, UP_SAMPLE_U16, UP_ARITHMETIC_EXACT);
    upscale(fast, in, UP_SAMPLE_U16, UP_ARITHMETIC_FAST);
    cr_expect_arr_eq(usual, fast, sizeof usual);
    cr_expect_arr_neq(usual, exact, sizeof usual);
    for (int i = 0; i < COUNT; i++)
        cr_assert_leq(abs(usual[i] - exact[i]), 1);
}

/* A picture with edges: twice the levels that rounding alone makes differ, and the same where the
 * processor has nothing faster. */
Test(winograd, bfloat16_of_pictures)
{
    enum { COUNT = WIDTH * HEIGHT * SCALE * SCALE };
    static uint16_t in[WIDTH * HEIGHT], fast[COUNT], low[COUNT];
    double error = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const int x = i % WIDTH, y = i / WIDTH;
        in[i] = (uint16_t)((x / 9 + y / 7) % 2 ? 9000 + 700 * x : 60000 - 900 * y);
    }
    upscale(fast, in, UP_SAMPLE_U16, UP_ARITHMETIC_FAST);
    upscale(low, in, UP_SAMPLE_U16, UP_ARITHMETIC_BFLOAT16);
    for (int i = 0; i < COUNT; i++)
        error += pow(fast[i] - low[i], 2);
    const double psnr = 10 * log10(65535.0 * 65535.0 * COUNT / (error + 1e-9));
    cr_expect_gt(psnr, 45, "%g dB", psnr);
    cr_expect_eq(error > 0, up_matrix_kernels_gain());
}

Test(winograd, unknown_precision)
{
    float value = 0;
    up_pixels pixels = { .format = { 1, 1, 1, 1, .sample = UP_SAMPLE_F32 }, .data = &value };
    up_options options;
    up_error error;
    up_options_init(&options);
    options.arithmetic = (up_arithmetic)4;
    cr_expect_eq(up_upscale_pixels(&pixels, &pixels, &options, &error), UP_ERROR_ARGUMENT);
}
