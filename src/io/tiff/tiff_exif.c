/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_exif.h"

#include "base/memory.h"

#include <string.h>

enum { HEADER_SIZE = 8, ENTRY_SIZE = 12, BIG_ENTRY_SIZE = 20 };
enum {
    TAG_ORIENTATION = 0x112,
    TAG_X_RESOLUTION = 0x11a,
    TAG_Y_RESOLUTION,
    TAG_RESOLUTION_UNIT = 0x128
};
enum { TAG_EXIF = 0x8769, TAG_GPS = 0x8825, TAG_INTEROPERABILITY = 0xa005 };
enum { TYPE_LONG = 4, TYPES = 13, TYPE_LONG8 = 16, TYPE_IFD8 = 18 };
enum { MOST_ENTRIES = 512, MOST_DEPTH = 2, MOST_VALUE = 1 << 20, MOST_ALL = 8 << 20 };

/* Of the directory of pixels: what is true of the enlarged picture, too. */
static const uint16_t kept[] = { 0x10e, 0x10f, 0x110, 0x112,  0x11a,  0x11b,    0x128,  0x131,
                                 0x132, 0x13b, 0x13c, 0x8298, 0x9003, TAG_EXIF, TAG_GPS };
static const uint8_t type_size[TYPES] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8 };

typedef struct {
    up_reader *reader;
    bool big_endian, big; /* big: BigTIFF */
    uint8_t *data;        /* MOST_ALL at most, grown */
    size_t size, room;
    bool tells; /* more than a resolution, and that up is up */
} builder;

static uint64_t get(const builder *b, const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[b->big_endian ? i : bytes - 1 - i];
    return value;
}

static void put(const builder *b, uint8_t *at, int bytes, uint64_t value)
{
    for (int i = 0; i < bytes; i++, value >>= 8)
        at[b->big_endian ? bytes - 1 - i : i] = (uint8_t)value;
}

/* So many zeros at the end, at an even place; false: no room. */
static bool add(builder *b, size_t size, size_t *at)
{
    *at = b->size + (b->size & 1);
    if (size > MOST_ALL - *at)
        return false;
    if (*at + size > b->room) {
        const size_t room = 2 * (*at + size);
        uint8_t *grown = up_alloc_zero(room, 1);
        if (!grown)
            return false;
        if (b->size)
            memcpy(grown, b->data, b->size);
        up_free(b->data);
        b->data = grown;
        b->room = room;
    }
    b->size = *at + size;
    return true;
}

static bool is_kept(unsigned tag, int depth)
{
    if (depth > 0)
        return true;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i] == tag)
            return true;
    return false;
}

static bool is_link(unsigned tag, int depth)
{
    return depth == 0 ? tag == TAG_EXIF || tag == TAG_GPS : tag == TAG_INTEROPERABILITY;
}

static size_t copy_directory(builder *b, uint64_t offset, int depth);

/* The value of an entry whose `field` holds it or says where it lies, into the entry at `to`. */
static bool copy_value(builder *b, const uint8_t *field, int inside, size_t bytes, size_t to)
{
    size_t at;
    if (bytes > MOST_VALUE)
        return false;
    if (bytes <= 4) {
        memcpy(b->data + to, field, bytes);
        return true;
    }
    if (!add(b, bytes, &at))
        return false;
    put(b, b->data + to, 4, at);
    if (bytes > (size_t)inside)
        return up_reader_read_at(b->reader, (int64_t)(get(b, field, inside) & INT64_MAX),
                                 b->data + at, bytes, NULL) == UP_OK;
    memcpy(b->data + at, field, bytes);
    return true;
}

static bool is_plain(unsigned tag, uint64_t value)
{
    return tag == TAG_X_RESOLUTION || tag == TAG_Y_RESOLUTION || tag == TAG_RESOLUTION_UNIT ||
           (tag == TAG_ORIENTATION && value == 1);
}

/* Copies an entry to `to`; false: it is left out. */
static bool copy_entry(builder *b, const uint8_t *from, size_t to, int depth)
{
    const int inside = b->big ? 8 : 4;
    const unsigned tag = (unsigned)get(b, from, 2), type = (unsigned)get(b, from + 2, 2);
    const uint64_t count = get(b, from + 4, inside);
    const uint8_t *field = from + 4 + inside;
    size_t bytes;
    if (!is_kept(tag, depth) || count == 0 || count > MOST_VALUE)
        return false;
    put(b, b->data + to, 2, tag);
    if (is_link(tag, depth)) {
        const bool wide = type == TYPE_LONG8 || type == TYPE_IFD8;
        const size_t inner =
            depth < MOST_DEPTH ? copy_directory(b, get(b, field, wide && b->big ? 8 : 4), depth + 1)
                               : 0;
        put(b, b->data + to + 2, 2, TYPE_LONG);
        put(b, b->data + to + 4, 4, 1);
        put(b, b->data + to + 8, 4, inner);
        return inner > 0;
    }
    if (type >= TYPES || !up_mul((size_t)count, type_size[type], &bytes) || bytes == 0)
        return false;
    put(b, b->data + to + 2, 2, type);
    put(b, b->data + to + 4, 4, count);
    b->tells |= !is_plain(tag, get(b, field, type_size[type] < 4 ? type_size[type] : 4));
    return copy_value(b, field, inside, bytes, to + 8);
}

