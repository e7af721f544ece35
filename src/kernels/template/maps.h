/* SPDX-License-Identifier: MIT */
/* Functions of one number; see up_map. */
#ifndef UP_KERNELS_TEMPLATE_MAPS_H
#define UP_KERNELS_TEMPLATE_MAPS_H

#include "kernels/template/exponential.h"

#define FLAT (-150) /* below it what goes to 0 as e^v does is 0 */

INLINE vec hyperbolic_tangent(vec v)
{
    static const float coefficient[] = { -3.33332819422e-1f, 1.33314422036e-1f, -5.37397155531e-2f,
                                         2.06390887954e-2f,
                                         -5.70498872745e-3f }; /* Cephes' tanhf */
    const ints sign = (ints)v & INT32_MIN;
    const vec size = (vec)((ints)v ^ sign), square = v * v;
    const vec small = multiply_add(polynomial(square, coefficient, 4) * square, v, v);
    const vec large = 1 - 2 / (exponential(least(splat(20), 2 * size)) + 1);
    return either(size < splat(0.625f), small, (vec)((ints)large | sign));
}

INLINE vec logistic(vec v)
{
    return 1 / (1 + exponential(least(splat(88), most(splat(-87), -v))));
}

/* v / (1 + e^-u), where u has the sign of v. */
INLINE vec times_logistic(vec v, vec u)
{
    const vec e = exponential_of_any(-magnitude(u), splat(0)), share = v / (1 + e);
    return either(v < 0, share * e, share);
}

INLINE vec silu(vec v)
{
    v = most(splat(FLAT), v);
    return times_logistic(v, v);
}

/* 0.5 v (1 + tanh(u)) is v / (1 + e^-2u). */
INLINE vec gelu_tanh(vec v)
{
    v = most(splat(FLAT), v);
    return times_logistic(v, v * multiply_add(v * v, splat(0.0713548163f), splat(1.59576912f)));
}

/* tanh(log(1 + e)) is n / (n + 2), n = e (e + 2). */
INLINE vec mish(vec v)
{
    v = most(splat(FLAT), v);
    const vec e = exponential_of_any(least(splat(20), v), splat(0)), n = e * (e + 2);
    return v * (n / (n + 2));
}

/* Half of 1 - erf(z), z = |v| / sqrt 2, is what lies beyond |v|. */
INLINE vec gelu(vec v)
{
    vec square, rest;
    v = most(splat(-14.4f), v);
    const vec size = least(splat(14.4f), magnitude(v));
    split_square(size, &square, &rest);
    const vec tail = 0.5f * error_complement(0.707106781f * size, 0.5f * square, 0.5f * rest);
    return v * either(v < 0, tail, 1 - tail);
}

INLINE vec error_function(vec v)
{
    static const float coefficient[] = { 1.128379107e+0f,  -3.761257827e-1f, 1.128280908e-1f,
                                         -2.680659853e-2f, 5.058301613e-3f,  -6.359560648e-4f };
    vec square, rest;
    const ints sign = (ints)v & INT32_MIN;
    const vec size = least(splat(10), magnitude(v));
    split_square(size, &square, &rest);
    const vec large = 1 - error_complement(size, square, rest);
    return either(size < splat(0.84f), v * polynomial(v * v, coefficient, 5),
                  (vec)((ints)large | sign));
}

INLINE vec softplus(vec v)
{
    const vec e = exponential_of_any(-magnitude(v), splat(0));
    return log_of_ratio(e / (e + 2)) + most(splat(0), v);
}

/* A row of each; `a` is the parameter. */
#define MAP(name, value)                                                                           \
    static void name(float *restrict out, const float *restrict in, float parameter, int n)        \
    {                                                                                              \
        const vec a = splat(parameter);                                                            \
        for (int x = 0; x < n; x += LANES) {                                                       \
            const vec v = load(in + x);                                                            \
            store(out + x, ((void)a, value));                                                      \
        }                                                                                          \
    }
MAP(tanh_row, hyperbolic_tangent(v))
MAP(sigmoid_row, logistic(v))
MAP(silu_row, silu(v))
MAP(mish_row, mish(v))
MAP(gelu_row, gelu(v))
MAP(gelu_tanh_row, gelu_tanh(v))
MAP(elu_row, either(v > 0, v, a *exponential_minus_1(least(splat(0), v))))
MAP(softplus_row, softplus(v))
MAP(exp_row, exponential_of_any(v, splat(0)))
MAP(log_row, logarithm(v))
MAP(erf_row, error_function(v))
#undef MAP

#endif
