/* SPDX-License-Identifier: MIT */
/*
 * The transforms of Winograd's F(4x4, 3x3) by the points 0, 3/4, -3/4, 3/2, -3/2 and infinity,
 * which a float holds exactly and which round less than the usual 1 and 2. A vec holds LANES tiles.
 */
#ifndef UP_KERNELS_TEMPLATE_WINOGRAD_POINTS_H
#define UP_KERNELS_TEMPLATE_WINOGRAD_POINTS_H

#include "kernels/kernels.h"
#include "kernels/template/vector/vector.h"

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
typedef float tile_rows[UP_TILE_IN][UP_TILE * (UP_MOST_TILES + 2 * LANES)];

/* The six rows of n tiles. */
INLINE void rows_to_points(tile_rows row, const float *const *in, int n)
{
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
}

/* Then the columns of LANES tiles, from the first one's on. */
INLINE void columns_to_points(vec v[UP_TILE_IN], const float *from)
{
    const float *next = from + UP_TILE * LANES;
    vec d[UP_TILE_IN];
    load_4(from, d);
    d[4] = follow(d[0], next[0]);
    d[5] = follow(d[1], next[1]);
    to_points(v, d);
}

#undef NEAR
#undef FAR
#undef NEAR_2
#undef FAR_2

#endif
