/* Convolution as a list of taps. */
#ifndef UP_KERNELS_TEMPLATE_CONVOLVE_H
#define UP_KERNELS_TEMPLATE_CONVOLVE_H

#include "kernels/kernels.h"
#include "kernels/template/vector.h"

static void convolve(float *const *out, const float *const *in, const up_taps *taps, int n)
{
    up_kernels_reference.convolve(out, in, taps, n);
}

#endif
