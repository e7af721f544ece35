/* SPDX-License-Identifier: MIT */
#include "io/boxes/coded_items.h"

#include "base/memory.h"
#include "io/boxes/box.h"

#include <stdlib.h>
#include <string.h>

#define META_MOST ((uint64_t)32 << 20)

enum {
    BOXES_MOST = 4096,
    ITEMS_MOST = 1 << 16,
    EXTENTS_MOST = 1 << 16,
    EXTENTS_EACH = 1024,
    PROPERTIES_MOST = 1 << 15
};
enum { BOX_HEAD = 16, FULL_HEAD = 4, LEAST_BOX = 8, LEAST_INFE = 20 };
enum { IN_FILE, IN_IDAT }; /* where iloc says that bytes are */

typedef struct {
    char type[5];
    up_box_bytes contents;
} property;

/* What a box "meta" says. */
typedef struct {
    up_reader *reader;
    const up_item_kind *kind;
    void *user;
    uint64_t meta_at; /* of its contents, in the file */
    up_box_bytes meta;
    up_coded_item *item; /* by id */
    size_t items, item_room;
    up_extent *extent; /* of all items */
    size_t extents, extent_room;
    property *property;
    size_t properties, property_room;
    bool too_many; /* extents of one item */
} item_walk;

/* Behind the version and flags of a full box. */
static unsigned full_head(up_box_bytes *box, unsigned *flags)
{
    const unsigned version = (unsigned)up_box_number(box, 1);
    *flags = (unsigned)up_box_number(box, 3);
    return version;
}

/* ---- items */

static int by_id(const void *a, const void *b)
{
    const uint32_t x = ((const up_coded_item *)a)->id, y = ((const up_coded_item *)b)->id;
    return (x > y) - (x < y);
}

static up_coded_item *find_item(const item_walk *w, uint32_t id)
{
    const up_coded_item wanted = { .id = id };
    return bsearch(&wanted, w->item, w->items, sizeof *w->item, by_id);
}

static void take_items(item_walk *w)
{
    up_box_bytes iinf, infe;
    char type[5];
    unsigned flags;
    if (!up_box_find(w->meta, "iinf", &iinf))
        return;
    up_box_number(&iinf, full_head(&iinf, &flags) < 1 ? 2 : 4);
    while (w->items < w->item_room && up_box_next(&iinf, type, &infe)) {
        const unsigned version = strcmp(type, "infe") == 0 ? full_head(&infe, &flags) : 0;
        const uint32_t id = (uint32_t)up_box_number(&infe, version < 3 ? 2 : 4);
        up_box_number(&infe, 2); /* protection */
        if (version >= 2 && infe.size - infe.at >= 4 &&
            (!*w->kind->type || memcmp(infe.bytes + infe.at, w->kind->type, 4) == 0))
            w->item[w->items++] = (up_coded_item){ .id = id };
    }
    qsort(w->item, w->items, sizeof *w->item, by_id);
}

/* ---- properties */

static void list_properties(item_walk *w, up_box_bytes iprp)
{
    up_box_bytes ipco;
    if (!up_box_find(iprp, "ipco", &ipco))
        return;
    while (w->properties < w->property_room && up_box_next(&ipco, w->property[w->properties].type,
                                                           &w->property[w->properties].contents))
        w->properties++;
}

static void take_property(const item_walk *w, size_t index, up_coded_item *item)
{
    if (!item || index < 1 || index > w->properties)
        return;
    const property *p = &w->property[index - 1];
    up_box_bytes box = p->contents;
    if (strcmp(p->type, "ispe") == 0 && item->width == 0) {
        up_box_number(&box, FULL_HEAD);
        item->width = (uint32_t)up_box_number(&box, 4);
        item->height = (uint32_t)up_box_number(&box, 4);
    }
    if (strcmp(p->type, w->kind->config) == 0 && item->configs < UP_ITEM_CONFIGS) {
        item->config[item->configs].bytes = box.bytes;
        item->config[item->configs++].size = box.size;
    }
}

