/* Phases of a transposed convolution put next to each other. */
#ifndef UP_KERNELS_TEMPLATE_INTERLEAVE_H
#define UP_KERNELS_TEMPLATE_INTERLEAVE_H

#include "kernels/template/vector.h"

static void interleave(float *out, const float *const *in, int s, int n)
{
    up_kernels_reference.interleave(out, in, s, n);
}

#endif