/* Where the copy lies; 0: nothing of it is kept. */
static size_t copy_directory(builder *b, uint64_t offset, int depth)
{
    const int head = b->big ? 8 : 2, size = b->big ? BIG_ENTRY_SIZE : ENTRY_SIZE;
    uint8_t bytes[BIG_ENTRY_SIZE];
    size_t at;
    if (offset > INT64_MAX - (1 << 20) ||
        up_reader_read_at(b->reader, (int64_t)offset, bytes, (size_t)head, NULL) != UP_OK)
        return 0;
    const uint64_t count = get(b, bytes, head);
    if (count > MOST_ENTRIES || !add(b, 2 + (size_t)count * ENTRY_SIZE + 4, &at))
        return 0;
    size_t used = 0;
    for (uint64_t i = 0; i < count; i++) {
        const int64_t from = (int64_t)offset + head + (int64_t)i * size;
        const size_t to = at + 2 + used * ENTRY_SIZE;
        if (up_reader_read_at(b->reader, from, bytes, (size_t)size, NULL) != UP_OK)
            break;
        if (copy_entry(b, bytes, to, depth))
            used++;
        else
            memset(b->data + to, 0, ENTRY_SIZE);
    }
    put(b, b->data + at, 2, used);
    return used ? at : 0;
}

up_status up_tiff_take_exif(up_blob *exif, up_reader *reader, uint64_t offset, bool *tells,
                            up_error *error)
{
    uint8_t head[4];
    size_t at, first = 0;
    UP_TRY(up_reader_read_at(reader, 0, head, sizeof head, error));
    builder b = { .reader = reader, .big_endian = head[0] == 'M' };
    b.big = head[b.big_endian ? 3 : 2] == 43;
    if (!add(&b, HEADER_SIZE, &at))
        return up_fail_memory(error, "EXIF", HEADER_SIZE);
    memcpy(b.data, b.big_endian ? "MM\0*" : "II*\0", 4);
    first = copy_directory(&b, offset, 0);
    *tells = b.tells;
    put(&b, b.data + 4, 4, first);
    if (first > 0) {
        up_free(exif->data);
        *exif = (up_blob){ b.data, b.size };
        return UP_OK;
    }
    up_free(b.data);
    return UP_OK;
}

/* ---- back into a file */

static const uint8_t *find(const builder *b, size_t directory, unsigned tag)
{
    if (directory < HEADER_SIZE || b->size < 2 || directory > b->size - 2)
        return NULL;
    const uint64_t count = get(b, b->data + directory, 2);
    for (uint64_t i = 0; i < count; i++) {
        const size_t at = directory + 2 + (size_t)i * ENTRY_SIZE;
        if (at + ENTRY_SIZE > b->size)
            return NULL;
        if (get(b, b->data + at, 2) == tag)
            return b->data + at;
    }
    return NULL;
}

static bool open_block(builder *b, const up_blob *exif)
{
    *b = (builder){ .data = exif->data, .size = exif->size };
    b->big_endian = exif->size >= HEADER_SIZE && exif->data[0] == 'M';
    return exif->data && exif->size >= HEADER_SIZE &&
           memcmp(exif->data, b->big_endian ? "MM\0*" : "II*\0", 4) == 0;
}

const char *up_exif_text(const up_blob *exif, unsigned tag)
{
    builder b;
    if (!open_block(&b, exif))
        return NULL;
    const uint8_t *entry = find(&b, (size_t)get(&b, b.data + 4, 4), tag);
    if (!entry || get(&b, entry + 2, 2) != 2)
        return NULL;
    const size_t count = (size_t)get(&b, entry + 4, 4);
    const size_t at = count <= 4 ? (size_t)(entry + 8 - b.data) : (size_t)get(&b, entry + 8, 4);
    if (count == 0 || at > b.size || count > b.size - at || !memchr(b.data + at, 0, count))
        return NULL;
    return (const char *)b.data + at;
}

/* What an entry of another directory points to, 0: nothing that is there. */
static size_t linked(const builder *b, size_t directory, unsigned tag)
{
    const uint8_t *entry = find(b, directory, tag);
    const size_t at = entry ? (size_t)get(b, entry + 8, 4) : 0;
    return at >= HEADER_SIZE && b->size >= 2 && at <= b->size - 2 ? at : 0;
}

static void move_directory(builder *b, size_t directory, uint32_t base)
{
    const uint64_t count = directory ? get(b, b->data + directory, 2) : 0;
    for (uint64_t i = 0; i < count; i++) {
        const size_t at = directory + 2 + (size_t)i * ENTRY_SIZE;
        if (at + ENTRY_SIZE > b->size)
            return;
        const unsigned type = (unsigned)get(b, b->data + at + 2, 2);
        const uint64_t bytes = type < TYPES ? get(b, b->data + at + 4, 4) * type_size[type] : 0;
        const bool link = get(b, b->data + at, 2) == TAG_INTEROPERABILITY;
        if (bytes > 4 || link)
            put(b, b->data + at + 8, 4, get(b, b->data + at + 8, 4) + base);
    }
}

void up_exif_move(up_blob *exif, uint32_t base, uint32_t *exif_at, uint32_t *gps_at)
{
    builder b;
    *exif_at = *gps_at = 0;
    if (!open_block(&b, exif))
        return;
    const size_t first = (size_t)get(&b, b.data + 4, 4);
    const size_t main = linked(&b, first, TAG_EXIF), gps = linked(&b, first, TAG_GPS);
    const size_t inner = main ? linked(&b, main, TAG_INTEROPERABILITY) : 0;
    if ((main && main == gps) || (inner && (inner == main || inner == gps)))
        return;
    move_directory(&b, main, base);
    move_directory(&b, gps, base);
    move_directory(&b, inner, base);
    *exif_at = main ? base + (uint32_t)main : 0;
    *gps_at = gps ? base + (uint32_t)gps : 0;
}
