/* SPDX-License-Identifier: MIT */
/*
 * The transforms of Winograd's F(4x4, 3x3) by the points 0, 3/4, -3/4, 3/2, -3/2 and infinity,
 * which a float holds exactly and which round less than the usual 1 and 2. A vec holds LANES tiles.
 */
#ifndef UP_KERNELS_TEMPLATE_WINOGRAD_H
#define UP_KERNELS_TEMPLATE_WINOGRAD_H

#include "kernels/template/convolve.h"

#define NEAR 0.75f /* the points but 0 and infinity */
#define FAR 1.5f
#define NEAR_2 (NEAR * NEAR)
#define FAR_2 (FAR * FAR)

/* Six inputs in a row or column to the values of their polynomial at the points: B^T d. */
INLINE void to_points(vec out[UP_TILE_IN], const vec d[UP_TILE_IN])
{
    const vec near = splat(NEAR), far = splat(FAR);
    const vec sum = splat(-(NEAR_2 + FAR_2)), product = splat(NEAR_2 * FAR_2);
    const vec even_near = multiply_add(splat(-FAR_2), d[2], d[4]);
    const vec odd_near = multiply_add(splat(-FAR_2), d[1], d[3]);
    const vec even_far = multiply_add(splat(-NEAR_2), d[2], d[4]);
    const vec odd_far = multiply_add(splat(-NEAR_2), d[1], d[3]);
    out[0] = multiply_add(product, d[0], multiply_add(sum, d[2], d[4]));
    out[1] = multiply_add(near, odd_near, even_near);
    out[2] = multiply_add(-near, odd_near, even_near);
    out[3] = multiply_add(far, odd_far, even_far);
    out[4] = multiply_add(-far, odd_far, even_far);
    out[5] = multiply_add(product, d[1], multiply_add(sum, d[3], d[5]));
}

/* And back to four outputs: A^T m. */
INLINE void from_points(vec out[UP_TILE], const vec m[UP_TILE_IN])
{
    const vec even_near = m[1] + m[2], odd_near = m[1] - m[2];
    const vec even_far = m[3] + m[4], odd_far = m[3] - m[4];
    out[0] = m[0] + even_near + even_far;
    out[1] = multiply_add(splat(FAR), odd_far, splat(NEAR) * odd_near);
    out[2] = multiply_add(splat(FAR_2), even_far, splat(NEAR_2) * even_near);
    out[3] = multiply_add(splat(FAR_2 * FAR), odd_far,
                          multiply_add(splat(NEAR_2 * NEAR), odd_near, m[5]));
}

/* The transpose of that: A g. */
INLINE void gradient_to_points(vec out[UP_TILE_IN], const vec g[UP_TILE])
{
    const vec even_near = multiply_add(splat(NEAR_2), g[2], g[0]);
    const vec odd_near = multiply_add(splat(NEAR_2), g[3], g[1]);
    const vec even_far = multiply_add(splat(FAR_2), g[2], g[0]);
    const vec odd_far = multiply_add(splat(FAR_2), g[3], g[1]);
    out[0] = g[0];
    out[1] = multiply_add(splat(NEAR), odd_near, even_near);
    out[2] = multiply_add(splat(-NEAR), odd_near, even_near);
    out[3] = multiply_add(splat(FAR), odd_far, even_far);
    out[4] = multiply_add(splat(-FAR), odd_far, even_far);
    out[5] = g[3];
}

/* Rows before columns: what needs no shuffling is done to fewer vectors so. */
static void tiles_in(float *out, size_t step, const float *const *in, int n)
{
    float row[UP_TILE_IN][UP_TILE * (UP_MOST_TILES + 2 * LANES)];
    for (int x = 0; x < UP_TILE * n + 2; x += LANES) {
        vec d[UP_TILE_IN], v[UP_TILE_IN];
        UNROLLED
        for (int i = 0; i < UP_TILE_IN; i++)
            d[i] = load(in[i] + x);
        to_points(v, d);
        UNROLLED
        for (int i = 0; i < UP_TILE_IN; i++)
            store(row[i] + x, v[i]);
    }
    for (int i = 0; i < UP_TILE_IN; i++, out += UP_TILE_IN * step) {
        for (int t = 0; t < n; t += LANES) {
            const float *from = row[i] + UP_TILE * t, *next = from + UP_TILE * LANES;
            vec d[UP_TILE_IN], v[UP_TILE_IN];
            load_4(from, d);
            d[4] = follow(d[0], next[0]);
            d[5] = follow(d[1], next[1]);
            to_points(v, d);
            UNROLLED
            for (int j = 0; j < UP_TILE_IN; j++)
                store(out + j * step + t, v[j]);
        }
    }
}

INLINE void multiply_columns(float *out, const float *in, size_t pitch, const float *weight,
                             int ins, int outs, int columns)
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
            v[i] = held(load(in + i * LANES));
        UNROLLED
        for (int j = 0; j < outs; j++) {
            const vec w = splat(weight[j]);
            UNROLLED
            for (int i = 0; i < columns; i++)
                sum[j][i] = multiply_add(w, v[i], sum[j][i]);
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
INLINE void multiply_tiles(float *out, const float *in, size_t pitch, const float *weight, int ins,
                           int n, int outs)
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

static void tiles_multiply(float *out, const float *in, size_t pitch, const float *weight, int ins,
                           int outs, int n)
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

#undef NEAR
#undef FAR
#undef NEAR_2
#undef FAR_2

#endif
