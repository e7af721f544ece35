/* SPDX-License-Identifier: MIT */
/* The meaning of up_map in plain C, for kernels/reference.c. */
#ifndef UP_KERNELS_REFERENCE_MAPS_H
#define UP_KERNELS_REFERENCE_MAPS_H

#include "kernels/kernels.h"

#include <math.h>

/* A row of the function of v, in double precision; `a` is the parameter. */
#define MAP(name, value)                                                                           \
    static void name(float *out, const float *in, float parameter, int n)                          \
    {                                                                                              \
        for (int x = 0; x < n; x++) {                                                              \
            const double v = in[x], a = parameter;                                                 \
            out[x] = (float)((void)a, value);                                                      \
        }                                                                                          \
    }
MAP(tanh_row, tanh(v))
MAP(sigmoid_row, 1 / (1 + exp(-v)))
MAP(silu_row, v < -800 ? -0.0 : v / (1 + exp(-v)))
MAP(mish_row, v < -800 ? -0.0 : v * tanh(v > 40 ? v : log1p(exp(v))))
MAP(gelu_row, v < -40 ? -0.0 : v / 2 * erfc(-v * M_SQRT1_2))
MAP(gelu_tanh_row, v < -40 ? -0.0 : v / (1 + exp(-2 * sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))))
MAP(elu_row, v > 0 ? v : a * expm1(v))
MAP(softplus_row, v > 40 ? v : log1p(exp(v)))
MAP(exp_row, exp(v))
MAP(log_row, log(v))
MAP(erf_row, erf(v))
#undef MAP

#endif
