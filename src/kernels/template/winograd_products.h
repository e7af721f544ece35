/* SPDX-License-Identifier: MIT */
/*
 * Products of Winograd's tiles at one point, of values of type tile_value, 4 bytes each:
 * tile_splat() puts one into every lane, and tile_add(w, v, sum) adds the products of two vectors
 * of them to sums. Whoever includes this says what these are.
 */
#ifndef UP_KERNELS_TEMPLATE_WINOGRAD_PRODUCTS_H
#define UP_KERNELS_TEMPLATE_WINOGRAD_PRODUCTS_H

#include "kernels/kernels.h"
#include "kernels/template/register_tile.h"

_Static_assert(sizeof(tile_value) == sizeof(float), "a vector is as many of them");

INLINE void multiply_columns(float *out, const tile_value *in, size_t pitch,
                             const tile_value *weight, int ins, int outs, int columns)
{
    vec sum[UP_MAX_OUTS][MOST_COLUMNS];
    UNROLLED
    for (int j = 0; j < outs; j++) {
        UNROLLED
        for (int i = 0; i < columns; i++)
            sum[j][i] = splat(0);
    }
    for (int c = 0; c < ins; c++, in += pitch, weight += outs) {
        vec v[MOST_COLUMNS];
        __builtin_prefetch(weight + (size_t)ins * outs); /* of the next outs: far in memory */
        UNROLLED
        for (int i = 0; i < columns; i++)
            v[i] = held(load((const float *)(in + i * LANES)));
        UNROLLED
        for (int j = 0; j < outs; j++) {
            const vec w = tile_splat(weight + j);
            UNROLLED
            for (int i = 0; i < columns; i++)
                sum[j][i] = tile_add(w, v[i], sum[j][i]);
        }
    }
    UNROLLED
    for (int j = 0; j < outs; j++) {
        UNROLLED
        for (int i = 0; i < columns; i++)
            store(out + j * pitch + i * LANES, sum[j][i]);
    }
}

/* Two pairs of columns rather than three and one: see convolve_row(). */
INLINE void multiply_tiles(float *out, const tile_value *in, size_t pitch, const tile_value *weight,
                           int ins, int n, int outs)
{
    const int most = TILE_COLUMNS(outs) < 3 ? TILE_COLUMNS(outs) : 3;
    for (int left = (n + LANES - 1) / LANES, taken; left > 0; left -= taken) {
        taken = left == 4 && most == 3 ? 2 : left < most ? left : most;
#define COLUMNS(count)                                                                             \
    if ((count) <= most && taken == (count))                                                       \
        multiply_columns(out, in, pitch, weight, ins, outs, count);
        COLUMNS(1)
        COLUMNS(2)
        COLUMNS(3)
#undef COLUMNS
        out += taken * LANES;
        in += taken * LANES;
    }
}

static void tiles_multiply(float *out, const tile_value *in, size_t pitch, const tile_value *weight,
                           int ins, int outs, int n)
{
    switch (outs) {
#define OUTS(count)                                                                                \
    case count:                                                                                    \
        return multiply_tiles(out, in, pitch, weight, ins, n, count);
        OUTS(1)
        OUTS(2)
        OUTS(3)
        OUTS(4)
        OUTS(5)
        OUTS(6)
        OUTS(7)
        OUTS(8)
#undef OUTS
    }
}

#endif
