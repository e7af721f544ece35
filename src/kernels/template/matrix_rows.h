/* SPDX-License-Identifier: MIT */
/* What matrix kernels do besides multiplying. A vec is a block of channels. */
#ifndef UP_KERNELS_TEMPLATE_MATRIX_ROWS_H
#define UP_KERNELS_TEMPLATE_MATRIX_ROWS_H

#include "kernels/matrix.h"
#include "kernels/template/vector/vector.h"

#include <immintrin.h>

_Static_assert(LANES == UP_MATRIX_BLOCK, "a vector holds a block of channels");

INLINE vec from_words(const up_bfloat16 *p)
{
    return (vec)(widen_words(p) << 16);
}

/* To the nearest, ties to even; as floats again. */
INLINE vec to_words(up_bfloat16 *p, vec v)
{
    __m256bh words = _mm512_cvtneps_pbh((__m512)v);
    memcpy(p, &words, sizeof words);
    return from_words(p);
}

/* Records p and p + 1, element by element. */
INLINE ints pair_of(const up_bfloat16 *in, int channels)
{
    return widen_words(in) | widen_words(in + channels) << 16;
}

static void pair(up_bfloat16 *even, up_bfloat16 *odd, int outs, const up_bfloat16 *in, int ins,
                 int n)
{
    for (int p = 0; p < n; p += 2, in += 2 * ins, even += 2 * outs, odd += 2 * outs) {
        for (int c = 0; c < ins % LANES; c++) {
            even[2 * c] = in[c];
            even[2 * c + 1] = odd[2 * c] = in[ins + c];
            odd[2 * c + 1] = in[2 * ins + c];
        }
        for (int c = 0; c + LANES <= ins; c += LANES) {
            ints first = pair_of(in + c, ins), second = pair_of(in + ins + c, ins);
            store_ints(even + 2 * c, first);
            store_ints(odd + 2 * c, second);
        }
    }
}

/* Row r of `m` becomes its column r: four times, halves are zipped. */
INLINE void transpose_square(vec m[LANES])
{
    for (int round = 1; round < LANES; round *= 2) {
        vec zipped[LANES];
        for (int i = 0; i < LANES / 2; i++)
            zip(m[i], m[i + LANES / 2], &zipped[2 * i], &zipped[2 * i + 1]);
        memcpy(m, zipped, sizeof zipped);
    }
}

static void transpose(up_bfloat16 *out, size_t step, const up_bfloat16 *in, int channels, int n)
{
    for (int p = 0; p < n; p += 2 * LANES)
        for (int b = 0; b < channels; b += LANES) {
            vec m[LANES];
            for (int i = 0; i < LANES; i++)
                m[i] = (vec)pair_of(in + (size_t)(p + 2 * i) * channels + b, channels);
            transpose_square(m);
            for (int c = 0; c < LANES; c++)
                store_ints(out + (b + c) * step + p, (ints)m[c]);
        }
}

static void activate(const up_matrix_activation *row, int channels, int n)
{
    const vec zero = { 0 };
    for (int b = 0; b < channels; b += LANES) {
        vec slope = load(row->slope + b);
        for (size_t p = 0, at = b; p < (size_t)n; p++, at += channels) {
            vec sum = load(row->sum + at), v = most(sum, zero) + slope * least(sum, zero);
            if (row->skip_high)
                v += from_words(row->skip_high + at) + from_words(row->skip_low + at);
            to_words(row->before + at, sum);
            to_words(row->low + at, v - to_words(row->high + at, v));
        }
    }
}

static void activate_back(const up_matrix_activation_back *row, int channels, int n)
{
    const vec zero = { 0 };
    for (int b = 0; b < channels; b += LANES) {
        vec slope = load(row->slope + b), bend = slope - 1;
        vec slope_sum = { 0 }, bias_sum = { 0 };
        for (size_t p = 0, at = b; p < (size_t)n; p++, at += channels) {
            vec g = load(row->gradient + at), before = from_words(row->before + at);
            if (row->kept)
                g += from_words(row->kept + at);
            if (row->keep)
                to_words(row->keep + at, g);
            slope_sum += g * least(before, zero);
            g += g * (vec)((ints)bend & ~(before > 0));
            bias_sum += g;
            to_words(row->out + at, g);
        }
        store(row->slope_gradient + b, load(row->slope_gradient + b) + slope_sum);
        store(row->bias_gradient + b, load(row->bias_gradient + b) + bias_sum);
    }
}

#endif