static void take_associations(const item_walk *w, up_box_bytes ipma)
{
    unsigned flags;
    const int id_bytes = full_head(&ipma, &flags) < 1 ? 2 : 4;
    const int index_bytes = flags & 1 ? 2 : 1;
    const unsigned mask = flags & 1 ? 0x7fff : 0x7f;
    for (uint64_t items = up_box_number(&ipma, 4); items > 0 && !ipma.ended; items--) {
        up_coded_item *item = find_item(w, (uint32_t)up_box_number(&ipma, id_bytes));
        for (uint64_t count = up_box_number(&ipma, 1); count > 0 && !ipma.ended; count--)
            take_property(w, up_box_number(&ipma, index_bytes) & mask, item);
    }
}

static void take_properties(item_walk *w)
{
    up_box_bytes iprp, box;
    char type[5];
    if (!up_box_find(w->meta, "iprp", &iprp))
        return;
    list_properties(w, iprp);
    while (up_box_next(&iprp, type, &box))
        if (strcmp(type, "ipma") == 0)
            take_associations(w, box);
}

/* ---- bytes */

/* What of an extent there is. */
static up_extent bounded(const item_walk *w, unsigned where, uint64_t offset, uint64_t size)
{
    up_box_bytes idat = { 0 };
    uint64_t first = 0, end = (uint64_t)up_reader_size(w->reader);
    if (where == IN_IDAT && up_box_find(w->meta, "idat", &idat)) {
        first = w->meta_at + (uint64_t)(idat.bytes - w->meta.bytes);
        end = first + idat.size;
    }
    if (where > IN_IDAT || offset >= end - first)
        return (up_extent){ 0, 0 };
    const uint64_t rest = end - first - offset;
    return (up_extent){ first + offset, size > 0 && size < rest ? size : rest };
}

/* How many bytes the numbers of iloc have. */
typedef struct {
    unsigned version;
    int offset, size, base, index;
} number_sizes;

/* `item` NULL: one that is passed by. */
static void take_extents(item_walk *w, up_box_bytes *iloc, const number_sizes *n,
                         up_coded_item *item)
{
    const unsigned where = n->version > 0 ? (unsigned)up_box_number(iloc, 2) & 15 : IN_FILE;
    up_box_number(iloc, 2); /* data reference */
    const uint64_t base = up_box_number(iloc, n->base);
    const bool wanted = item && item->extents == 0;
    if (wanted)
        item->extent = w->extent + w->extents;
    for (uint64_t count = up_box_number(iloc, 2); count > 0 && !iloc->ended; count--) {
        up_box_number(iloc, n->version > 0 ? n->index : 0);
        const uint64_t offset = base + up_box_number(iloc, n->offset);
        const uint64_t size = up_box_number(iloc, n->size);
        if (!wanted || iloc->ended || offset < base || w->extents == w->extent_room)
            continue;
        w->too_many |= item->extents == EXTENTS_EACH;
        w->extent[w->extents++] = bounded(w, where, offset, size);
        item->extents++;
    }
}

static void take_locations(item_walk *w)
{
    up_box_bytes iloc;
    unsigned flags;
    if (!up_box_find(w->meta, "iloc", &iloc))
        return;
    number_sizes n = { .version = full_head(&iloc, &flags) };
    const unsigned packed = (unsigned)up_box_number(&iloc, 2);
    n.offset = up_min((int)(packed >> 12), 8);
    n.size = up_min((int)(packed >> 8 & 15), 8);
    n.base = up_min((int)(packed >> 4 & 15), 8);
    n.index = up_min((int)(packed & 15), 8);
    const int wide = n.version < 2 ? 2 : 4;
    for (uint64_t items = up_box_number(&iloc, wide); items > 0 && !iloc.ended; items--)
        take_extents(w, &iloc, &n, find_item(w, (uint32_t)up_box_number(&iloc, wide)));
}

size_t up_item_read(up_reader *reader, const up_coded_item *item, uint64_t offset, void *bytes,
                    size_t size)
{
    size_t read = 0;
    for (size_t i = 0; i < item->extents && read < size; i++) {
        const up_extent *e = &item->extent[i];
        if (offset >= e->size) {
            offset -= e->size;
            continue;
        }
        const uint64_t rest = e->size - offset;
        const size_t count = size - read < rest ? size - read : (size_t)rest;
        if (up_reader_read_at(reader, (int64_t)(e->offset + offset), (uint8_t *)bytes + read, count,
                              NULL) != UP_OK)
            break;
        read += count;
        offset = 0;
    }
    return read;
}

