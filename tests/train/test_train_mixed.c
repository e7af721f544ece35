/* SPDX-License-Identifier: MIT */
/* Mixed precision: matrix kernels against the plain ones, and a whole pass against one in float. */
#include "base/memory.h"
#include "support/reference/kernel_check.h"
#include "train/passes/mixed_pass.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 41;

static const up_matrix_kernels *amx_or_skip(void)
{
    const up_matrix_kernels *amx = up_matrix_kernels_amx();
    if (!amx)
        cr_skip("this machine has no AMX");
    return amx;
}

static up_bfloat16 *random_numbers(size_t count)
{
    up_bfloat16 *to = up_alloc(count, sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = up_to_bfloat16(random_between(&seed, -1, 1));
    return to;
}

Test(mixed, bfloat16_is_the_nearest_with_ties_to_even)
{
    cr_expect_eq(up_to_bfloat16(1.0f), 0x3f80);
    cr_expect_eq(up_to_bfloat16(1.0f + 0x1p-8f), 0x3f80);
    cr_expect_eq(up_to_bfloat16(1.0f + 3 * 0x1p-8f), 0x3f82);
    cr_expect_eq(up_to_bfloat16(1.0f + 0x1.1p-8f), 0x3f81);
    cr_expect_eq(up_to_bfloat16(-INFINITY), 0xff80);
    for (int i = 0; i < 1000; i++) {
        float v = random_between(&seed, -300, 300);
        cr_expect_float_eq(up_from_bfloat16(up_to_bfloat16(v)), v, fabsf(v) * 0x1p-8f);
    }
}

Test(mixed, convolve_of_amx_agrees_with_the_reference)
{
    const up_matrix_kernels *amx = amx_or_skip();
    for (int round = 0; round < 60; round++) {
        up_matrix_taps taps = {
            .rows = 1 + random_below(&seed, 5),
            .chunks = 1 + random_below(&seed, 4),
            .step = random_below(&seed, 3) * 16 + random_below(&seed, 2),
            .outs = UP_MATRIX_BLOCK * (1 + random_below(&seed, 5)),
        };
        int depth = UP_MATRIX_DEPTH, n = depth * (1 + random_below(&seed, 3));
        size_t run = (size_t)taps.chunks * depth + (size_t)n * taps.step;
        size_t weights = (size_t)taps.rows * taps.chunks * taps.outs * depth;
        up_bfloat16 *high = random_numbers(run * taps.rows), *low = random_numbers(run * taps.rows);
        up_bfloat16 *weight = random_numbers(weights), *rest = random_numbers(weights);
        const up_bfloat16 *highs[5], *lows[5];
        for (int r = 0; r < taps.rows; r++) {
            highs[r] = high + r * run;
            lows[r] = low + r * run;
        }
        float *bias = up_alloc_zero(taps.outs, sizeof *bias);
        guarded got = guarded_make((size_t)n * taps.outs * sizeof(float), 0);
        guarded wanted = guarded_make((size_t)n * taps.outs * sizeof(float), 0);
        bias[taps.outs / 2] = 3;
        taps.high = weight;
        taps.low = rest;
        taps.bias = bias;
        int terms = 3 * taps.rows * taps.chunks * depth;
        for (int split = 0; split < 2; split++) {
            amx->convolve(got.data, highs, split ? lows : NULL, &taps, n);
            up_matrix_kernels_reference.convolve(wanted.data, highs, split ? lows : NULL, &taps, n);
            for (int i = 0; i < n * taps.outs; i++)
                cr_assert(
                    sums_agree(((float *)got.data)[i], ((float *)wanted.data)[i], terms, terms),
                    "%d rows of %d chunks, step %d, %d outputs, %d pixels, split %d: %d is %g "
                    "instead of %g",
                    taps.rows, taps.chunks, taps.step, taps.outs, n, split, i,
                    (double)((float *)got.data)[i], (double)((float *)wanted.data)[i]);
        }
        cr_expect(guarded_intact(&got));
        guarded_free(&got);
        guarded_free(&wanted);
        up_free(bias), up_free(weight), up_free(rest), up_free(high), up_free(low);
    }
}

Test(mixed, correlate_of_amx_agrees_with_the_reference)
{
    const up_matrix_kernels *amx = amx_or_skip();
    for (int round = 0; round < 40; round++) {
        int ins = 16 * (1 + random_below(&seed, 4)), outs = 16 * (1 + random_below(&seed, 4));
        int n = UP_MATRIX_DEPTH * (1 + random_below(&seed, 6)), step = n + 16;
        up_bfloat16 *in = random_numbers((size_t)n * ins);
        up_bfloat16 *grad = random_numbers((size_t)step * outs);
        guarded got = guarded_make((size_t)ins * outs * sizeof(float), 0);
        guarded wanted = guarded_make((size_t)ins * outs * sizeof(float), 0);
        for (int i = 0; i < ins * outs; i++)
            ((float *)got.data)[i] = ((float *)wanted.data)[i] = random_between(&seed, -1, 1);
        amx->correlate(got.data, in, ins, grad, step, outs, n);
        up_matrix_kernels_reference.correlate(wanted.data, in, ins, grad, step, outs, n);
        for (int i = 0; i < ins * outs; i++)
            cr_assert(sums_agree(((float *)got.data)[i], ((float *)wanted.data)[i], n + 1, n + 1),
                      "%d x %d of %d pixels: sum %d", outs, ins, n, i);
        cr_expect(guarded_intact(&got));
        guarded_free(&got);
        guarded_free(&wanted);
        up_free(in), up_free(grad);
    }
}

static void expect_close(const up_bfloat16 *got, const up_bfloat16 *wanted, int count, double step,
                         const char *what)
{
    for (int i = 0; i < count; i++) {
        double a = up_from_bfloat16(got[i]), b = up_from_bfloat16(wanted[i]);
        cr_assert_float_eq(a, b, step * (1 + fabs(b)), "%s: element %d is %g instead of %g", what,
                           i, a, b);
    }
}

Test(mixed, activate_of_amx_agrees_with_the_reference)
{
    const up_matrix_kernels *amx = amx_or_skip(), *plain = &up_matrix_kernels_reference;
    enum { CHANNELS = 48, N = 19, COUNT = CHANNELS * N };
    float sum[COUNT], slope[CHANNELS];
    for (int i = 0; i < COUNT; i++)
        sum[i] = i % 17 ? random_between(&seed, -2, 2) : 0;
    for (int c = 0; c < CHANNELS; c++)
        slope[c] = random_between(&seed, -1, 1.5f);
    up_bfloat16 *skip_high = random_numbers(COUNT), *skip_low = random_numbers(COUNT);
    up_bfloat16 got[3][COUNT], wanted[3][COUNT];
    for (int skip = 0; skip < 2; skip++) {
        up_matrix_activation row = {
            sum, slope, skip ? skip_high : NULL, skip ? skip_low : NULL, got[0], got[1], got[2]
        };
        amx->activate(&row, CHANNELS, N);
        row.before = wanted[0], row.high = wanted[1], row.low = wanted[2];
        plain->activate(&row, CHANNELS, N);
        expect_close(got[0], wanted[0], COUNT, 0, "before");
        expect_close(got[1], wanted[1], COUNT, 0x1p-8, "high");
        for (int i = 0; i < COUNT; i++)
            cr_assert_float_eq(up_from_bfloat16(got[1][i]) + up_from_bfloat16(got[2][i]),
                               up_from_bfloat16(wanted[1][i]) + up_from_bfloat16(wanted[2][i]),
                               0x1p-14, "element %d", i);
    }
    up_free(skip_high), up_free(skip_low);
}

Test(mixed, activate_back_of_amx_agrees_with_the_reference)
{
    const up_matrix_kernels *amx = amx_or_skip(), *plain = &up_matrix_kernels_reference;
    enum { CHANNELS = 48, N = 19, COUNT = CHANNELS * N };
    float gradient[COUNT], slope[CHANNELS], got_sums[2][CHANNELS], wanted_sums[2][CHANNELS];
    up_bfloat16 *before = random_numbers(COUNT), *kept = random_numbers(COUNT);
    up_bfloat16 got[2][COUNT], wanted[2][COUNT];
    for (int i = 0; i < COUNT; i++)
        gradient[i] = random_between(&seed, -2, 2);
    before[5] = 0;
    for (int c = 0; c < CHANNELS; c++) {
        slope[c] = random_between(&seed, -1, 1.5f);
        for (int i = 0; i < 2; i++)
            got_sums[i][c] = wanted_sums[i][c] = random_between(&seed, -1, 1);
    }
    for (int with = 0; with < 2; with++) {
        up_matrix_activation_back row = {
            gradient, slope,       before,     with ? kept : NULL, with ? got[1] : NULL,
            got[0],   got_sums[0], got_sums[1]
        };
        amx->activate_back(&row, CHANNELS, N);
        row.out = wanted[0], row.keep = with ? wanted[1] : NULL;
        row.slope_gradient = wanted_sums[0], row.bias_gradient = wanted_sums[1];
        plain->activate_back(&row, CHANNELS, N);
        expect_close(got[0], wanted[0], COUNT, 0x1p-8, "gradient");
        if (with)
            expect_close(got[1], wanted[1], COUNT, 0, "kept gradient");
        for (int i = 0; i < 2; i++)
            for (int c = 0; c < CHANNELS; c++)
                cr_assert(sums_agree(got_sums[i][c], wanted_sums[i][c], 2 * N, 9 * N),
                          "sum %d of channel %d", i, c);
    }
    up_free(before), up_free(kept);
}

Test(mixed, records_are_rearranged_as_by_the_reference)
{
    const up_matrix_kernels *amx = amx_or_skip(), *plain = &up_matrix_kernels_reference;
    enum { N = 96, MOST = 48 };
    for (int channels = 0; channels <= MOST; channels += 16) {
        int ins = channels ? channels : 1, outs = channels ? channels : 16;
        up_bfloat16 *in = random_numbers((N + 1) * MOST);
        up_bfloat16 *got = up_alloc_zero(N * MOST, 4), *wanted = up_alloc_zero(N * MOST, 4);
        amx->pair(got, got + N * MOST, outs, in, ins, N);
        plain->pair(wanted, wanted + N * MOST, outs, in, ins, N);
        cr_expect_arr_eq(got, wanted, N * MOST * 4, "pairs of %d channels", ins);
        amx->transpose(got, N, in, channels, N);
        plain->transpose(wanted, N, in, channels, N);
        cr_expect_arr_eq(got, wanted, N * MOST * 2, "columns of %d channels", channels);
        up_free(in), up_free(got), up_free(wanted);
    }
}

/* ---------------------------------------------------------------- a pass against one in float */

static void fill(float *to, const up_patch_shape *patch, int channels)
{
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < patch->height; y++)
            for (int x = 0; x < patch->width; x++)
                to[c * patch->size + (size_t)y * patch->stride + x] = random_between(&seed, 0, 1);
}

