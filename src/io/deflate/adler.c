/* SPDX-License-Identifier: MIT */
#include "io/deflate/adler.h"

#define BASE 65521
#define LANES 16
#define MOST 352 /* times LANES bytes, which the sums of 32 bits bear */

/* Of `count` times LANES bytes. sum: of the bytes of each lane; before: of what sums were. */
static void add_lanes(uint64_t *a, uint64_t *b, const uint8_t *in, int count)
{
    uint32_t sum[LANES] = { 0 }, before[LANES] = { 0 };
    for (int i = 0; i < count; i++, in += LANES) {
#pragma omp simd
        for (int j = 0; j < LANES; j++) {
            before[j] += sum[j];
            sum[j] += in[j];
        }
    }
    *b += *a * count * LANES;
    for (int j = 0; j < LANES; j++) {
        *a += sum[j];
        *b += (uint64_t)LANES * before[j] + (uint64_t)(LANES - j) * sum[j];
    }
}

uint32_t up_adler(const uint8_t *in, size_t size)
{
    uint64_t a = 1, b = 0;
    while (size >= LANES) {
        const int count = size / LANES < MOST ? (int)(size / LANES) : MOST;
        add_lanes(&a, &b, in, count);
        a %= BASE;
        b %= BASE;
        in += count * LANES;
        size -= (size_t)count * LANES;
    }
    for (; size; size--) {
        a += *in++;
        b += a;
    }
    return (uint32_t)(b % BASE << 16 | a % BASE);
}
