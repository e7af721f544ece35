/* SPDX-License-Identifier: MIT */
/* Winograd's F(4x4, 3x3) by products of pairs of bfloat16. */
#ifndef UP_KERNELS_TEMPLATE_MATRIX_TILES_H
#define UP_KERNELS_TEMPLATE_MATRIX_TILES_H

#include "kernels/matrix.h"
#include "kernels/template/winograd_points.h"

#include <immintrin.h>

typedef up_bfloat16_pair tile_value;

INLINE vec tile_splat(const up_bfloat16_pair *pair)
{
    int both;
    memcpy(&both, pair, sizeof both);
    return (vec)_mm512_set1_epi32(both);
}

INLINE vec tile_add(vec a, vec b, vec sum)
{
    return (vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

#include "kernels/template/winograd_products.h"

/* Rounded to the nearest, ties to even. */
INLINE void store_pairs(up_bfloat16_pair *to, vec even, vec odd)
{
    static const uint16_t zip[2 * LANES] = { 0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                             21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                             11, 27, 12, 28, 13, 29, 14, 30, 15, 31 };
    const __m512bh both = _mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
    _mm512_storeu_si512(to, _mm512_permutexvar_epi16(_mm512_loadu_si512(zip), (__m512i)both));
}

static void tiles_in(up_bfloat16_pair *out, size_t step, const float *const *in, int n)
{
    tile_rows even, odd;
    rows_to_points(even, in, n);
    rows_to_points(odd, in + UP_TILE_IN, n);
    for (int i = 0; i < UP_TILE_IN; i++, out += UP_TILE_IN * step)
        for (int t = 0; t < n; t += LANES) {
            vec v[UP_TILE_IN], w[UP_TILE_IN];
            columns_to_points(v, even[i] + UP_TILE * t);
            columns_to_points(w, odd[i] + UP_TILE * t);
            UNROLLED
            for (int j = 0; j < UP_TILE_IN; j++)
                store_pairs(out + j * step + t, v[j], w[j]);
        }
}

#endif
