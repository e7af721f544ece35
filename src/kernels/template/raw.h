/* Copies of raw elements. */
#ifndef UP_KERNELS_TEMPLATE_RAW_H
#define UP_KERNELS_TEMPLATE_RAW_H

#include "kernels/template/vector.h"

static void repeat(void *out, const void *in, int bytes, int s, int n)
{
    up_kernels_reference.repeat(out, in, bytes, s, n);
}

static void gather(void *out, const void *in, int bytes, const int *index, int n)
{
    up_kernels_reference.gather(out, in, bytes, index, n);
}

#endif
