/* Activations and sums of rows. */
#ifndef UP_KERNELS_TEMPLATE_POINTS_H
#define UP_KERNELS_TEMPLATE_POINTS_H

#include "kernels/template/vector.h"

static void prelu(float *restrict out, const float *restrict in, float slope, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = in[x] > 0 ? in[x] : slope * in[x];
}

static void add(float *restrict out, const float *restrict a, const float *restrict b, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = a[x] + b[x];
}

/* e^v for -87 <= v <= 88, to within about 1 ulp. As in Cephes' expf: v = n * ln 2 + r, where ln 2
 * is in two parts, and a polynomial for e^r. */
INLINE vec exponential(vec v)
{
    const vec rounder = splat(12582912); /* 1.5 * 2^23: adding it leaves n in the low bits */
    const vec shifted = multiply_add(v, splat(1.44269504f), rounder), n = shifted - rounder;
    vec r = multiply_add(n, splat(-0.693359375f), v);
    r = multiply_add(n, splat(2.12194440e-4f), r);
    vec sum = splat(1.9875691500e-4f);
    sum = multiply_add(sum, r, splat(1.3981999507e-3f));
    sum = multiply_add(sum, r, splat(8.3334519073e-3f));
    sum = multiply_add(sum, r, splat(4.1665795894e-2f));
    sum = multiply_add(sum, r, splat(1.6666665459e-1f));
    sum = multiply_add(sum, r, splat(5.0000001201e-1f));
    sum = multiply_add(sum, r * r, r) + 1;
    return (vec)((ints)sum + ((ints)shifted << 23));
}

INLINE vec hyperbolic_tangent(vec v)
{
    const ints sign = (ints)v & INT32_MIN;
    const vec size = (vec)((ints)v ^ sign), square = v * v;
    vec small = splat(-5.70498872745e-3f); /* Cephes' tanhf */
    small = multiply_add(small, square, splat(2.06390887954e-2f));
    small = multiply_add(small, square, splat(-5.37397155531e-2f));
    small = multiply_add(small, square, splat(1.33314422036e-1f));
    small = multiply_add(small, square, splat(-3.33332819422e-1f));
    small = multiply_add(small * square, v, v);
    const vec large = 1 - 2 / (exponential(least(splat(20), 2 * size)) + 1);
    const ints is_small = size < splat(0.625f);
    return (vec)(((ints)small & is_small) | (((ints)large | sign) & ~is_small));
}

static void tanh_row(float *restrict out, const float *restrict in, int n)
{
    for (int x = 0; x < n; x += LANES)
        store(out + x, hyperbolic_tangent(load(in + x)));
}

static void sigmoid(float *restrict out, const float *restrict in, int n)
{
    for (int x = 0; x < n; x += LANES) {
        const vec v = least(splat(88), most(splat(-87), -load(in + x)));
        store(out + x, 1 / (1 + exponential(v)));
    }
}

#endif
