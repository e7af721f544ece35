/* SPDX-License-Identifier: MIT */
/* Sums of products of rows, for gradients: every variant agrees with the reference. */
#include "support/reference/kernel_check.h"

#include "base/memory.h"
#include "kernels/variants.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { INS = 13, STRIDE = 96 };

static uint32_t seed = 23;

static void fill(float *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = random_between(&seed, -1, 1);
}

/* The parts of a sum may be distributed in any way. */
static double total(const float *sum, int i, int j)
{
    double all = 0;
    for (int p = 0; p < UP_CORRELATE_LANES; p++)
        all += sum[(i * UP_CORRELATE_OUTS + j) * UP_CORRELATE_LANES + p];
    return all;
}

static void check_block(const up_kernels *kernels, int ins, int outs, const up_block *block)
{
    size_t sums = (size_t)ins * UP_CORRELATE_OUTS * UP_CORRELATE_LANES;
    size_t plane = (size_t)block->start + (size_t)block->rows * STRIDE + 32;
    guarded got = guarded_make(sums * sizeof(float), 0);
    guarded wanted = guarded_make(sums * sizeof(float), 0);
    float *data = malloc((INS + UP_CORRELATE_OUTS) * plane * sizeof *data);
    const float *in[INS], *grad[UP_CORRELATE_OUTS];
    fill(data, (INS + UP_CORRELATE_OUTS) * plane);
    for (int i = 0; i < ins; i++)
        in[i] = data + i * plane + random_below(&seed, 16);
    for (int j = 0; j < outs; j++)
        grad[j] = data + (INS + j) * plane;
    fill(got.data, sums);
    for (size_t i = 0; i < sums; i++)
        ((float *)wanted.data)[i] = ((float *)got.data)[i];
    up_kernels_reference.correlate(wanted.data, in, ins, grad, outs, block);
    kernels->correlate(got.data, in, ins, grad, outs, block);
    int terms = block->rows * block->columns + UP_CORRELATE_LANES;
    for (int i = 0; i < ins; i++)
        for (int j = 0; j < UP_CORRELATE_OUTS; j++)
            cr_expect(sums_agree((float)total(got.data, i, j), (float)total(wanted.data, i, j),
                                 terms, terms),
                      "%s: %d x %d of %d rows, sum %d %d", kernels->name, ins, outs, block->rows, i,
                      j);
    cr_expect(guarded_intact(&got), "sums were overrun");
    guarded_free(&got);
    guarded_free(&wanted);
    free(data);
}

Test(correlate, agrees_with_the_reference)
{
    FOR_EACH_VARIANT(kernels)
    for (int ins = 1; ins <= INS; ins++)
        for (int outs = 1; outs <= UP_CORRELATE_OUTS; outs++)
            for (int columns = 16; columns <= 80; columns += 32) {
                up_block block = { random_below(&seed, 40), 1 + random_below(&seed, 5), columns,
                                   STRIDE };
                check_block(kernels, ins, outs, &block);
            }
}

Test(correlate, prelu_gradient_agrees_with_the_reference)
{
    FOR_EACH_VARIANT(kernels)
    for (int n = 16; n <= 160; n += 48) {
        guarded got = guarded_make(n * sizeof(float), 0), in = guarded_make(n * sizeof(float), 0);
        guarded wanted = guarded_make(n * sizeof(float), 0);
        fill(got.data, n);
        fill(in.data, n);
        ((float *)in.data)[3] = 0;
        ((float *)in.data)[5] = -0.0f;
        for (int x = 0; x < n; x++)
            ((float *)wanted.data)[x] = ((float *)got.data)[x];
        float a = up_kernels_reference.prelu_gradient(wanted.data, in.data, 0.3f, n);
        float b = kernels->prelu_gradient(got.data, in.data, 0.3f, n);
        cr_expect(sums_agree(a, b, n, n), "%s: slope %g instead of %g", kernels->name, b, a);
        cr_expect_arr_eq(got.data, wanted.data, n * sizeof(float), "%s, %d", kernels->name, n);
        cr_expect(guarded_intact(&got));
        guarded_free(&got);
        guarded_free(&in);
        guarded_free(&wanted);
    }
}