/* ---- the file */

/* For one more than there can be of what takes so many bytes, or `most`. */
static size_t room(const item_walk *w, size_t bytes, size_t most)
{
    const size_t all = w->meta.size / bytes + 1;
    return all < most ? all : most;
}

static up_status look_at_all(item_walk *w, up_error *error)
{
    const char *name = up_reader_name(w->reader);
    w->item_room = room(w, LEAST_INFE, ITEMS_MOST);
    w->property_room = room(w, LEAST_BOX, PROPERTIES_MOST);
    w->extent_room = room(w, 1, EXTENTS_MOST);
    w->item = up_alloc(w->item_room, sizeof *w->item);
    w->property = up_alloc(w->property_room, sizeof *w->property);
    w->extent = up_alloc(w->extent_room, sizeof *w->extent);
    w->items = w->properties = w->extents = 0;
    if (!w->item || !w->property || !w->extent)
        return up_fail_memory(error, name, w->item_room * sizeof *w->item);
    take_items(w);
    take_properties(w);
    take_locations(w);
    if (w->items == w->item_room || w->properties == w->property_room ||
        w->extents == w->extent_room || w->too_many)
        return up_fail(error, UP_ERROR_LIMIT, "%s: it has more parts than are read", name);
    for (size_t i = 0; i < w->items; i++)
        UP_TRY(w->kind->look(&w->item[i], w->user, error));
    return UP_OK;
}

static up_status walk_meta(item_walk *w, uint64_t size, up_error *error)
{
    const char *name = up_reader_name(w->reader);
    if (size > META_MOST)
        return up_fail(error, UP_ERROR_LIMIT, "%s: its list of parts has more than %d MiB", name,
                       (int)(META_MOST >> 20));
    uint8_t *bytes = up_alloc((size_t)size + 1, 1);
    if (!bytes)
        return up_fail_memory(error, name, (size_t)size);
    up_status status =
        up_reader_read_at(w->reader, (int64_t)w->meta_at, bytes, (size_t)size, error);
    w->meta = (up_box_bytes){ .bytes = bytes, .size = (size_t)size };
    up_box_number(&w->meta, FULL_HEAD);
    if (status == UP_OK)
        status = look_at_all(w, error);
    up_free(w->item);
    up_free(w->property);
    up_free(w->extent);
    up_free(bytes);
    return status;
}

/* One box of the file at `at`, which goes on to the next. */
static up_status walk_box(item_walk *w, uint64_t *at, up_error *error)
{
    const uint64_t rest = (uint64_t)up_reader_size(w->reader) - *at;
    uint8_t head[BOX_HEAD] = { 0 };
    UP_TRY(up_reader_read_at(w->reader, (int64_t)*at, head,
                             rest < BOX_HEAD ? (size_t)rest : BOX_HEAD, error));
    up_box_bytes number = { .bytes = head, .size = BOX_HEAD };
    uint64_t size = up_box_number(&number, 4), begin = 8;
    up_box_number(&number, 4);
    if (size == 1) {
        size = up_box_number(&number, 8);
        begin = BOX_HEAD;
    }
    if (size < begin || size > rest)
        size = rest;
    w->meta_at = *at + begin;
    *at += size;
    return memcmp(head + 4, "meta", 4) == 0 && size >= begin ? walk_meta(w, size - begin, error)
                                                             : UP_OK;
}

up_status up_coded_items(up_reader *reader, const up_item_kind *kind, void *user, up_error *error)
{
    item_walk w = { .reader = reader, .kind = kind, .user = user };
    const uint64_t end = (uint64_t)up_reader_size(reader);
    uint64_t at = 0;
    for (int i = 0; i < BOXES_MOST && at + 8 <= end; i++)
        UP_TRY(walk_box(&w, &at, error));
    return UP_OK;
}
