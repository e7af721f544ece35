/* SPDX-License-Identifier: MIT */
#include "ops/point/arithmetic.h"

#include "kernels/kernels.h"

#include <math.h>

/* Rows a and b of each channel are put together by `run`. */
#define COMBINED(name, run)                                                                        \
    static void name##_rows(float *const *out, const float *const *in, int channels,               \
                            const float *p, int n)                                                 \
    {                                                                                              \
        (void)p;                                                                                   \
        for (int c = 0; c < channels; c++)                                                         \
            run(out[c], in[c], in[channels + c], n);                                               \
    }                                                                                              \
    const up_point up_point_##name = { #name, 2, name##_rows };

static void divide(float *out, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] / b[x];
}

static void minimum(float *out, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] < b[x] || isnan(a[x]) ? a[x] : b[x];
}

static void maximum(float *out, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] > b[x] || isnan(a[x]) ? a[x] : b[x];
}

COMBINED(add, up_kernels_get()->add)
COMBINED(subtract, up_kernels_get()->subtract)
COMBINED(multiply, up_kernels_get()->multiply)
COMBINED(divide, divide)
COMBINED(minimum, minimum)
COMBINED(maximum, maximum)
