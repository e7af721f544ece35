/* SPDX-License-Identifier: MIT */
#include "io/png/png_filter.h"

#include <string.h>

/* Sixteen bytes at a time, in the compiler's own vectors: any machine has them. */
typedef uint8_t bytes __attribute__((vector_size(16)));
typedef int8_t signed_bytes __attribute__((vector_size(16)));
typedef uint16_t words __attribute__((vector_size(16)));

enum { NONE, SUB, UP, AVERAGE, PAETH, FILTERS };

static inline bytes load(const uint8_t *at)
{
    bytes v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline bytes choose(bytes mask, bytes yes, bytes no)
{
    return (yes & mask) | (no & ~mask);
}

static inline bytes at_most(bytes a, bytes b)
{
    return (bytes)(a <= b);
}

/* Changes the sign where the mask is set. */
static inline bytes negate(bytes v, bytes mask)
{
    return (v ^ mask) - mask;
}

static inline bytes distance(bytes a, bytes b)
{
    return negate(a - b, at_most(a, b));
}

/* Of |b-c|, |a-c| and |a+b-2c| the last is never the least if a-c and b-c have the same sign; else
 * it is the difference of the others. So eight bits are enough. */
static inline bytes paeth(bytes a, bytes b, bytes c)
{
    bytes to_a = distance(b, c), to_b = distance(a, c);
    bytes same_side = (bytes) ~(at_most(a, c) ^ at_most(b, c));
    bytes to_c = distance(to_a, to_b) | same_side;
    bytes take_a = at_most(to_a, to_b) & at_most(to_a, to_c);
    return choose(take_a, a, choose(at_most(to_b, to_c), b, c));
}

static inline bytes predict(int filter, bytes a, bytes b, bytes c)
{
    switch (filter) {
    case SUB:
        return a;
    case UP:
        return b;
    case AVERAGE:
        return (a & b) + (((a ^ b) >> 1) & 0x7f);
    case PAETH:
        return paeth(a, b, c);
    default:
        return (bytes){ 0 };
    }
}

/* Sums of pairs of |residual|, as signed bytes. */
static inline words cost(bytes residual)
{
    bytes size = negate(residual, (bytes)((signed_bytes)residual < 0));
    return ((words)size & 0xff) + ((words)size >> 8);
}

static inline uint64_t total(words sums)
{
    uint64_t sum = 0;
    for (int i = 0; i < 8; i++)
        sum += sums[i];
    return sum;
}

/* Costs of all filters for up to 255 vectors, which 16 bits can hold. */
static void add_costs(uint64_t sum[FILTERS], const uint8_t *row, const uint8_t *above, size_t size,
                      size_t pixel)
{
    words part[FILTERS] = { 0 };
    for (size_t i = 0; i < size; i += sizeof(bytes)) {
        bytes x = load(row + i), a = load(row + i - pixel), b = load(above + i),
              c = load(above + i - pixel);
        for (int f = 0; f < FILTERS; f++)
            part[f] += cost(x - predict(f, a, b, c));
    }
    for (int f = 0; f < FILTERS; f++)
        sum[f] += total(part[f]);
}

static inline void apply(int filter, uint8_t *out, const uint8_t *row, const uint8_t *above,
                         size_t size, size_t pixel)
{
    for (size_t i = 0; i < size; i += sizeof(bytes)) {
        bytes a = load(row + i - pixel), b = load(above + i), c = load(above + i - pixel);
        bytes residual = load(row + i) - predict(filter, a, b, c);
        memcpy(out + i, &residual, sizeof residual);
    }
}

/* By the best of the first `filters` of them. */
static void filter(uint8_t *out, const uint8_t *row, const uint8_t *above, size_t size,
                   size_t pixel, int filters)
{
    uint64_t sum[FILTERS] = { 0 };
    const size_t part = 255 * sizeof(bytes);
    for (size_t i = 0; i < size; i += part)
        add_costs(sum, row + i, above + i, size - i < part ? size - i : part, pixel);
    int best = 0;
    for (int f = 1; f < filters; f++)
        best = sum[f] < sum[best] ? f : best;
    *out++ = (uint8_t)best;
    switch (best) { /* the filter is known to the compiler in each */
    case NONE:
        apply(NONE, out, row, above, size, pixel);
        break;
    case SUB:
        apply(SUB, out, row, above, size, pixel);
        break;
    case UP:
        apply(UP, out, row, above, size, pixel);
        break;
    case AVERAGE:
        apply(AVERAGE, out, row, above, size, pixel);
        break;
    default:
        apply(PAETH, out, row, above, size, pixel);
    }
}

void up_png_filter(uint8_t *out, const uint8_t *row, const uint8_t *above, size_t size,
                   size_t pixel)
{
    filter(out, row, above, size, pixel, FILTERS);
}

void up_png_filter_alone(uint8_t *out, const uint8_t *row, size_t size, size_t pixel)
{
    filter(out, row, row, size, pixel, SUB + 1);
}
