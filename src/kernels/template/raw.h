/* SPDX-License-Identifier: MIT */
/* Copies of raw elements. */
#ifndef UP_KERNELS_TEMPLATE_RAW_H
#define UP_KERNELS_TEMPLATE_RAW_H

#include "kernels/template/vector/vector.h"

#include <stdbool.h>

/* Made for a constant size. */
INLINE void repeat_each(char *out, const char *in, int size, int s, int n)
{
    for (int x = 0; x < n; x++, in += size)
        for (int p = 0; p < s; p++, out += size)
            memcpy(out, in, size);
}

static void repeat_elements(char *out, const char *in, int size, int s, int n)
{
    switch (size) {
    case 1:
        return repeat_each(out, in, 1, s, n);
    case 2:
        return repeat_each(out, in, 2, s, n);
    case 3:
        return repeat_each(out, in, 3, s, n);
    case 4:
        return repeat_each(out, in, 4, s, n);
    case 6:
        return repeat_each(out, in, 6, s, n);
    case 8:
        return repeat_each(out, in, 8, s, n);
    default:
        return repeat_each(out, in, size, s, n);
    }
}

#ifdef HAS_PICK

#define MOST_PIECES 16

/* The output in pieces of 16 bytes: where each finds its bytes. Repeats after `count` pieces. */
typedef struct {
    int count, elements; /* of input, in one round */
    int from[MOST_PIECES];
    uint8_t order[MOST_PIECES][16];
} up_pieces;

static bool cut_into_pieces(up_pieces *pieces, int size, int s)
{
    if (size > 16 || s > MOST_PIECES || size * s > 16 * MOST_PIECES)
        return false;
    int group = size * s, common = group & -group;
    common = common < 16 ? common : 16;
    pieces->count = group / common;
    pieces->elements = 16 / common;
    if (pieces->count > MOST_PIECES)
        return false;
    int element = 0, copy = 0, byte = 0;
    for (int i = 0; i < pieces->count; i++) {
        pieces->from[i] = element * size;
        for (int lane = 0; lane < 16; lane++) {
            int at = element * size + byte - pieces->from[i];
            if (at > 15)
                return false;
            pieces->order[i][lane] = (uint8_t)at;
            if (++byte == size) {
                byte = 0;
                if (++copy == s) {
                    copy = 0;
                    element++;
                }
            }
        }
    }
    return true;
}

INLINE int repeat_pieces(char *out, const char *in, const up_pieces *pieces, int count, int size,
                         size_t bytes)
{
    const size_t step = (size_t)pieces->elements * size;
    size_t at = 0;
    for (; at + step + 16 <= bytes; at += step)
        for (int i = 0; i < count; i++, out += 16) {
            store_octets(
                out, pick(load_octets(in + at + pieces->from[i]), load_octets(pieces->order[i])));
        }
    return (int)(at / size);
}

static int repeat_by_picking(char *out, const char *in, int size, int s, int n)
{
    up_pieces pieces;
    if (!cut_into_pieces(&pieces, size, s))
        return 0;
    size_t bytes = (size_t)n * size;
    switch (pieces.count) {
    case 1:
        return repeat_pieces(out, in, &pieces, 1, size, bytes);
    case 3:
        return repeat_pieces(out, in, &pieces, 3, size, bytes);
    default:
        return repeat_pieces(out, in, &pieces, pieces.count, size, bytes);
    }
}

#else

static int repeat_by_picking(char *out, const char *in, int size, int s, int n)
{
    (void)out, (void)in, (void)size, (void)s, (void)n;
    return 0;
}

#endif

static void repeat(void *out, const void *in, int bytes, int s, int n)
{
    int x = repeat_by_picking(out, in, bytes, s, n);
    repeat_elements((char *)out + (size_t)x * s * bytes, (const char *)in + (size_t)x * bytes,
                    bytes, s, n - x);
}

INLINE void gather_each(char *out, const char *in, int size, const int *index, int n)
{
    for (int x = 0; x < n; x++, out += size)
        memcpy(out, in + (size_t)index[x] * size, size);
}

static void gather(void *out, const void *in, int bytes, const int *index, int n)
{
    switch (bytes) {
    case 1:
        return gather_each(out, in, 1, index, n);
    case 2:
        return gather_each(out, in, 2, index, n);
    case 3:
        return gather_each(out, in, 3, index, n);
    case 4:
        return gather_each(out, in, 4, index, n);
    case 6:
        return gather_each(out, in, 6, index, n);
    case 8:
        return gather_each(out, in, 8, index, n);
    default:
        return gather_each(out, in, bytes, index, n);
    }
}

/* The ends, up to the first aligned vector and from the last, go the usual way. */
static void copy_past(void *out, const void *in, size_t bytes)
{
    const size_t size = sizeof(vec);
    char *to = out;
    const char *from = in;
    size_t head = -(uintptr_t)to % size;
    if (bytes < head + size) {
        memcpy(to, from, bytes);
        return;
    }
    memcpy(to, from, head);
    size_t at = head;
    for (; at + size <= bytes; at += size)
        store_past((float *)(to + at), load((const float *)(from + at)));
    memcpy(to + at, from + at, bytes - at);
}

#endif
