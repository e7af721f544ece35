/* SPDX-License-Identifier: MIT */
/*
 * Resampling of columns: the horizontal pass. Every way to make a column multiplies and adds its
 * taps in order, so they agree to the bit and one may take over where another ends.
 */
#ifndef UP_KERNELS_TEMPLATE_COLUMNS_H
#define UP_KERNELS_TEMPLATE_COLUMNS_H

#include "kernels/kernels.h"
#include "kernels/template/vector/vector.h"

#define MOST_PHASES 4
#define MOST_PHASE_TAPS 6

/* LANES columns whose inputs are found by one of the look_ functions. */
#define WEIGHTED(name, look)                                                                       \
    INLINE vec name(const float *in, const int *first, const float *weight, int taps)              \
    {                                                                                              \
        vec sum = load(weight) * look(in, first);                                                  \
        for (int t = 1; t < taps; t++)                                                             \
            sum = multiply_add(load(weight + t * 16), look(in + t, first), sum);                   \
        return sum;                                                                                \
    }

WEIGHTED(weighted_near, look_near)
WEIGHTED(weighted_around, look_around)
WEIGHTED(weighted_anywhere, look_up)

/* Any plan: weights of its own for each column. */
INLINE void resample(float *out, const float *in, const up_columns *plan, int taps, int x0, int x1)
{
    for (int x = x0; x < x1; x += LANES) {
        const int *first = plan->first + x;
        const float *weight = plan->weight + (size_t)(x / 16) * taps * 16 + x % 16;
        const int span = first[LANES - 1] - first[0];
        vec sum;
        if (span < LANES)
            sum = weighted_near(in, first, weight, taps);
        else if (span < 2 * LANES)
            sum = weighted_around(in, first, weight, taps);
        else
            sum = weighted_anywhere(in, first, weight, taps);
        store(out + x, sum);
    }
}

INLINE void store_phases(float *out, const vec *phase, int s)
{
    if (s == 3)
        return store_3(out, phase[0], phase[1], phase[2]);
    if (s == 4)
        return store_4(out, phase);
    vec row[2];
    zip(phase[0], phase[1], &row[0], &row[1]);
    store(out, row[0]);
    store(out + LANES, row[1]);
}

/*
 * s-fold enlarging from column x0 on, where the first `same` of the s outputs start at one input
 * and the others at the next: an input is loaded once for all of them. Returns the column reached.
 */
INLINE int enlarge(float *out, const float *in, const up_columns *plan, int s, int taps, int same,
                   int x0, int x1)
{
    vec weight[MOST_PHASES][MOST_PHASE_TAPS];
    for (int q = 0; q < s; q++)
        for (int t = 0; t < taps; t++)
            weight[q][t] = splat(plan->phase[(x0 + q) % s * taps + t]);
    const float *from = in + plan->first[x0];
    int x = x0;
    for (; x + s * LANES <= x1; x += s * LANES, from += LANES) {
        vec shifted[MOST_PHASE_TAPS + 1], sum[MOST_PHASES];
        for (int t = 0; t < taps + (same < s); t++)
            shifted[t] = load(from + t);
        for (int q = 0; q < s; q++) {
            const vec *v = shifted + (q >= same);
            sum[q] = weight[q][0] * v[0];
            for (int t = 1; t < taps; t++)
                sum[q] = multiply_add(weight[q][t], v[t], sum[q]);
        }
        store_phases(out + x, sum, s);
    }
    return x;
}

/* Filters with half-pixel centres and an even number of taps start in these ways. */
INLINE int enlarge_some(float *out, const float *in, const up_columns *plan, int taps, int x0,
                        int x1)
{
    int s = plan->scale, same = 1;
    while (same < s && plan->first[x0 + same] == plan->first[x0])
        same++;
    if (same < s && plan->first[x0 + s - 1] != plan->first[x0] + 1)
        return x0;
    switch (s * 10 + same) {
    case 21:
        return enlarge(out, in, plan, 2, taps, 1, x0, x1);
    case 31:
        return enlarge(out, in, plan, 3, taps, 1, x0, x1);
    case 32:
        return enlarge(out, in, plan, 3, taps, 2, x0, x1);
    case 33:
        return enlarge(out, in, plan, 3, taps, 3, x0, x1);
    case 42:
        return enlarge(out, in, plan, 4, taps, 2, x0, x1);
    default:
        return x0;
    }
}

static void resample_columns(float *out, const float *in, const up_columns *plan, int x0, int x1)
{
    bool phases = plan->scale > 1 && x0 + plan->scale <= x1;
    switch (plan->taps) {
    case 2:
        x0 = phases ? enlarge_some(out, in, plan, 2, x0, x1) : x0;
        return resample(out, in, plan, 2, x0, x1);
    case 4:
        x0 = phases ? enlarge_some(out, in, plan, 4, x0, x1) : x0;
        return resample(out, in, plan, 4, x0, x1);
    case 6:
        x0 = phases ? enlarge_some(out, in, plan, 6, x0, x1) : x0;
        return resample(out, in, plan, 6, x0, x1);
    default:
        return resample(out, in, plan, plan->taps, x0, x1);
    }
}

#endif