typedef struct {
    up_trainable net;
    up_gradient_work work;
    float *parameter, *gradient;
    double loss;
} subject;

static void make(subject *s, const up_trainable_shape *shape, int width, int height)
{
    *s = (subject){ 0 };
    cr_assert_eq(up_trainable_new(&s->net, shape, 1, NULL), UP_OK);
    cr_assert(up_mixed_fits(&s->net));
    cr_assert_eq(up_gradient_work_make(&s->work, &s->net, width, height, true, NULL), UP_OK);
    s->parameter = calloc(s->net.parameters, sizeof(float));
    s->gradient = calloc(s->net.parameters, sizeof(float));
    for (size_t i = 0; i < s->net.parameters; i++)
        s->parameter[i] = random_between(&seed, -0.3f, 0.3f);
    fill(s->work.patch.input, &s->work.patch.shape, 1);
    fill(s->work.patch.target, &s->work.patch.shape, s->net.node[s->net.last].planes);
}

static void run_in_float(subject *s)
{
    up_packed_weights packed;
    cr_assert_eq(up_packed_weights_make(&packed, &s->net, NULL), UP_OK);
    for (int n = 0; n <= s->net.last; n++)
        up_packed_weights_pack(&packed, &s->net, n, s->parameter);
    up_gradient_forward(&s->work, &packed);
    s->loss = up_gradient_loss(&s->work, UP_LOSS_L2, 1);
    up_gradient_backward(&s->work, &packed, s->gradient);
    up_packed_weights_free(&packed);
}

