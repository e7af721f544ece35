/* SPDX-License-Identifier: MIT */
/* Winograd's F(4x4, 3x3) in float. */
#ifndef UP_KERNELS_TEMPLATE_WINOGRAD_H
#define UP_KERNELS_TEMPLATE_WINOGRAD_H

#include "kernels/template/convolve.h"
#include "kernels/template/winograd_points.h"

typedef float tile_value;

INLINE vec tile_splat(const float *value)
{
    return splat(*value);
}

INLINE vec tile_add(vec a, vec b, vec sum)
{
    return multiply_add(a, b, sum);
}

#include "kernels/template/winograd_products.h"

static void tiles_in(float *out, size_t step, const float *const *in, int n)
{
    tile_rows row;
    rows_to_points(row, in, n);
    for (int i = 0; i < UP_TILE_IN; i++, out += UP_TILE_IN * step)
        for (int t = 0; t < n; t += LANES) {
            vec v[UP_TILE_IN];
            columns_to_points(v, row[i] + UP_TILE * t);
            UNROLLED
            for (int j = 0; j < UP_TILE_IN; j++)
                store(out + j * step + t, v[j]);
        }
}

/* `columns` of LANES tiles side by side. */
INLINE void store_tiles(float *out, const vec v[UP_TILE], int columns)
{
    float row[UP_TILE * LANES];
    if (columns >= UP_TILE * LANES)
        return store_4(out, v);
    store_4(row, v);
    memcpy(out, row, columns * sizeof *out);
}

static void tiles_out(float *const *out, int rows, const float *in, size_t step,
                      const up_taps *taps, int n)
{
    const vec bias = splat(*taps->bias);
    const int columns = (UP_TILE * n + 15) / 16 * 16;
    for (int t = 0; t < n; t += LANES) {
        vec half[UP_TILE][UP_TILE_IN];
        for (int j = 0; j < UP_TILE_IN; j++) {
            vec m[UP_TILE_IN], v[UP_TILE];
            UNROLLED
            for (int i = 0; i < UP_TILE_IN; i++)
                m[i] = load(in + (UP_TILE_IN * i + j) * step + t);
            from_points(v, m);
            UNROLLED
            for (int i = 0; i < UP_TILE; i++)
                half[i][j] = v[i];
        }
        for (int i = 0; i < rows; i++) {
            vec sum[1][MOST_COLUMNS];
            from_points(sum[0], half[i]);
            UNROLLED
            for (int j = 0; j < UP_TILE; j++)
                sum[0][j] += bias;
            if (taps->slope)
                bend(sum, taps->slope, 1, 1, UP_TILE);
            if (taps->low)
                bound(sum, taps, 1, 1, UP_TILE);
            store_tiles(out[i] + UP_TILE * t, sum[0], columns - UP_TILE * t);
        }
    }
}

static void tiles_out_gradient(float *out, size_t step, const float *const *in, int n)
{
    float row[UP_TILE_IN][UP_TILE * (UP_MOST_TILES + LANES)];
    for (int x = 0; x < UP_TILE * n; x += LANES) {
        vec g[UP_TILE], v[UP_TILE_IN];
        UNROLLED
        for (int i = 0; i < UP_TILE; i++)
            g[i] = load(in[i] + x);
        gradient_to_points(v, g);
        UNROLLED
        for (int i = 0; i < UP_TILE_IN; i++)
            store(row[i] + x, v[i]);
    }
    for (int i = 0; i < UP_TILE_IN; i++, out += UP_TILE_IN * step) {
        for (int t = 0; t < n; t += LANES) {
            vec g[UP_TILE], v[UP_TILE_IN];
            load_4(row[i] + UP_TILE * t, g);
            gradient_to_points(v, g);
            UNROLLED
            for (int j = 0; j < UP_TILE_IN; j++)
                store(out + j * step + t, v[j]);
        }
    }
}

#endif
