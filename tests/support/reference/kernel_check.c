/* SPDX-License-Identifier: MIT */
#include "support/reference/kernel_check.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VARIANTS = 8, ZONE = 256, ZONE_BYTE = 0xa5 };

int kernel_variants(void)
{
    const up_kernels *all[MOST_VARIANTS];
    return up_kernels_all(all, MOST_VARIANTS);
}

const up_kernels *kernel_variant(int i)
{
    const up_kernels *all[MOST_VARIANTS];
    return i < up_kernels_all(all, MOST_VARIANTS) ? all[i] : NULL;
}

static void *must(void *block)
{
    if (!block) {
        fprintf(stderr, "out of memory\n");
        exit(75);
    }
    return block;
}

guarded guarded_make(size_t bytes, int shift)
{
    guarded g = { .bytes = bytes };
    size_t size = bytes + 2 * ZONE + shift;
    g.block_ = must(up_alloc(size, 1));
    memset(g.block_, ZONE_BYTE, size);
    g.data = g.block_ + ZONE + shift;
    return g;
}

bool guarded_intact(const guarded *g)
{
    const uint8_t *before = (const uint8_t *)g->data - ZONE;
    const uint8_t *after = (const uint8_t *)g->data + g->bytes;
    for (int i = 0; i < ZONE; i++)
        if (before[i] != ZONE_BYTE || after[i] != ZONE_BYTE)
            return false;
    return true;
}

void guarded_free(guarded *g)
{
    up_free(g->block_);
    *g = (guarded){ 0 };
}

guarded float_row(int before, int n)
{
    size_t count = up_round_up(before, 16) + up_round_up(n, 16) + 16;
    guarded row = guarded_make(count * sizeof(float), 0);
    for (size_t i = 0; i < count; i++)
        ((float *)row.data)[i] = NAN;
    return row;
}

float *row_start(const guarded *row, int before)
{
    return (float *)row->data + up_round_up(before, 16);
}

guarded guarded_exact(size_t bytes, int shift)
{
    char *block = must(malloc(bytes + shift));
    return (guarded){ .data = block + shift, .bytes = bytes, .block_ = block };
}

void *exact_copy(const void *data, size_t bytes)
{
    return memcpy(must(malloc(bytes)), data, bytes);
}

uint32_t random_bits(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    uint32_t v = *state ^ *state >> 15;
    v *= 0x2c1b3c6d;
    return v ^ v >> 13;
}

int random_below(uint32_t *state, int limit)
{
    return (int)(random_bits(state) % (uint32_t)limit);
}

float random_between(uint32_t *state, float low, float high)
{
    return low + (high - low) * (float)(random_bits(state) >> 8) / (1 << 24);
}

float random_level(uint32_t *state, float top)
{
    const float special[] = { NAN,    -NAN,    INFINITY,    -INFINITY, FLT_MAX,     -FLT_MAX,
                              0,      -0.0f,   0.49999997f, 0.5f,      -0.5f,       -0.49999997f,
                              1e-42f, -1e-42f, 2147483648,  -3e9f,     1e10f,       top + 0.5f,
                              top,    top - 1, top - 0.5f,  top + 1,   top + 0.49f, 8388609 };
    float tie = (float)random_below(state, (int)top + 1) + 0.5f;
    switch (random_below(state, 4)) {
    case 0:
        return special[random_below(state, sizeof special / sizeof *special)];
    case 1:
        return tie;
    case 2:
        return nextafterf(tie, random_below(state, 2) ? -INFINITY : INFINITY);
    default:
        return random_between(state, -0.3f * top, 1.3f * top);
    }
}

float random_sample(uint32_t *state)
{
    const float special[] = { NAN, INFINITY, -INFINITY, 0, -0.0f, 1e-40f, -1e-45f, FLT_MIN };
    if (random_below(state, 40) == 0)
        return special[random_below(state, sizeof special / sizeof *special)];
    return random_between(state, -300, 300);
}

bool sums_agree(float a, float b, int terms, double magnitude)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    if (isinf(a) || isinf(b))
        return a == b;
    return fabs((double)a - b) <= terms * (magnitude * FLT_EPSILON + FLT_TRUE_MIN);
}
