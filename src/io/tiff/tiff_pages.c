/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_pages.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TAG_NEW_SUBFILE_TYPE = 254, REDUCED = 1, MASK = 4 };
enum {
    FIRST_ENTRIES = 8, /* where the type is looked for: entries are sorted, and it is the least */
    MOST_ENTRY = 20
};

typedef struct {
    up_reader *reader;
    bool big_endian, big; /* big: BigTIFF */
} chain;

static uint64_t get(const chain *c, const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[c->big_endian ? i : bytes - 1 - i];
    return value;
}

static bool read_number(const chain *c, uint64_t at, int bytes, uint64_t *value)
{
    uint8_t raw[8];
    if (at > INT64_MAX ||
        up_reader_read_at(c->reader, (int64_t)at, raw, (size_t)bytes, NULL) != UP_OK)
        return false;
    *value = get(c, raw, bytes);
    return true;
}

/* What a directory says of itself, and where the next one lies; 0: nowhere. */
static bool read_directory(const chain *c, uint64_t at, unsigned *type, uint64_t *next)
{
    const uint64_t before = c->big ? 8 : 2, entry = c->big ? MOST_ENTRY : 12;
    uint8_t first[FIRST_ENTRIES * MOST_ENTRY];
    uint64_t count;
    *type = 0;
    if (!read_number(c, at, (int)before, &count) || count > UINT16_MAX)
        return false;
    const uint64_t some = count < FIRST_ENTRIES ? count : FIRST_ENTRIES;
    if (up_reader_read_at(c->reader, (int64_t)(at + before), first, (size_t)(some * entry), NULL) !=
        UP_OK)
        return false;
    for (uint64_t i = 0; i < some; i++)
        if (get(c, first + i * entry, 2) == TAG_NEW_SUBFILE_TYPE)
            *type = (unsigned)get(c, first + i * entry + (c->big ? 12 : 8), 4);
    return read_number(c, at + before + count * entry, c->big ? 8 : 4, next);
}

static int by_offset(const void *a, const void *b)
{
    const uint64_t *const *x = a, *const *y = b;
    if (**x != **y)
        return **x < **y ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* How many of `count` offsets come before one that was there already. */
static int before_repeat(const uint64_t *offset, int count, const uint64_t **sorted)
{
    if (count == 0)
        return 0;
    const uint64_t *first = offset + count;
    for (int i = 0; i < count; i++)
        sorted[i] = &offset[i];
    qsort(sorted, (size_t)count, sizeof *sorted, by_offset);
    for (int i = 1; i < count; i++)
        if (*sorted[i] == *sorted[i - 1] && sorted[i] < first)
            first = sorted[i];
    return (int)(first - offset);
}

typedef struct {
    uint64_t *offset;
    unsigned *type;
    int count, room;
} directories;

static bool add(directories *d, uint64_t offset, unsigned type)
{
    if (d->count == d->room) {
        const int room = d->room ? 2 * d->room : 16;
        uint64_t *offsets = up_alloc((size_t)room, sizeof *offsets);
        unsigned *types = up_alloc((size_t)room, sizeof *types);
        if (!offsets || !types) {
            up_free(offsets);
            up_free(types);
            return false;
        }
        if (d->count > 0) {
            memcpy(offsets, d->offset, (size_t)d->count * sizeof *offsets);
            memcpy(types, d->type, (size_t)d->count * sizeof *types);
        }
        up_free(d->offset);
        up_free(d->type);
        d->offset = offsets;
        d->type = types;
        d->room = room;
    }
    d->offset[d->count] = offset;
    d->type[d->count++] = type;
    return true;
}

static up_status walk(directories *d, const chain *c, uint64_t at, up_tiff_pages *pages,
                      up_error *error)
{
    uint64_t mark = 0; /* which a loop comes back to, as it moves on at powers of two (Brent) */
    while (at > 0 && d->count < UP_TIFF_MOST_PAGES) {
        unsigned type = 0;
        uint64_t next = 0;
        pages->cut = at == mark || !read_directory(c, at, &type, &next);
        if (pages->cut && d->count > 0)
            break;
        if ((d->count & (d->count - 1)) == 0)
            mark = at;
        if (!add(d, at, type))
            return up_fail_memory(error, up_reader_name(c->reader), sizeof *d);
        at = next;
    }
    pages->more = at > 0 && !pages->cut;
    return UP_OK;
}

/* Leaves out what is no page. */
static up_status sift(directories *d, up_tiff_pages *pages, up_error *error)
{
    const uint64_t **sorted = up_alloc((size_t)d->count + 1, sizeof *sorted);
    if (!sorted)
        return up_fail_memory(error, "TIFF", (size_t)d->count * sizeof *sorted);
    const int distinct = before_repeat(d->offset, d->count, sorted);
    up_free(sorted);
    pages->cut |= distinct < d->count;
    pages->more &= distinct == d->count;
    for (int i = 0; i < distinct; i++) {
        if (d->type[i] & MASK)
            pages->masks++;
        else if (d->type[i] & REDUCED)
            pages->reduced++;
        else
            d->offset[pages->count++] = d->offset[i];
    }
    if (pages->count == 0) {
        pages->reduced = pages->masks = 0;
        pages->count = distinct;
    }
    return UP_OK;
}

up_status up_tiff_pages_find(up_tiff_pages *pages, up_reader *reader, up_error *error)
{
    uint8_t head[4];
    uint64_t first = 0;
    directories d = { 0 };
    *pages = (up_tiff_pages){ 0 };
    UP_TRY(up_reader_read_at(reader, 0, head, sizeof head, error));
    chain c = { .reader = reader, .big_endian = head[0] == 'M' };
    c.big = head[c.big_endian ? 3 : 2] == 43;
    if (!read_number(&c, c.big ? 8 : 4, c.big ? 8 : 4, &first))
        return up_fail(error, UP_ERROR_INPUT, "%s: truncated: the file ends too early",
                       up_reader_name(reader));
    up_status status = walk(&d, &c, first, pages, error);
    if (status == UP_OK)
        status = sift(&d, pages, error);
    up_free(d.type);
    pages->offset = d.offset;
    return status;
}

void up_tiff_pages_free(up_tiff_pages *pages)
{
    up_free(pages->offset);
    pages->offset = NULL;
}
