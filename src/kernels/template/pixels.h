/* Interleaved samples to planes and back. */
#ifndef UP_KERNELS_TEMPLATE_PIXELS_H
#define UP_KERNELS_TEMPLATE_PIXELS_H

#include "kernels/template/vector.h"

static void unpack_u8(float *const *out, const uint8_t *in, int channels, int n)
{
    up_kernels_reference.unpack_u8(out, in, channels, n);
}

static void unpack_u16(float *const *out, const uint16_t *in, int channels, int n)
{
    up_kernels_reference.unpack_u16(out, in, channels, n);
}

static void pack_u8(uint8_t *out, const float *const *in, int channels, int n)
{
    up_kernels_reference.pack_u8(out, in, channels, n);
}

static void pack_u16(uint16_t *out, const float *const *in, int channels, int n)
{
    up_kernels_reference.pack_u16(out, in, channels, n);
}

#endif