/* Twice, to see that nothing stays behind. */
static double run_mixed(subject *s, const up_matrix_kernels *kernels, float *gradient)
{
    up_mixed_weights weights;
    up_mixed_pass pass;
    double loss = 0;
    const up_patch_shape *patch = &s->work.patch.shape;
    cr_assert_eq(up_mixed_weights_make(&weights, &s->net, NULL), UP_OK);
    cr_assert_eq(up_mixed_pass_make(&pass, &s->net, patch->width, patch->height, NULL), UP_OK);
    pass.kernels = kernels;
    for (int n = 0; n <= s->net.last; n++)
        up_mixed_weights_pack(&weights, &s->net, n, s->parameter);
    for (int again = 0; again < 2; again++) {
        memset(gradient, 0, s->net.parameters * sizeof *gradient);
        up_mixed_forward(&pass, &weights, &s->work);
        loss = up_gradient_loss(&s->work, UP_LOSS_L2, 1);
        up_mixed_backward(&pass, &weights, &s->work);
        up_mixed_collect(&pass, gradient);
    }
    up_mixed_pass_free(&pass);
    up_mixed_weights_free(&weights);
    return loss;
}

/* Of the gradients of node l, as a part of their length. */
static double distance(const up_trainable *net, int l, const float *a, const float *b)
{
    double error = 0, size = 1e-20;
    for (size_t i = net->node[l].first; i < up_trainable_end(net, l); i++) {
        error += pow(a[i] - b[i], 2);
        size += pow(b[i], 2);
    }
    return sqrt(error / size);
}

