/* SPDX-License-Identifier: MIT */
/* PReLU, and rows put together. */
#ifndef UP_KERNELS_TEMPLATE_POINTS_H
#define UP_KERNELS_TEMPLATE_POINTS_H

#include "kernels/template/exponential.h"

static void prelu(float *restrict out, const float *restrict in, float slope, int n)
{
    const vec s = splat(slope);
    for (int x = 0; x < n; x += LANES) {
        const vec v = load(in + x);
        store(out + x, either(v > 0, v, s * v));
    }
}

#define COMBINE(name, operator)                                                                    \
    static void name(float *restrict out, const float *restrict a, const float *restrict b, int n) \
    {                                                                                              \
        for (int x = 0; x < n; x++)                                                                \
            out[x] = a[x] operator b[x];                                                           \
    }
COMBINE(add, +)
COMBINE(subtract, -)
COMBINE(multiply, *)
#undef COMBINE

#endif
