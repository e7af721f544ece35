/* SPDX-License-Identifier: MIT */
/* The kernels of convolutions by tiles against plain C, on every instruction set this machine has.
 */
#include "base/memory.h"
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

TestSuite(tiles, .timeout = 300);

enum { MARGIN = 16 };

static uint32_t seed = 41;

static void check_near(const char *name, const guarded *got, const guarded *want, size_t step,
                       int rows, int n, double allowed)
{
    cr_expect(guarded_intact(got), "%s overran %d tiles", name, n);
    for (int r = 0; r < rows; r++)
        for (int i = 0; i < n; i++) {
            const float a = ((float *)got->data)[r * step + i];
            const float b = ((float *)want->data)[r * step + i];
            cr_assert(fabsf(a - b) <= allowed, "%s: %a instead of %a, row %d, %d of %d", name, a, b,
                      r, i, n);
        }
}

typedef void transform(float *out, size_t step, const float *const *in, int n);

static transform *into_points(const up_kernels *kernels, bool gradient)
{
    return gradient ? kernels->tiles_out_gradient : kernels->tiles_in;
}

static void check_tiles_in(int n, bool gradient)
{
    const size_t step = up_round_up(n, 16) + 16;
    guarded row[UP_TILE_IN], want = guarded_make(UP_TILE_POINTS * step * sizeof(float), 0);
    const float *in[UP_TILE_IN];
    for (int i = 0; i < UP_TILE_IN; i++) {
        row[i] = float_row(MARGIN, MARGIN + UP_TILE * n + 2);
        float *from = row_start(&row[i], MARGIN) + random_below(&seed, MARGIN);
        for (int x = 0; x < UP_TILE * n + 2; x++)
            from[x] = random_between(&seed, -300, 300);
        in[i] = from;
    }
    into_points(kernel_variant(0), gradient)(want.data, step, in, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded got = guarded_make(UP_TILE_POINTS * step * sizeof(float), 0);
        into_points(kernels, gradient)(got.data, step, in, n);
        check_near(kernels->name, &got, &want, step, UP_TILE_POINTS, n, 36 * 16e3 * FLT_EPSILON);
        guarded_free(&got);
    }
    for (int i = 0; i < UP_TILE_IN; i++)
        guarded_free(&row[i]);
    guarded_free(&want);
}

Test(tiles, in)
{
    for (int n = 1; n <= UP_MOST_TILES; n++)
        check_tiles_in(n, false);
}

Test(tiles, out_gradient)
{
    for (int n = 1; n <= UP_MOST_TILES; n++)
        check_tiles_in(n, true);
}

static void check_multiply(int ins, int outs, int n)
{
    const size_t pitch = up_round_up(n, 16);
    guarded in = guarded_make(ins * pitch * sizeof(float), 0);
    guarded weight = guarded_make((size_t)ins * outs * sizeof(float), 4);
    guarded want = guarded_make(outs * pitch * sizeof(float), 0);
    for (size_t i = 0; i < ins * pitch; i++)
        ((float *)in.data)[i] = random_between(&seed, -300, 300);
    for (int i = 0; i < ins * outs; i++)
        ((float *)weight.data)[i] = random_between(&seed, -1, 1);
    kernel_variant(0)->tiles_multiply(want.data, in.data, pitch, weight.data, ins, outs, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded got = guarded_make(outs * pitch * sizeof(float), 0);
        kernels->tiles_multiply(got.data, in.data, pitch, weight.data, ins, outs, n);
        check_near(kernels->name, &got, &want, pitch, outs, n, ins * 300.0 * FLT_EPSILON * ins);
        guarded_free(&got);
    }
    guarded_free(&in);
    guarded_free(&weight);
    guarded_free(&want);
}

Test(tiles, multiply)
{
    for (int outs = 1; outs <= UP_MAX_OUTS; outs++)
        for (int n = 1; n <= UP_MOST_TILES; n++)
            check_multiply(1 + random_below(&seed, 40), outs, n);
}

static void check_correlate(int ins, int outs, int n)
{
    const size_t pitch = up_round_up(n, 16) + 16, step = ins + 3;
    guarded in = guarded_make(ins * pitch * sizeof(float), 0);
    guarded gradient = guarded_make(outs * pitch * sizeof(float), 0);
    guarded want = guarded_make(outs * step * sizeof(float), 4);
    for (size_t i = 0; i < ins * pitch; i++)
        ((float *)in.data)[i] = random_between(&seed, -300, 300);
    for (size_t i = 0; i < outs * pitch; i++)
        ((float *)gradient.data)[i] = random_between(&seed, -1, 1);
    kernel_variant(0)->tiles_correlate(want.data, step, in.data, gradient.data, pitch, ins, outs,
                                       n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded got = guarded_make(outs * step * sizeof(float), 4);
        kernels->tiles_correlate(got.data, step, in.data, gradient.data, pitch, ins, outs, n);
        check_near(kernels->name, &got, &want, step, outs, ins, n * 300.0 * FLT_EPSILON * n);
        guarded_free(&got);
    }
    guarded_free(&in);
    guarded_free(&gradient);
    guarded_free(&want);
}

Test(tiles, correlate)
{
    for (int outs = 1; outs <= 9; outs++)
        for (int ins = 1; ins <= 14; ins++)
            check_correlate(ins, outs, 16 * (1 + random_below(&seed, 4)));
}

static void run_tiles_out(const up_kernels *kernels, guarded *out, int rows, const guarded *in,
                          size_t step, const up_taps *taps, int n)
{
    const size_t pitch = up_round_up(UP_TILE * n, 16);
    float *row[UP_TILE];
    *out = guarded_make(rows * pitch * sizeof(float), 0);
    for (int i = 0; i < rows; i++)
        row[i] = (float *)out->data + i * pitch;
    kernels->tiles_out(row, rows, in->data, step, taps, n);
}

static void check_tiles_out(int rows, int n)
{
    const size_t step = up_round_up(n, 16) + 16;
    const float bias = random_between(&seed, -9, 9), slope = random_between(&seed, -1, 1);
    const float low = random_between(&seed, -900, 0), high = random_between(&seed, 0, 900);
    up_taps taps = { .groups = 1, .size = 1, .bias = &bias };
    taps.slope = random_below(&seed, 2) ? &slope : NULL;
    taps.low = random_below(&seed, 2) ? &low : NULL;
    taps.high = taps.low ? &high : NULL;
    guarded in = guarded_make(UP_TILE_POINTS * step * sizeof(float), 0), want, got;
    for (size_t i = 0; i < UP_TILE_POINTS * step; i++)
        ((float *)in.data)[i] = random_between(&seed, -300, 300);
    run_tiles_out(kernel_variant(0), &want, rows, &in, step, &taps, n);
    FOR_EACH_VARIANT(kernels)
    {
        run_tiles_out(kernels, &got, rows, &in, step, &taps, n);
        check_near(kernels->name, &got, &want, up_round_up(UP_TILE * n, 16), rows, UP_TILE * n,
                   36 * 30e3 * FLT_EPSILON);
        guarded_free(&got);
    }
    guarded_free(&want);
    guarded_free(&in);
}

Test(tiles, out)
{
    for (int n = 1; n <= UP_MOST_TILES; n++)
        for (int rows = 1; rows <= UP_TILE; rows++)
            check_tiles_out(rows, n);
}
