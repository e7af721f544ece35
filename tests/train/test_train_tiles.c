/* SPDX-License-Identifier: MIT */
/* Convolutions and their gradients by tiles, against those by taps: patches of any size, channels
 * of any number. */
#include "base/memory.h"
#include "support/reference/kernel_check.h"
#include "support/sanitized.h"
#include "train/passes/conv_tiles.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

TestSuite(train_tiles, .timeout = 300);

static uint32_t seed = 7;

typedef struct {
    up_conv_shape conv;
    up_conv_work work;
    float *in, *out_gradient; /* their first pixels */
    float *weight, *bias;
    float *got, *want; /* planes, or gradients */
    size_t planes;     /* floats of the largest set of planes */
    float *memory[5];
} problem;

static float *planes_of(problem *p, int which, bool filled)
{
    const up_patch_shape *patch = &p->work.patch;
    const int most = up_max(p->conv.in, p->conv.out);
    float *from = p->memory[which] = calloc(p->planes, sizeof(float));
    cr_assert(from);
    for (int c = 0; filled && c < most; c++)
        for (int y = 0; y < patch->height; y++)
            for (int x = 0; x < patch->width; x++)
                from[patch->before + c * patch->size + (size_t)y * patch->stride + x] =
                    random_between(&seed, -1, 1);
    return from + patch->before;
}

static problem make(int in, int out, int width, int height)
{
    static const float zeros[UP_MAX_OUTS];
    problem p = { .conv = { in, out, 3 } };
    p.work = (up_conv_work){ .kernels = up_kernels_get(),
                             .patch = up_patch_shape_make(width, height, 1),
                             .zeros = zeros };
    p.planes = up_max(in, out) * p.work.patch.size;
    p.in = planes_of(&p, 0, true);
    p.out_gradient = planes_of(&p, 1, true);
    p.got = planes_of(&p, 2, false);
    p.want = planes_of(&p, 3, false);
    p.memory[4] = p.weight = calloc((size_t)9 * in * out + out, sizeof(float));
    p.bias = p.weight + (size_t)9 * in * out;
    for (size_t i = 0; i < (size_t)9 * in * out + out; i++)
        p.weight[i] = random_between(&seed, -1, 1);
    p.work.row = malloc((size_t)9 * up_max(in, out) * sizeof *p.work.row);
    p.work.sums = malloc((size_t)9 * up_max(in, out) * UP_CORRELATE_OUTS * UP_CORRELATE_LANES *
                         sizeof(float));
    const up_conv_shape back = { out, in, 3 };
    const size_t tiles = up_conv_tiles_work(&p.conv, &p.work.patch);
    cr_assert_eq(tiles, up_conv_tiles_work(&back, &p.work.patch));
    p.work.tiles = up_alloc(tiles, sizeof(float));
    for (size_t i = 0; i < tiles; i++) /* what is not written must not be used */
        p.work.tiles[i] = NAN;
    return p;
}

static void drop(problem *p)
{
    for (int i = 0; i < 5; i++)
        free(p->memory[i]);
    free(p->work.row);
    free(p->work.sums);
    up_free(p->work.tiles);
}

static void expect_same(const problem *p, const float *got, const float *want, size_t count,
                        const char *of)
{
    double most = 0, off = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fabs((double)want[i]));
        off = fmax(off, fabs((double)got[i] - (double)want[i]));
        cr_assert(isfinite(got[i]), "%s: %g at %zu", of, (double)got[i], i);
    }
    cr_expect(off <= 1e-5 * most, "%s of %d to %d, %dx%d: %g of %g off", of, p->conv.in,
              p->conv.out, p->work.patch.width, p->work.patch.height, off, most);
}

static void check(int in, int out, int width, int height)
{
    problem p = make(in, out, width, height);
    const up_kernels *kernels = p.work.kernels;
    float *by_taps = calloc(up_conv_packed(&p.conv), sizeof(float));
    float *by_tiles = calloc(up_conv_tiles_packed(&p.conv), sizeof(float));

    up_conv_pack(kernels, &p.conv, p.weight, by_taps);
    up_conv_tiles_pack(kernels, &p.conv, p.weight, by_tiles);
    up_conv_forward(&p.work, &p.conv, by_taps, p.bias, p.in, p.want);
    up_conv_tiles_forward(&p.work, &p.conv, by_tiles, p.bias, p.in, p.got);
    expect_same(&p, p.memory[2], p.memory[3], p.planes, "result");

    up_conv_pack_transposed(kernels, &p.conv, p.weight, by_taps);
    up_conv_tiles_pack_transposed(kernels, &p.conv, p.weight, by_tiles);
    up_conv_backward(&p.work, &p.conv, by_taps, p.out_gradient, p.want);
    up_conv_tiles_backward(&p.work, &p.conv, by_tiles, p.out_gradient, p.got);
    expect_same(&p, p.memory[2], p.memory[3], p.planes, "gradient of the input");

    const size_t parameters = up_conv_packed(&p.conv) + (size_t)out;
    float *gradient[2] = { calloc(parameters, sizeof(float)), calloc(parameters, sizeof(float)) };
    up_conv_tiles_weight_gradient(&p.work, &p.conv, p.in, p.out_gradient, gradient[0]);
    up_conv_weight_gradient(&p.work, &p.conv, p.in, p.out_gradient, gradient[1]);
    expect_same(&p, gradient[0], gradient[1], parameters, "gradient of the weights");
    up_conv_tiles_weight_gradient(&p.work, &p.conv, p.in, p.out_gradient, gradient[0]);
    up_conv_weight_gradient(&p.work, &p.conv, p.in, p.out_gradient, gradient[1]);
    expect_same(&p, gradient[0], gradient[1], parameters, "sum of two gradients");

    free(gradient[0]);
    free(gradient[1]);
    free(by_taps);
    free(by_tiles);
    drop(&p);
}

Test(train_tiles, are_what_taps_make)
{
    check(16, 16, 32, 32);
    check(40, 40, 16, 16);
    check(3, 5, 16, 1);
    check(70, 9, 48, 7); /* more inputs than go side by side */
    check(2, 2, 544, 9); /* more tiles */
    for (int round = 0; round < MANY_OR_FEW(60, 15); round++)
        check(1 + random_below(&seed, 20), 1 + random_below(&seed, 20),
              16 * (1 + random_below(&seed, 5)), 1 + random_below(&seed, 40));
}

Test(train_tiles, suit_where_channels_are_many)
{
    cr_expect(up_conv_tiles_suit(&(up_conv_shape){ 16, 16, 3 }));
    cr_expect(!up_conv_tiles_suit(&(up_conv_shape){ 3, 4, 3 }));
    cr_expect(!up_conv_tiles_suit(&(up_conv_shape){ 64, 64, 5 }));
}
