/* SPDX-License-Identifier: MIT */
/* Bits of the headers of video streams, the highest of each byte first. */
#ifndef UP_IO_BITS_H
#define UP_IO_BITS_H

#include <stddef.h>
#include <stdint.h>

/* `at` beyond `bits`: more was taken than there is. */
typedef struct {
    const uint8_t *bytes;
    size_t bits, at;
} up_bits;

/* 0 to 32 bits; 0 beyond the end. */
static inline uint32_t up_bits_take(up_bits *b, int count)
{
    uint32_t value = 0;
    for (int i = 0; i < count; i++, b->at++)
        value = value << 1 | (b->at < b->bits ? b->bytes[b->at / 8] >> (7 - b->at % 8) & 1u : 0);
    return value;
}

/* An Exp-Golomb code: ue(v) of H.265, uvlc() of AV1. One that does not fit leads beyond the end. */
static inline uint32_t up_bits_code(up_bits *b)
{
    int zeros = 0;
    while (b->at < b->bits && zeros < 32 && up_bits_take(b, 1) == 0)
        zeros++;
    if (zeros < 32)
        return (1u << zeros) - 1 + up_bits_take(b, zeros);
    b->at = b->bits + 1;
    return 0;
}

#endif
