#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

void *up_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!up_mul(count, size, &bytes) || bytes > PTRDIFF_MAX - HUGE_PAGE)
        return NULL;
    size_t align = bytes >= HUGE_PAGE ? HUGE_PAGE : UP_ALIGN;
    bytes = up_round_up(bytes ? bytes : 1, align);
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
