/* SPDX-License-Identifier: MIT */
/* Checked size arithmetic and aligned memory. */
#ifndef UP_BASE_MEMORY_H
#define UP_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define UP_ALIGN 64 /* bytes: a cache line, and the widest vector */

/* *result = a * b or a + b; false if it does not fit. */
static inline bool up_mul(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

static inline bool up_add(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

static inline size_t up_round_up(size_t n, size_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

static inline int up_min(int a, int b)
{
    return a < b ? a : b;
}

static inline int up_max(int a, int b)
{
    return a > b ? a : b;
}

static inline int up_clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

/* `count` elements of `size` bytes, aligned to UP_ALIGN, not cleared; NULL on overflow or when
 * there is no memory. Large blocks ask for huge pages. Free with up_free(). */
void *up_alloc(size_t count, size_t size);
void *up_alloc_zero(size_t count, size_t size);
void up_free(void *block);

/* Gives free memory back to the system, where much was freed in pieces. */
void up_trim_memory(void);

/* What up_alloc() really takes for so many bytes; SIZE_MAX if that is too much. */
size_t up_alloc_bytes(size_t bytes);

#endif
