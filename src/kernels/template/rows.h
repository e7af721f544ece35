/* SPDX-License-Identifier: MIT */
/* Weighted sums of whole rows: the vertical pass of a resampling. */
#ifndef UP_KERNELS_TEMPLATE_ROWS_H
#define UP_KERNELS_TEMPLATE_ROWS_H

#include "kernels/template/vector/vector.h"

#include <stdbool.h>

#define MOST_ROWS 6 /* mixed at once */

/* Made for a constant number of taps; pointers and weights are then kept in registers. */
INLINE void mix(float *out, const float *const *in, const float *weight, int taps, bool add, int n)
{
    const float *row[MOST_ROWS];
    vec factor[MOST_ROWS];
    for (int t = 0; t < taps; t++) {
        row[t] = in[t];
        factor[t] = splat(weight[t]);
    }
    for (int x = 0; x < n; x += LANES) {
        vec first = load(row[0] + x);
        vec sum = add ? multiply_add(factor[0], first, load(out + x)) : factor[0] * first;
        for (int t = 1; t < taps; t++)
            sum = multiply_add(factor[t], load(row[t] + x), sum);
        store(out + x, sum);
    }
}

static void mix_some(float *out, const float *const *in, const float *weight, int taps, bool add,
                     int n)
{
    switch (taps) {
    case 1:
        return mix(out, in, weight, 1, add, n);
    case 2:
        return mix(out, in, weight, 2, add, n);
    case 3:
        return mix(out, in, weight, 3, add, n);
    case 4:
        return mix(out, in, weight, 4, add, n);
    case 5:
        return mix(out, in, weight, 5, add, n);
    default:
        return mix(out, in, weight, 6, add, n);
    }
}

static void mix_rows(float *out, const float *const *in, const float *weight, int taps, int n)
{
    mix_some(out, in, weight, taps < MOST_ROWS ? taps : MOST_ROWS, false, n);
    for (int t = MOST_ROWS; t < taps; t += MOST_ROWS)
        mix_some(out, in + t, weight + t, taps - t < MOST_ROWS ? taps - t : MOST_ROWS, true, n);
}

#endif
