/* SPDX-License-Identifier: MIT */
/*
 * Convolution as a list of taps. All sums of a tile, outs x columns, stay in registers while the
 * taps go by: a tap costs one load per column and one per out, and outs x columns multiply-adds.
 */
#ifndef UP_KERNELS_TEMPLATE_CONVOLVE_H
#define UP_KERNELS_TEMPLATE_CONVOLVE_H

#include "kernels/kernels.h"
#include "kernels/template/register_tile.h"

#define MANY_TAPS 256 /* of a tile: their rows are more than the cache next to the core holds */

INLINE void add_taps(vec sum[][MOST_COLUMNS], const float *const *in, int taps, const float *weight,
                     int x, unsigned groups, int outs, int size, int columns, bool far)
{
    for (int t = 0; t < taps; t++) {
        const float *from = in[t] + x;
        vec v[MOST_COLUMNS];
        if (far) /* the next tile's, of which the taps of a row see to a vector each */
            __builtin_prefetch(from + (columns + t % columns) * LANES);
        UNROLLED
        for (int i = 0; i < columns; i++)
            v[i] = held(load(from + i * LANES));
        UNROLLED
        for (int j = 0; j < outs; j++) {
            if (!(groups >> j / size & 1))
                continue;
            vec w = splat(*weight++);
            UNROLLED
            for (int i = 0; i < columns; i++)
                sum[j][i] = multiply_add(w, v[i], sum[j][i]);
        }
    }
}

/* A loop for every set of groups there can be. */
INLINE void add_run(vec sum[][MOST_COLUMNS], const float *const *in, const up_tap_run *run,
                    const float *weight, int x, int groups, int size, int columns, bool far)
{
#define GROUPS(set)                                                                                \
    case set:                                                                                      \
        if ((set) < 1u << groups)                                                                  \
            add_taps(sum, in, run->taps, weight, x, set, groups *size, size, columns, far);        \
        break;
    switch (groups == 1 ? 1 : run->groups) {
        GROUPS(1)
        GROUPS(2)
        GROUPS(3)
        GROUPS(4)
        GROUPS(5)
        GROUPS(6)
        GROUPS(7)
        GROUPS(8)
        GROUPS(9)
        GROUPS(10)
        GROUPS(11)
        GROUPS(12)
        GROUPS(13)
        GROUPS(14)
        GROUPS(15)
    }
#undef GROUPS
}

INLINE void store_paired(float *const *out, vec sum[][MOST_COLUMNS], int half, int x, int n,
                         int columns)
{
    UNROLLED
    for (int j = 0; j < half; j++) {
        UNROLLED
        for (int i = 0; i < columns; i++) {
            vec low, high;
            int to = 2 * (x + i * LANES);
            zip(sum[j][i], sum[half + j][i], &low, &high);
            store(out[j] + to, low);
            if (to + LANES < n)
                store(out[j] + to + LANES, high);
        }
    }
}

INLINE void store_tile(float *const *out, vec sum[][MOST_COLUMNS], int outs, int x, int columns)
{
    UNROLLED
    for (int j = 0; j < outs; j++) {
        UNROLLED
        for (int i = 0; i < columns; i++)
            store(out[j] + x + i * LANES, sum[j][i]);
    }
}

/* PReLU: one of the two parts is 0; NaN, as the second operand, stays. */
INLINE void bend(vec sum[][MOST_COLUMNS], const float *slope, int outs, int size, int columns)
{
    UNROLLED
    for (int j = 0; j < outs; j++) {
        vec s = splat(slope[j % size]), zero = splat(0);
        UNROLLED
        for (int i = 0; i < columns; i++)
            sum[j][i] = multiply_add(s, least(zero, sum[j][i]), most(zero, sum[j][i]));
    }
}

/* NaN, as the second operand, stays. */
INLINE void bound(vec sum[][MOST_COLUMNS], const up_taps *taps, int outs, int size, int columns)
{
    UNROLLED
    for (int j = 0; j < outs; j++) {
        vec low = splat(taps->low[j % size]), high = splat(taps->high[j % size]);
        UNROLLED
        for (int i = 0; i < columns; i++)
            sum[j][i] = least(high, most(low, sum[j][i]));
    }
}

INLINE void convolve_tile(float *const *out, const float *const *in, const up_taps *taps, int x0,
                          int x, int n, int groups, int size, int columns, bool far)
{
    vec sum[UP_MAX_OUTS][MOST_COLUMNS];
    UNROLLED
    for (int j = 0; j < groups * size; j++) {
        UNROLLED
        for (int i = 0; i < columns; i++)
            sum[j][i] = splat(taps->bias[j % size]);
    }
    const float *weight = taps->weight;
    for (int r = 0; r < taps->runs; r++) {
        const up_tap_run *run = &taps->run[r];
        add_run(sum, in, run, weight, x0 + x, groups, size, columns, far);
        in += run->taps;
        weight += (size_t)run->taps * __builtin_popcount(run->groups) * size;
    }
    if (taps->slope)
        bend(sum, taps->slope, groups * size, size, columns);
    if (taps->low)
        bound(sum, taps, groups * size, size, columns);
    if (groups % 2 == 0 && taps->paired)
        store_paired(out, sum, groups * size / 2, x, n, columns);
    else
        store_tile(out, sum, groups * size, x, columns);
}

INLINE bool reads_far(const up_taps *taps)
{
    int sum = 0;
    for (int r = 0; r < taps->runs; r++)
        sum += taps->run[r].taps;
    return sum >= MANY_TAPS;
}

/* What is left after whole tiles is one more tile that overlaps the last, or single columns. Of
 * tiles of three columns, whose single ones load as much as they multiply, it is pairs: one column
 * left over and the last three are two of them. */
INLINE void convolve_row(float *const *out, const float *const *in, const up_taps *taps, int x0,
                         int n, int groups, int size)
{
    const int columns = TILE_COLUMNS(groups * size), width = columns * LANES;
    int end = taps->paired ? (n + 1) / 2 : n, x = 0;
    end = (end + LANES - 1) / LANES * LANES;
    const bool far = reads_far(taps);
    int whole = columns == 3 && end % width == LANES ? end - 4 * LANES : end;
    for (; x + width <= whole; x += width)
        convolve_tile(out, in, taps, x0, x, n, groups, size, columns, far);
    for (; columns == 3 && x + 2 * LANES <= end; x += 2 * LANES)
        convolve_tile(out, in, taps, x0, x, n, groups, size, 2, far);
    if (end - x > 2 * LANES && end >= width)
        convolve_tile(out, in, taps, x0, end - width, n, groups, size, columns, far);
    else
        for (; x < end; x += LANES)
            convolve_tile(out, in, taps, x0, x, n, groups, size, 1, far);
}

static void convolve(float *const *out, const float *const *in, const up_taps *taps, int x0, int n)
{
#define SHAPE(groups, size)                                                                        \
    case (groups) * (UP_MAX_OUTS + 1) + (size):                                                    \
        return convolve_row(out, in, taps, x0, n, groups, size);
    switch (taps->groups * (UP_MAX_OUTS + 1) + taps->size) {
        SHAPE(1, 1)
        SHAPE(1, 2)
        SHAPE(1, 3)
        SHAPE(1, 4)
        SHAPE(1, 5)
        SHAPE(1, 6)
        SHAPE(1, 7)
        SHAPE(1, 8)
        SHAPE(2, 1)
        SHAPE(2, 2)
        SHAPE(2, 3)
        SHAPE(2, 4)
        SHAPE(3, 1)
        SHAPE(4, 1)
    }
#undef SHAPE
}

#endif
