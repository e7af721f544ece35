/* SPDX-License-Identifier: MIT */
/* e^v and what is made of it, for whole vectors. NaN stays NaN. */
#ifndef UP_KERNELS_TEMPLATE_EXPONENTIAL_H
#define UP_KERNELS_TEMPLATE_EXPONENTIAL_H

#include "kernels/template/vector/vector.h"

INLINE vec either(ints take, vec a, vec b)
{
    return (vec)(((ints)a & take) | ((ints)b & ~take));
}

INLINE vec magnitude(vec v)
{
    return (vec)((ints)v & INT32_MAX);
}

/* coefficient[0] + coefficient[1] * v + ... */
INLINE vec polynomial(vec v, const float *coefficient, int degree)
{
    vec sum = splat(coefficient[degree]);
    for (int i = degree - 1; i >= 0; i--)
        sum = multiply_add(sum, v, splat(coefficient[i]));
    return sum;
}

/* v = n * ln 2 + r, where ln 2 is in two parts: n lies in the low bits of the result. */
INLINE ints reduce(vec v, vec *n, vec *r)
{
    const vec rounder = splat(12582912); /* 1.5 * 2^23: adding it leaves n in the low bits */
    const vec shifted = multiply_add(v, splat(1.44269504f), rounder);
    *n = shifted - rounder;
    *r = multiply_add(*n, splat(-0.693359375f), v);
    *r = multiply_add(*n, splat(2.12194440e-4f), *r);
    return (ints)shifted;
}

/* 2^n of the n in the low bits, -126 <= n <= 127; of any other n something to multiply NaN by. */
INLINE vec power_of_2(ints n)
{
    return (vec)(((bits)n << 23) + 0x3f800000);
}

/* e^r - 1 for |r| <= 0.4, as in Cephes' expf. */
INLINE vec power_series(vec r)
{
    static const float coefficient[] = { 5.0000001201e-1f, 1.6666665459e-1f, 4.1665795894e-2f,
                                         8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f };
    return multiply_add(polynomial(r, coefficient, 5), r * r, r);
}

/* e^v for -87 <= v <= 88, to within about 1 ulp. */
INLINE vec exponential(vec v)
{
    vec n, r;
    const ints shifted = reduce(v, &n, &r);
    return (power_series(r) + 1) * power_of_2(shifted);
}

/* e^(v + rest) for any v, and |rest| <= 0.06: infinite above, denormal and 0 below. */
INLINE vec exponential_of_any(vec v, vec rest)
{
    vec n, r;
    const ints power = reduce(most(splat(-104), least(splat(89), v)), &n, &r) - 0x4b400000;
    const ints half = power >> 1;
    const vec sum = power_series(r + rest) + 1;
    return sum * power_of_2(half) * power_of_2(power - half);
}

/* e^v - 1 for v <= 0. */
INLINE vec exponential_minus_1(vec v)
{
    vec n, r;
    const ints shifted = reduce(most(splat(-18), v), &n, &r);
    const vec power = power_of_2(shifted);
    return multiply_add(power, power_series(r), power - 1);
}

/* log((1 + s) / (1 - s)) for |s| <= 1/3; the coefficients are a minimax fit. */
INLINE vec log_of_ratio(vec s)
{
    static const float coefficient[] = { 2, 6.666631103e-1f, 4.002511501e-1f, 2.795766592e-1f,
                                         2.819154561e-1f };
    return s * polynomial(s * s, coefficient, 4);
}

/* log(v) = e * ln 2 + log(m), m around 1. */
INLINE vec logarithm(vec v)
{
    const ints small = v < splat(1.17549435e-38f); /* denormals have few bits: taken up */
    const ints above = (ints)((bits)either(small, v * 8388608, v) - 0x3f3504f3);
    const vec e = to_float((above >> 23) - (small & 23));
    const vec m = (vec)((above & 0x7fffff) + 0x3f3504f3);
    vec sum = multiply_add(e, splat(-2.12194440e-4f), log_of_ratio((m - 1) / (m + 1)));
    sum = multiply_add(e, splat(0.693359375f), sum);
    sum = either(v == 0, splat(-__builtin_inff()), sum);
    sum = either(v < splat(__builtin_inff()), sum, v);
    return either(v < 0, splat(__builtin_nanf("")), sum);
}

/* 1 - erf(z) for 0 <= z <= 10.2, given z * z = square + rest: e^-z^2 / (1 + 2 z) times a polynomial
 * in (z - 2.5) / (z + 2.5), after Shepherd and Laframboise 1981; a minimax fit. */
INLINE vec error_complement(vec z, vec square, vec rest)
{
    static const float coefficient[] = { 1.264838219e+0f, -1.223567948e-1f, -9.902282804e-2f,
                                         1.576311290e-1f, -1.029898003e-1f, 3.274396062e-2f,
                                         1.035110094e-3f, -4.291176796e-3f, 3.140632180e-4f,
                                         4.476087634e-4f };
    const vec t = (z - 2.5f) / (z + 2.5f);
    return exponential_of_any(-square, -rest) * (polynomial(t, coefficient, 9) / (1 + 2 * z));
}

/* v * v = *square + *rest, the former of few enough bits to be exact. */
INLINE void split_square(vec v, vec *square, vec *rest)
{
    const vec high = (vec)((ints)v & -4096);
    *square = high * high;
    *rest = (v - high) * (v + high);
}

#endif
