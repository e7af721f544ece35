/* SPDX-License-Identifier: MIT */
/* Phases of a transposed convolution put next to each other, and those of a row taken apart. */
#ifndef UP_KERNELS_TEMPLATE_INTERLEAVE_H
#define UP_KERNELS_TEMPLATE_INTERLEAVE_H

#include "kernels/template/vector/vector.h"

#include <stddef.h>

INLINE void interleave_2(float *out, vec a, vec b)
{
    vec low, high;
    zip(a, b, &low, &high);
    store(out, low);
    store(out + LANES, high);
}

/* Whole blocks of LANES columns of each row; returns the columns made. */
INLINE int interleave_blocks(float *out, const float *const *in, int s, int n)
{
    int x = 0, i = 0;
    for (; x + s * LANES <= n; x += s * LANES, i += LANES) {
        if (s == 2)
            interleave_2(out + x, load(in[0] + i), load(in[1] + i));
        else if (s == 3)
            store_3(out + x, load(in[0] + i), load(in[1] + i), load(in[2] + i));
        else
            store_4(out + x, (const vec[]){ load(in[0] + i), load(in[1] + i), load(in[2] + i),
                                            load(in[3] + i) });
    }
    return x;
}

static void interleave(float *out, const float *const *in, int s, int n)
{
    int x = 0;
    if (s == 2)
        x = interleave_blocks(out, in, 2, n);
    else if (s == 3)
        x = interleave_blocks(out, in, 3, n);
    else if (s == 4)
        x = interleave_blocks(out, in, 4, n);
    for (int p = 0; p < s && x + p < n; p++) {
        const float *from = in[p] + x / s;
        for (int to = x + p; to < n; to += s)
            out[to] = *from++;
    }
}

#define MOST_EVERY 4096 /* a vector's positions are far from overflowing then */

static void every(float *restrict out, const float *restrict in, int s, int n)
{
    int x = 0, at[LANES];
    for (int i = 0; i < LANES && s <= MOST_EVERY; i++)
        at[i] = i * s;
    for (; s == 2 && x + LANES <= n; x += LANES) {
        vec even, odd;
        unzip(load(in + 2 * (ptrdiff_t)x), load(in + 2 * (ptrdiff_t)x + LANES), &even, &odd);
        store(out + x, even);
    }
    for (; s <= MOST_EVERY && x + LANES <= n; x += LANES)
        store(out + x, look_up(in + (ptrdiff_t)x * s, at));
    for (; x < n; x++)
        out[x] = in[(ptrdiff_t)x * s];
}

#endif