static void check_kernels(subject *s, const up_matrix_kernels *kernels)
{
    float *gradient = calloc(s->net.parameters, sizeof *gradient);
    double loss = run_mixed(s, kernels, gradient);
    cr_expect_float_eq(loss, s->loss, 1e-4 * s->loss, "%s: loss %g instead of %g", kernels->name,
                       loss, s->loss);
    for (int l = 0; l <= s->net.last; l++) {
        double off = distance(&s->net, l, gradient, s->gradient);
        cr_expect_lt(off, 0.01, "%s: scale %d, %d layers: gradients of layer %d are %.2f%% off",
                     kernels->name, s->net.scale, s->net.last + 1, l, 100 * off);
    }
    free(gradient);
}

static void check(const up_trainable_shape *shape)
{
    subject s;
    make(&s, shape, 32, 9);
    run_in_float(&s);
    check_kernels(&s, &up_matrix_kernels_reference);
    if (up_matrix_kernels_amx())
        check_kernels(&s, up_matrix_kernels_amx());
    free(s.parameter);
    free(s.gradient);
    up_gradient_work_free(&s.work);
    up_trainable_free(&s.net);
}

Test(mixed, pass_agrees_with_one_in_float)
{
    static const up_trainable_shape shapes[] = {
        { 2, 1, 0, 1, 3, 1 },  { 2, 3, 1, 3, 3, 3 },  { 3, 12, 2, 5, 3, 1 }, { 2, 16, 3, 3, 3, 5 },
        { 4, 17, 2, 3, 1, 3 }, { 5, 32, 2, 3, 3, 3 }, { 2, 48, 2, 7, 3, 3 },
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check(&shapes[i]);
}
