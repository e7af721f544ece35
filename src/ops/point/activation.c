/* SPDX-License-Identifier: MIT */
#include "ops/point/activation.h"

#include "base/memory.h"
#include "kernels/kernels.h"

#include <math.h>

#define BLOCK 128 /* columns of a softmax at a time */

static void prelu(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    const up_kernels *kernels = up_kernels_get();
    for (int c = 0; c < channels; c++)
        kernels->prelu(out[c], in[c], p[c], n);
}

const up_point up_point_prelu = { "prelu", 1, prelu };

static void map_rows(float *const *out, const float *const *in, int channels, float parameter,
                     int n, up_map map)
{
    const up_kernels *kernels = up_kernels_get();
    for (int c = 0; c < channels; c++)
        kernels->map[map](out[c], in[c], parameter, n);
}

/* A point that is a kernel, with `parameter`. */
#define MAPPED(name, map, parameter)                                                               \
    static void name##_rows(float *const *out, const float *const *in, int channels,               \
                            const float *p, int n)                                                 \
    {                                                                                              \
        (void)p;                                                                                   \
        map_rows(out, in, channels, parameter, n, map);                                            \
    }                                                                                              \
    const up_point up_point_##name = { #name, 1, name##_rows };
MAPPED(tanh, UP_MAP_TANH, 0)
MAPPED(sigmoid, UP_MAP_SIGMOID, 0)
MAPPED(silu, UP_MAP_SILU, 0)
MAPPED(mish, UP_MAP_MISH, 0)
MAPPED(gelu, UP_MAP_GELU, 0)
MAPPED(gelu_tanh, UP_MAP_GELU_TANH, 0)
MAPPED(elu, UP_MAP_ELU, p[0])
MAPPED(softplus, UP_MAP_SOFTPLUS, 0)
MAPPED(exp, UP_MAP_EXP, 0)
MAPPED(log, UP_MAP_LOG, 0)
MAPPED(erf, UP_MAP_ERF, 0)
#undef MAPPED

/* NaN stays NaN. */
static float hard_sigmoid(float v, const float *p)
{
    const float line = v * p[0] + p[1];
    return line < 0 ? 0 : line > 1 ? 1 : line;
}

/* A point of plain arithmetic on v. */
#define PLAIN(name, value)                                                                         \
    static void name##_rows(float *const *out, const float *const *in, int channels,               \
                            const float *p, int n)                                                 \
    {                                                                                              \
        (void)p;                                                                                   \
        for (int c = 0; c < channels; c++)                                                         \
            for (int x = 0; x < n; x++) {                                                          \
                const float v = in[c][x];                                                          \
                out[c][x] = value;                                                                 \
            }                                                                                      \
    }                                                                                              \
    const up_point up_point_##name = { #name, 1, name##_rows };
PLAIN(hard_sigmoid, hard_sigmoid(v, p))
PLAIN(hard_swish, v < 0 && isinf(v) ? 0 : v * hard_sigmoid(v, p))
PLAIN(softsign, isinf(v) ? copysignf(1, v) : v / (1 + fabsf(v)))
PLAIN(sqrt, sqrtf(v))
PLAIN(abs, fabsf(v))
PLAIN(reciprocal, 1 / v)
PLAIN(power, p[0] == 2 ? v * v : powf(v, p[0]))
PLAIN(floor, floorf(v))
PLAIN(ceil, ceilf(v))
PLAIN(round_even, rintf(v))
#undef PLAIN

/* The greatest of each column is taken off before, so that no exponential is too large. */
static void softmax_block(float *const *out, const float *const *in, int channels, int x, int n)
{
    _Alignas(UP_ALIGN) float most[BLOCK], shifted[BLOCK + UP_LANES] = { 0 }, sum[BLOCK];
    for (int i = 0; i < n; i++)
        most[i] = in[0][x + i], sum[i] = 0;
    for (int c = 1; c < channels; c++)
        for (int i = 0; i < n; i++)
            most[i] = in[c][x + i] > most[i] ? in[c][x + i] : most[i];
    for (int c = 0; c < channels; c++) {
        for (int i = 0; i < n; i++)
            shifted[i] = in[c][x + i] - most[i];
        up_kernels_get()->map[UP_MAP_EXP](out[c] + x, shifted, 0, n);
        for (int i = 0; i < n; i++)
            sum[i] += out[c][x + i];
    }
    for (int c = 0; c < channels; c++)
        for (int i = 0; i < n; i++)
            out[c][x + i] /= sum[i];
}

static void softmax(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    (void)p;
    for (int x = 0; x < n; x += BLOCK)
        softmax_block(out, in, channels, x, up_min(BLOCK, n - x));
}

const up_point up_point_softmax = { "softmax", 1, softmax };
