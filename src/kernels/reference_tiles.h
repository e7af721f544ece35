/* SPDX-License-Identifier: MIT */
/* What tiles_in() of the plain kernels makes, in float and in bfloat16. */
#ifndef UP_KERNELS_REFERENCE_TILES_H
#define UP_KERNELS_REFERENCE_TILES_H

#include "kernels/kernels.h"

/* Values of the polynomials that NEAR and FAR of template/winograd_points.h stand for. */
static const float up_tile_to_points[UP_TILE_IN][UP_TILE_IN] = {
    { 1.265625f, 0, -2.8125f, 0, 1, 0 },    { 0, -1.6875f, -2.25f, 0.75f, 1, 0 },
    { 0, 1.6875f, -2.25f, -0.75f, 1, 0 },   { 0, -0.84375f, -0.5625f, 1.5f, 1, 0 },
    { 0, 0.84375f, -0.5625f, -1.5f, 1, 0 }, { 0, 1.265625f, 0, -2.8125f, 0, 1 },
};

/* That of tile t at a point. */
static inline float up_tile_to_point(int point, const float *const *in, int t)
{
    const float *row = up_tile_to_points[point / UP_TILE_IN];
    const float *column = up_tile_to_points[point % UP_TILE_IN];
    float sum = 0;
    for (int i = 0; i < UP_TILE_IN; i++)
        for (int j = 0; j < UP_TILE_IN; j++)
            sum += row[i] * column[j] * in[i][UP_TILE * t + j];
    return sum;
}

#endif
