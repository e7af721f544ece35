/* SPDX-License-Identifier: MIT */
/* Matrix kernels for AVX512-BF16: products of pairs of bfloat16 added to vectors of floats. */
#ifdef UPSCALE_AVX512_BF16
#define UP_LEVEL_AVX512

#include "kernels/matrix.h"

#include "kernels/template/matrix_rows.h"
#include "kernels/template/matrix_tiles.h"

enum { B = UP_MATRIX_BLOCK, D = UP_MATRIX_DEPTH, MOST_BLOCKS = 2, MOST_PIXELS = 16 };

INLINE __m512bh pairs(const up_bfloat16 *p)
{
    return (__m512bh)load_ints(p);
}

/* The same pair in every lane. */
INLINE __m512bh splat_pair(const up_bfloat16 *p)
{
    return (__m512bh)tile_splat((const up_bfloat16_pair *)p);
}

typedef struct {
    const up_bfloat16 *in; /* of the first pixel */
    size_t step;
    const up_bfloat16 *weight; /* of the first block */
    size_t run;                /* to those of the next */
} factors;

/* A chunk of the run of each of `pixels`, times its weights. */
INLINE void add_chunk(__m512 sum[MOST_BLOCKS][MOST_PIXELS], const factors *f, int blocks,
                      int pixels)
{
    for (int k = 0; k < D; k += 2) {
        __m512bh weight[MOST_BLOCKS];
        UNROLLED
        for (int b = 0; b < blocks; b++)
            weight[b] = pairs(f->weight + b * f->run + (size_t)k * B);
        UNROLLED
        for (int p = 0; p < pixels; p++) {
            const __m512bh in = splat_pair(f->in + p * f->step + k);
            UNROLLED
            for (int b = 0; b < blocks; b++)
                sum[b][p] = _mm512_dpbf16_ps(sum[b][p], in, weight[b]);
        }
    }
}

INLINE void convolve_block(float *out, const up_bfloat16 *const *high,
                           const up_bfloat16 *const *low, const up_matrix_taps *taps, size_t pixel,
                           int block, int blocks, int pixels)
{
    const size_t run = (size_t)taps->rows * taps->chunks * UP_MATRIX_TILE, step = taps->step;
    size_t weight = block * run;
    __m512 sum[MOST_BLOCKS][MOST_PIXELS];
    UNROLLED
    for (int b = 0; b < blocks; b++)
        UNROLLED
    for (int p = 0; p < pixels; p++)
        sum[b][p] = _mm512_loadu_ps(taps->bias + (block + b) * B);
    for (int r = 0; r < taps->rows; r++)
        for (int c = 0; c < taps->chunks; c++, weight += UP_MATRIX_TILE) {
            const size_t at = pixel * step + (size_t)c * D;
            add_chunk(sum, &(factors){ high[r] + at, step, taps->high + weight, run }, blocks,
                      pixels);
            if (!low)
                continue;
            add_chunk(sum, &(factors){ high[r] + at, step, taps->low + weight, run }, blocks,
                      pixels);
            add_chunk(sum, &(factors){ low[r] + at, step, taps->high + weight, run }, blocks,
                      pixels);
        }
    UNROLLED
    for (int b = 0; b < blocks; b++)
        UNROLLED
    for (int p = 0; p < pixels; p++)
        _mm512_storeu_ps(out + (pixel + p) * taps->outs + (block + b) * B, sum[b][p]);
}

/* Two blocks of outputs at a time where there are, which load what comes in once. */
static void convolve(float *out, const up_bfloat16 *const *high, const up_bfloat16 *const *low,
                     const up_matrix_taps *taps, int n)
{
    const int all = taps->outs / B, even = all - all % 2;
    for (int p = 0; p < n; p += 8)
        for (int b = 0; b < even; b += 2)
            convolve_block(out, high, low, taps, p, b, 2, 8);
    for (int p = 0; even < all && p < n; p += 16)
        convolve_block(out, high, low, taps, p, even, 1, 16);
}

/* Outputs in lines, inputs in lanes. */
static void correlate(float *sum, const up_bfloat16 *in, int ins, const up_bfloat16 *grad,
                      size_t step, int outs, int n)
{
    for (int o = 0; o < outs; o += B)
        for (int i = 0; i < ins; i += B, sum += B * B) {
            __m512 line[B];
            UNROLLED
            for (int k = 0; k < B; k++)
                line[k] = _mm512_loadu_ps(sum + k * B);
            for (int p = 0; p < n; p += 2) {
                const __m512bh both = pairs(in + (size_t)p * ins + 2 * (size_t)i);
                UNROLLED
                for (int k = 0; k < B; k++)
                    line[k] =
                        _mm512_dpbf16_ps(line[k], splat_pair(grad + (o + k) * step + p), both);
            }
            UNROLLED
            for (int k = 0; k < B; k++)
                _mm512_storeu_ps(sum + k * B, line[k]);
        }
}

const up_matrix_kernels up_matrix_avx512_bf16 = {
    "avx512-bf16", tiles_in,  tiles_multiply, convolve,      correlate,
    pair,          transpose, activate,       activate_back,
};

#endif
