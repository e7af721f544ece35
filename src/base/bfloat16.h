/* SPDX-License-Identifier: MIT */
/* bfloat16: the upper half of a float. */
#ifndef UP_BASE_BFLOAT16_H
#define UP_BASE_BFLOAT16_H

#include <stddef.h>
#include <stdint.h>

typedef uint16_t up_bfloat16;

typedef union {
    float value;
    uint32_t bits;
} up_float_bits;

/* To the nearest, ties to even. NaN is not kept. */
static inline up_bfloat16 up_to_bfloat16(float v)
{
    up_float_bits f = { .value = v };
    return (up_bfloat16)((f.bits + 0x7fff + (f.bits >> 16 & 1)) >> 16);
}

static inline float up_from_bfloat16(up_bfloat16 v)
{
    up_float_bits f = { .bits = (uint32_t)v << 16 };
    return f.value;
}

#endif
