/* Weighted sums of whole rows: the vertical pass of a resampling. */
#ifndef UP_KERNELS_TEMPLATE_ROWS_H
#define UP_KERNELS_TEMPLATE_ROWS_H

#include "kernels/template/vector.h"

/* Specialised wherever `taps` is a constant. */
INLINE void mix(float *out, const float *const *in, const float *weight, int taps, int n)
{
    for (int x = 0; x < n; x += LANES) {
        vec sum = splat(weight[0]) * load(in[0] + x);
        for (int t = 1; t < taps; t++)
            sum = multiply_add(splat(weight[t]), load(in[t] + x), sum);
        store(out + x, sum);
    }
}

static void mix_rows(float *out, const float *const *in, const float *weight, int taps, int n)
{
    switch (taps) {
    case 1:
        return mix(out, in, weight, 1, n);
    case 2:
        return mix(out, in, weight, 2, n);
    case 4:
        return mix(out, in, weight, 4, n);
    case 6:
        return mix(out, in, weight, 6, n);
    default:
        return mix(out, in, weight, taps, n);
    }
}

#endif
