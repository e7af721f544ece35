/* SPDX-License-Identifier: MIT */
/* APPNOTE.TXT of PKWARE, 6.3.10: local headers (4.3.7), directory (4.3.12), its end (4.3.16), and
 * ZIP64 (4.3.14, 4.3.15, 4.5.3). */
#define ZLIB_CONST
#include "weights/pytorch/zip_entries.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "weights/label.h"

#define LOCAL_HEADER 30 /* bytes */
#define ENTRY_HEADER 46
#define END_HEADER 22
#define LOCATOR64 20
#define END64 56
#define MOST_COMMENT 65535
#define MOST_RATIO 16                 /* unpacked bytes of an archive, for each of its own ... */
#define MOST_EXTRA ((size_t)16 << 20) /* ... and so many more */

static uint64_t number(const unsigned char *bytes, int width)
{
    uint64_t value = 0;
    for (int i = width; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static up_status damaged(const up_tensor_file *file, up_error *error)
{
    return up_tensor_file_refuse(file, error, "its ZIP archive is damaged or truncated");
}

/* Where the directory lies, and how many entries it says it has. */
typedef struct {
    uint64_t at, size, count;
} directory;

static bool find_end(const unsigned char *bytes, size_t size, size_t *end)
{
    if (size < END_HEADER)
        return false;
    size_t last = size - END_HEADER, first = last > MOST_COMMENT ? last - MOST_COMMENT : 0;
    for (*end = last + 1; *end > first;) {
        --*end;
        if (memcmp(bytes + *end, "PK\5\6", 4) == 0)
            return true;
    }
    return false;
}

static bool find_directory(directory *d, const unsigned char *bytes, size_t size)
{
    size_t end;
    if (!find_end(bytes, size, &end))
        return false;
    *d = (directory){ number(bytes + end + 16, 4), number(bytes + end + 12, 4),
                      number(bytes + end + 10, 2) };
    if (end >= LOCATOR64 && memcmp(bytes + end - LOCATOR64, "PK\6\7", 4) == 0) {
        uint64_t at = number(bytes + end - LOCATOR64 + 8, 8);
        if (size < END64 || at > size - END64 || memcmp(bytes + at, "PK\6\6", 4) != 0)
            return false;
        *d = (directory){ number(bytes + at + 48, 8), number(bytes + at + 40, 8),
                          number(bytes + at + 32, 8) };
    }
    return d->at <= size && d->size <= size - d->at && d->count <= d->size / ENTRY_HEADER;
}

/* Numbers that do not fit the entry lie behind it, in this order, where they are all ones. */
static bool read_zip64(uint64_t *values[3], const unsigned char *extra, size_t size)
{
    while (size >= 4) {
        size_t length = (size_t)number(extra + 2, 2), id = (size_t)number(extra, 2), used = 4;
        if (length > size - 4)
            return false;
        for (int i = 0; id == 1 && i < 3; i++) {
            if (*values[i] != UINT32_MAX)
                continue;
            if (used + 8 > length + 4)
                return false;
            *values[i] = number(extra + used, 8);
            used += 8;
        }
        extra += length + 4;
        size -= length + 4;
    }
    return true;
}

/* One entry from `*at` on, and the place of the next. */
static bool read_entry(up_zip_entry *entry, const unsigned char *bytes, size_t *at, size_t end)
{
    const unsigned char *e = bytes + *at;
    if (end - *at < ENTRY_HEADER || memcmp(e, "PK\1\2", 4) != 0)
        return false;
    size_t length = (size_t)number(e + 28, 2), extra = (size_t)number(e + 30, 2);
    size_t whole = ENTRY_HEADER + length + extra + (size_t)number(e + 32, 2);
    uint64_t size = number(e + 24, 4), packed = number(e + 20, 4), local = number(e + 42, 4);
    uint64_t *values[] = { &size, &packed, &local };
    if (whole > end - *at || !read_zip64(values, e + ENTRY_HEADER + length, extra))
        return false;
    *entry = (up_zip_entry){ .name = (const char *)e + ENTRY_HEADER,
                             .length = length,
                             .local = (size_t)local,
                             .packed = (size_t)packed,
                             .size = (size_t)size,
                             .method = (unsigned)number(e + 10, 2),
                             .flags = (unsigned)number(e + 8, 2),
                             .crc = (uint32_t)number(e + 16, 4) };
    *at += whole;
    return true;
}

static int compare(const up_zip_entry *entry, const char *name, size_t length)
{
    size_t both = entry->length < length ? entry->length : length;
    int order = memcmp(entry->name, name, both);
    return order ? order : (entry->length > length) - (entry->length < length);
}

static int compare_entries(const void *a, const void *b)
{
    const up_zip_entry *right = b;
    return compare(a, right->name, right->length);
}

up_status up_zip_open(up_zip_entries *zip, up_tensor_file *file, up_error *error)
{
    size_t size;
    const unsigned char *bytes = up_tensor_file_data(file, &size);
    directory d;
    *zip = (up_zip_entries){ 0 };
    if (!find_directory(&d, bytes, size))
        return damaged(file, error);
    zip->entry = up_tensor_file_keep(file, (size_t)d.count, sizeof *zip->entry);
    if (!zip->entry)
        return up_tensor_file_no_room(file, error);
    size_t at = (size_t)d.at;
    for (; zip->count < d.count; zip->count++)
        if (!read_entry(&zip->entry[zip->count], bytes, &at, (size_t)(d.at + d.size)))
            return damaged(file, error);
    qsort(zip->entry, zip->count, sizeof *zip->entry, compare_entries);
    for (size_t i = 1; i < zip->count; i++)
        if (compare_entries(&zip->entry[i - 1], &zip->entry[i]) == 0)
            return up_tensor_file_refuse(file, error, "its ZIP archive has two files of one name");
    return UP_OK;
}

up_zip_entry *up_zip_find(const up_zip_entries *zip, const char *name, size_t length)
{
    size_t low = 0, high = zip->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&zip->entry[middle], name, length);
        if (order == 0)
            return &zip->entry[middle];
        if (order > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* `packed` bytes become exactly `size`. */
static bool inflate_all(const unsigned char *from, size_t packed, unsigned char *to, size_t size)
{
    z_stream stream = { .next_in = from };
    size_t taken = 0, made = 0;
    int code = inflateInit2(&stream, -MAX_WBITS);
    while (code == Z_OK) {
        if (!stream.avail_in && taken < packed) {
            stream.avail_in = (uInt)(packed - taken > 1 << 30 ? 1 << 30 : packed - taken);
            taken += stream.avail_in;
        }
        unsigned char none;
        size_t room = size - made > 1 << 30 ? 1 << 30 : size - made;
        stream.next_out = room ? to + made : &none;
        stream.avail_out = room ? (uInt)room : 1;
        code = inflate(&stream, Z_NO_FLUSH);
        made += (room ? room : 1) - stream.avail_out;
        if (made > size)
            code = Z_DATA_ERROR;
    }
    inflateEnd(&stream);
    return code == Z_STREAM_END && made == size;
}

static up_status unpack(up_zip_entries *zip, up_tensor_file *file, up_zip_entry *entry,
                        const unsigned char *packed, up_error *error)
{
    char label[UP_LABEL], name[UP_LABEL];
    size_t whole, most;
    up_tensor_file_data(file, &whole);
    if (!up_mul(whole, MOST_RATIO, &most) || !up_add(most, MOST_EXTRA, &most) ||
        zip->unpacked > most || entry->size > most - zip->unpacked)
        return up_tensor_file_refuse(
            file, error, "its ZIP archive unpacks to more than %d times its size", MOST_RATIO);
    zip->unpacked += entry->size;
    unsigned char *data = up_tensor_file_keep(file, entry->size, 1);
    if (!data)
        return up_tensor_file_no_room(file, error);
    entry->data = data;
    size_t shown = entry->length < sizeof name ? entry->length : sizeof name - 1;
    memcpy(name, entry->name, shown);
    name[shown] = '\0';
    return inflate_all(packed, entry->packed, data, entry->size)
               ? UP_OK
               : up_tensor_file_refuse(file, error, "%s in its ZIP archive cannot be unpacked",
                                       up_label(label, name));
}

static up_status locate(up_zip_entries *zip, up_tensor_file *file, up_zip_entry *entry,
                        up_error *error)
{
    size_t size;
    const unsigned char *bytes = up_tensor_file_data(file, &size);
    if (size < LOCAL_HEADER || entry->local > size - LOCAL_HEADER ||
        memcmp(bytes + entry->local, "PK\3\4", 4) != 0)
        return damaged(file, error);
    size_t at = entry->local + LOCAL_HEADER + (size_t)number(bytes + entry->local + 26, 2) +
                (size_t)number(bytes + entry->local + 28, 2);
    if (at > size || entry->packed > size - at)
        return damaged(file, error);
    if (entry->flags & 1)
        return up_tensor_file_refuse(file, error, "its ZIP archive is encrypted; unpack it first");
    if (entry->method == Z_DEFLATED)
        return unpack(zip, file, entry, bytes + at, error);
    if (entry->method != 0)
        return up_tensor_file_refuse(file, error,
                                     "its ZIP archive uses method %u, neither stored nor deflated",
                                     entry->method);
    if (entry->packed != entry->size)
        return damaged(file, error);
    entry->data = bytes + at;
    return UP_OK;
}

up_status up_zip_read(up_zip_entries *zip, up_tensor_file *file, up_zip_entry *entry,
                      const unsigned char **data, up_error *error)
{
    if (!entry->data) {
        UP_TRY(locate(zip, file, entry, error));
        /* torch.save() writes 0 where it is told not to compute it. */
        if (entry->crc && crc32_z(0, entry->data, entry->size) != entry->crc) {
            entry->data = NULL;
            return up_tensor_file_refuse(file, error, "a checksum in its ZIP archive is wrong");
        }
    }
    *data = entry->data;
    return UP_OK;
}
