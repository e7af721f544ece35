/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

static size_t alignment(size_t bytes)
{
    return bytes >= HUGE_PAGE ? HUGE_PAGE : UP_ALIGN;
}

size_t up_alloc_bytes(size_t bytes)
{
    return bytes > PTRDIFF_MAX - HUGE_PAGE ? SIZE_MAX
                                           : up_round_up(bytes ? bytes : 1, alignment(bytes));
}

void *up_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!up_mul(count, size, &bytes) || up_alloc_bytes(bytes) == SIZE_MAX)
        return NULL;
    size_t align = alignment(bytes);
    bytes = up_alloc_bytes(bytes);
    void *block = aligned_alloc(align, bytes);
#ifdef MADV_HUGEPAGE
    if (block && align == HUGE_PAGE)
        madvise(block, bytes, MADV_HUGEPAGE);
#endif
    return block;
}

void *up_alloc_zero(size_t count, size_t size)
{
    void *block = up_alloc(count, size);
    if (block)
        memset(block, 0, count * size);
    return block;
}

void up_free(void *block)
{
    free(block);
}

void up_trim_memory(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
