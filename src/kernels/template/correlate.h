/* SPDX-License-Identifier: MIT */
/*
 * The gradients of what convolve.h does: sums of products of two sets of rows over all columns, for
 * the weights, and the slope of a PReLU. Sums are kept in registers while columns go by.
 */
#ifndef UP_KERNELS_TEMPLATE_CORRELATE_H
#define UP_KERNELS_TEMPLATE_CORRELATE_H

#include "kernels/kernels.h"
#include "kernels/template/vector/vector.h"

#if defined UP_LEVEL_AVX512 || defined UP_LEVEL_NEON
#define CORRELATE_INS 6
#define CORRELATE_OUTS 4
#elif defined UP_LEVEL_AVX2
#define CORRELATE_INS 3
#define CORRELATE_OUTS 4
#else
#define CORRELATE_INS 3
#define CORRELATE_OUTS 2
#endif

INLINE void correlate_tile(float *sum, const float *const *in, const float *const *grad,
                           const up_block *block, int ins, int outs)
{
    vec total[CORRELATE_INS][CORRELATE_OUTS];
    for (int i = 0; i < ins; i++)
        for (int j = 0; j < outs; j++)
            total[i][j] = load(sum + (i * UP_CORRELATE_OUTS + j) * UP_CORRELATE_LANES);
    for (int r = 0; r < block->rows; r++) {
        int end = block->start + r * block->stride + block->columns;
        for (int x = block->start + r * block->stride; x < end; x += LANES) {
            vec g[CORRELATE_OUTS];
            UNROLLED
            for (int j = 0; j < outs; j++)
                g[j] = load(grad[j] + x);
            UNROLLED
            for (int i = 0; i < ins; i++) {
                vec v = load(in[i] + x);
                UNROLLED
                for (int j = 0; j < outs; j++)
                    total[i][j] = multiply_add(v, g[j], total[i][j]);
            }
        }
    }
    for (int i = 0; i < ins; i++)
        for (int j = 0; j < outs; j++)
            store(sum + (i * UP_CORRELATE_OUTS + j) * UP_CORRELATE_LANES, total[i][j]);
}

INLINE void correlate_outs(float *sum, const float *const *in, int ins, const float *const *grad,
                           const up_block *block, int outs)
{
    int i = 0;
    for (; i + CORRELATE_INS <= ins; i += CORRELATE_INS)
        correlate_tile(sum + i * UP_CORRELATE_OUTS * UP_CORRELATE_LANES, in + i, grad, block,
                       CORRELATE_INS, outs);
    for (; i < ins; i++)
        correlate_tile(sum + i * UP_CORRELATE_OUTS * UP_CORRELATE_LANES, in + i, grad, block, 1,
                       outs);
}

static void correlate(float *sum, const float *const *in, int ins, const float *const *grad,
                      int outs, const up_block *block)
{
    int j = 0;
    for (; j + CORRELATE_OUTS <= outs; j += CORRELATE_OUTS)
        correlate_outs(sum + j * UP_CORRELATE_LANES, in, ins, grad + j, block, CORRELATE_OUTS);
    for (; j < outs; j++)
        correlate_outs(sum + j * UP_CORRELATE_LANES, in, ins, grad + j, block, 1);
}

/* to[j * step]: the sum of v[j]. By load_4(), which makes as many steps as shuffles would. */
INLINE void store_sums(float *to, size_t step, const vec v[4], int count)
{
    enum { PARTS = LANES / 4 };
    float parts[4 * LANES];
    vec quarter[4];
    for (int j = 0; j < 4; j++)
        store(parts + j * LANES, v[j]);
    load_4(parts, quarter);
    store(parts, (quarter[0] + quarter[1]) + (quarter[2] + quarter[3]));
    for (int j = 0; j < count; j++) {
        float sum = parts[j * PARTS];
        for (int i = 1; i < PARTS; i++)
            sum += parts[j * PARTS + i];
        to[j * step] = sum;
    }
}

INLINE void tiles_correlate_some(float *out, size_t step, const float *in, const float *gradient,
                                 size_t pitch, int ins, int outs, int n)
{
    vec total[CORRELATE_INS][4];
    for (int i = 0; i < ins; i++)
        for (int j = 0; j < 4; j++)
            total[i][j] = splat(0);
    for (int t = 0; t < n; t += LANES) {
        vec g[CORRELATE_OUTS];
        UNROLLED
        for (int j = 0; j < outs; j++)
            g[j] = load(gradient + j * pitch + t);
        UNROLLED
        for (int i = 0; i < ins; i++) {
            const vec v = load(in + i * pitch + t);
            UNROLLED
            for (int j = 0; j < outs; j++)
                total[i][j] = multiply_add(v, g[j], total[i][j]);
        }
    }
    for (int i = 0; i < ins; i++)
        store_sums(out + i, step, total[i], outs);
}

INLINE void tiles_correlate_outs(float *out, size_t step, const float *in, const float *gradient,
                                 size_t pitch, int ins, int outs, int n)
{
    int i = 0;
    for (; i + CORRELATE_INS <= ins; i += CORRELATE_INS)
        tiles_correlate_some(out + i, step, in + i * pitch, gradient, pitch, CORRELATE_INS, outs,
                             n);
    for (; i < ins; i++)
        tiles_correlate_some(out + i, step, in + i * pitch, gradient, pitch, 1, outs, n);
}

static void tiles_correlate(float *out, size_t step, const float *in, const float *gradient,
                            size_t pitch, int ins, int outs, int n)
{
    int o = 0;
    for (; o + CORRELATE_OUTS <= outs; o += CORRELATE_OUTS)
        tiles_correlate_outs(out + o * step, step, in, gradient + o * pitch, pitch, ins,
                             CORRELATE_OUTS, n);
    for (; o < outs; o++)
        tiles_correlate_outs(out + o * step, step, in, gradient + o * pitch, pitch, ins, 1, n);
}

static float prelu_gradient(float *grad, const float *in, float slope, int n)
{
    vec total = splat(0), zero = splat(0), factor = splat(slope);
    for (int x = 0; x < n; x += LANES) {
        vec v = load(in + x), g = load(grad + x), bent = factor * g;
        ints positive = v > zero;
        total = multiply_add(g, least(zero, v), total);
        store(grad + x, (vec)(((ints)g & positive) | ((ints)bent & ~positive)));
    }
    float sum = 0;
    for (int i = 0; i < LANES; i++)
        sum += total[i];
    return sum;
}

#endif
