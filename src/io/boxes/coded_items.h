/* SPDX-License-Identifier: MIT */
/* Coded pictures inside HEIF and AVIF (ISO/IEC 23008-12, in boxes of ISO/IEC 14496-12): what their
 * boxes say of them, and their bytes, for those who look at what a decoder is about to believe. */
#ifndef UP_IO_CODED_ITEMS_H
#define UP_IO_CODED_ITEMS_H

#include "io/files/reader.h"

typedef struct {
    uint64_t offset, size; /* in the file; nothing of it lies beyond its end */
} up_extent;

enum { UP_ITEM_CONFIGS = 4 };

/* One item: a coded picture, or what one is made of. */
typedef struct {
    uint32_t id;
    uint32_t width, height; /* ispe: what it says to be decoded; 0: it does not say */
    struct {
        const uint8_t *bytes;
        size_t size;
    } config[UP_ITEM_CONFIGS]; /* hvcC, or what is asked for */
    int configs;
    const up_extent *extent; /* its bytes are these, one behind the other */
    size_t extents;
} up_coded_item;

/* Which items: those of `type` ("hvc1"; "" all), with their properties called `config` ("hvcC"). */
typedef struct {
    char type[5], config[5];
    up_status (*look)(const up_coded_item *item, void *user, up_error *error);
} up_item_kind;

/* Looks at each such item of a file that can seek, until that fails. Boxes that break off are taken
 * as far as they go, for whoever decodes them says so. UP_ERROR_LIMIT: there is more of them than
 * is taken. */
up_status up_coded_items(up_reader *reader, const up_item_kind *kind, void *user, up_error *error);

/* Up to `size` bytes of an item of that file from `offset` on; how many there were. */
size_t up_item_read(up_reader *reader, const up_coded_item *item, uint64_t offset, void *bytes,
                    size_t size);

#endif
