/* SPDX-License-Identifier: MIT */
#include "io/png/png_metadata.h"

#include "base/memory.h"
#include "colour/profile.h"
#include "io/metadata/xmp_extended.h"
#include "io/png/png_chunk.h"
#include "io/png/png_colour.h"
#include "io/png/png_raw_profile.h"
#include "io/png/png_text.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

#define XMP_KEYWORD "XML:com.adobe.xmp" /* with its zero */
#define PROFILE_NAME "ICC profile"
#define INCH 0.0254      /* metres */
#define LAST_CHUNKS 1000 /* behind the pixels; nobody writes as many */

typedef up_status take_chunk(up_metadata *m, const uint8_t *data, size_t size, up_error *error);

/* ---- reading */

static up_status take_density(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    (void)error;
    if (size != 9 || m->dpi_x > 0 || m->aspect > 0)
        return UP_OK;
    double x = up_png_get_u32(data), y = up_png_get_u32(data + 4);
    if (x < 1 || y < 1)
        return UP_OK;
    if (data[8] == 1) {
        m->dpi_x = x * INCH;
        m->dpi_y = y * INCH;
    } else if (x != y)
        m->aspect = y / x;
    return UP_OK;
}

/* Leaves the blob as it is if the stream is damaged, or what it holds too large. */
static up_status inflate_blob(up_blob *blob, const uint8_t *data, size_t size, up_error *error)
{
    bool sound;
    return up_png_inflate(blob, data, size, UP_PNG_METADATA_MOST, &sound, error);
}

/* The position behind the zero that ends the string at `at`; 0 if nothing does. */
static size_t behind_string(const uint8_t *data, size_t at, size_t size)
{
    const uint8_t *zero = at < size ? memchr(data + at, 0, size - at) : NULL;
    return zero ? (size_t)(zero - data) + 1 : 0;
}

static up_status take_profile(up_metadata *m, const uint8_t *data, size_t size, up_error *error)
{
    size_t at = behind_string(data, 0, size);
    up_blob icc = { 0 };
    if (m->icc.data || !at || at + 1 >= size || data[at] != 0)
        return UP_OK;
    UP_TRY(inflate_blob(&icc, data + at + 1, size - at - 1, error));
    up_status status = icc.data ? up_metadata_take_profile(m, icc.data, icc.size, error) : UP_OK;
    up_free(icc.data);
    return status;
}

static bool is_xmp(const uint8_t *data, size_t size)
{
    return size > sizeof XMP_KEYWORD && memcmp(data, XMP_KEYWORD, sizeof XMP_KEYWORD) == 0;
}

/* XMP in a text. */
static up_status take_xmp(up_metadata *m, const up_chunk *chunk, up_error *error)
{
    up_entry entry;
    bool sound;
    if (m->xmp.data)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "second XMP");
    UP_TRY(up_chunk_text(chunk, UP_PNG_METADATA_MOST, &entry, &sound, error));
    up_status status =
        sound ? up_blob_set(&m->xmp, entry.text, entry.size, error)
              : up_notes_add(&m->lost, UP_NOTE_DAMAGE, error, "its XMP cannot be inflated");
    up_entry_clear(&entry);
    return status;
}

static bool is_of_animation(const char *type)
{
    return strcmp(type, "acTL") == 0 || strcmp(type, "fcTL") == 0 || strcmp(type, "fdAT") == 0;
}

/* Case says so: the fourth letter is small. An offset in pixels would be wrong, so that one is not.
 */
static bool is_safe_to_copy(const char *type)
{
    return (type[3] & 0x20) && strcmp(type, "oFFs") != 0;
}

static up_status take_other(up_metadata *m, const up_chunk *chunk, up_error *error)
{
    enum { MOST_NAMED = 16 };
    if (up_chunk_is_text(chunk) && is_xmp(chunk->data.data, chunk->data.size))
        return take_xmp(m, chunk, error);
    if (is_safe_to_copy(chunk->type))
        return up_metadata_add_chunk(m, chunk, error);
    if (is_of_animation(chunk->type)) /* the source counts its frames */
        return UP_OK;
    if (m->lost.count >= MOST_NAMED)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "further chunks");
    return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "%s chunk", chunk->type);
}

const char up_png_metadata_types[UP_PNG_METADATA_COUNT][5] = { "iCCP", "pHYs", "eXIf" };

static take_chunk *taker_of(const char *type)
{
    static take_chunk *const takers[UP_PNG_METADATA_COUNT] = {
        take_profile,
        take_density,
        up_metadata_take_exif,
    };
    for (int i = 0; i < UP_PNG_METADATA_COUNT; i++)
        if (memcmp(type, up_png_metadata_types[i], 4) == 0)
            return takers[i];
    return NULL;
}

static bool is_ancillary(const char *type)
{
    for (int i = 0; i < 4; i++)
        if (!((type[i] >= 'a' && type[i] <= 'z') || (type[i] >= 'A' && type[i] <= 'Z')))
            return false;
    return type[0] >= 'a' && strcmp(type, "tRNS") != 0;
}

up_status up_png_metadata_take(up_metadata *m, const char *type, bool behind, const uint8_t *data,
                               size_t size, up_error *error)
{
    if (up_png_colour_take(&m->color, type, data, size))
        return UP_OK;
    take_chunk *take = taker_of(type);
    up_chunk chunk = { .behind = behind, .data = { (uint8_t *)data, size } };
    memcpy(chunk.type, type, 4);
    if (take)
        return take(m, data, size, error);
    return is_ancillary(chunk.type) ? take_other(m, &chunk, error) : UP_OK;
}

/* Reads and takes the chunk whose `head` has been read, if it is whole. */
static up_status take_from_file(up_metadata *m, up_reader *reader, const uint8_t *head, size_t size,
                                up_error *error)
{
    size_t all = 4 + size + UP_PNG_CHUNK_TAIL;
    uint8_t *chunk = up_alloc(all, 1);
    if (!chunk)
        return up_fail_memory(error, "metadata", all);
    memcpy(chunk, head + 4, 4);
    up_status status = UP_OK;
    if (up_reader_read(reader, chunk + 4, all - 4) == all - 4 &&
        crc32_z(0, chunk, all - 4) == up_png_get_u32(chunk + all - 4))
        status = up_png_metadata_take(m, (const char *)chunk, true, chunk + 4, size, error);
    up_free(chunk);
    return status;
}

/* The chunks that there may be any number of: pixels, and further frames of them. */
static bool is_pixels(const uint8_t *head)
{
    return memcmp(head + 4, "IDAT", 4) == 0 || memcmp(head + 4, "fdAT", 4) == 0 ||
           memcmp(head + 4, "fcTL", 4) == 0;
}

up_status up_png_metadata_take_trailing(up_metadata *m, up_reader *reader, up_error *error)
{
    int64_t file = up_reader_size(reader), at = UP_PNG_SIGNATURE_SIZE;
    bool pixels = false;
    int last = 0;
    while (at < file && last < LAST_CHUNKS) {
        uint8_t head[UP_PNG_CHUNK_HEAD];
        UP_TRY(up_reader_seek(reader, at, error));
        if (up_reader_read(reader, head, sizeof head) != sizeof head)
            break;
        size_t size = up_png_get_u32(head);
        at += (int64_t)size + UP_PNG_CHUNK_HEAD + UP_PNG_CHUNK_TAIL;
        pixels |= memcmp(head + 4, "IDAT", 4) == 0;
        if (!pixels || is_pixels(head))
            continue;
        last++;
        if (at <= file && size <= UP_PNG_METADATA_MOST)
            UP_TRY(take_from_file(m, reader, head, size, error));
        else if (at <= file)
            UP_TRY(up_png_name_too_large(m, error));
    }
    if (last == LAST_CHUNKS)
        UP_TRY(up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "all but %d chunks behind the pixels",
                            LAST_CHUNKS));
    return up_reader_seek(reader, 0, error);
}

up_status up_png_name_too_large(up_metadata *m, up_error *error)
{
    return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "chunk of more than %zu MiB",
                        UP_PNG_METADATA_MOST >> 20);
}

/* ---- writing */

static up_status write_profile(const up_blob *icc, up_writer *writer, up_error *error)
{
    static const size_t front = sizeof PROFILE_NAME + 1; /* name, zero, method 0 */
    uLongf room = compressBound(icc->size);
    uint8_t *data = up_alloc(front + room, 1);
    if (!data)
        return up_fail_memory(error, "an ICC profile", front + room);
    memcpy(data, PROFILE_NAME, sizeof PROFILE_NAME);
    data[front - 1] = 0;
    up_status status;
    if (compress(data + front, &room, icc->data, icc->size) == Z_OK)
        status = up_png_write_chunk(writer, "iCCP", data, front + room, error);
    else
        status = up_fail_memory(error, "an ICC profile", room);
    up_free(data);
    return status;
}

static up_status write_density(const up_metadata *m, up_writer *writer, up_error *error)
{
    uint8_t data[9];
    double x = m->dpi_x / INCH, y = m->dpi_y / INCH;
    bool known = x > 0 && y > 0;
    if (!known && !(m->aspect > 0))
        return UP_OK;
    if (!known) {
        x = 10000;
        y = 10000 * m->aspect;
    }
    up_png_put_u32(data, (uint32_t)fmin(fmax(round(x), 1), INT32_MAX));
    up_png_put_u32(data + 4, (uint32_t)fmin(fmax(round(y), 1), INT32_MAX));
    data[8] = known;
    return up_png_write_chunk(writer, "pHYs", data, sizeof data, error);
}

static up_status write_xmp(const up_blob *xmp, up_writer *writer, up_error *error)
{
    static const char front[] =
        XMP_KEYWORD "\0\0\0\0"; /* not deflated, no language, no translation */
    uint8_t *data = up_alloc(sizeof front + xmp->size, 1);
    if (!data)
        return up_fail_memory(error, "XMP", sizeof front + xmp->size);
    memcpy(data, front, sizeof front);
    memcpy(data + sizeof front, xmp->data, xmp->size);
    up_status status = up_png_write_chunk(writer, "iTXt", data, sizeof front + xmp->size, error);
    up_free(data);
    return status;
}

static up_status write_chunks(const up_metadata *m, bool behind, up_writer *writer, up_error *error)
{
    for (int i = 0; i < m->chunks.count; i++) {
        const up_chunk *chunk = &m->chunks.item[i];
        if (chunk->behind == behind && strcmp(chunk->type, UP_COMMENT) != 0)
            UP_TRY(
                up_png_write_chunk(writer, chunk->type, chunk->data.data, chunk->data.size, error));
    }
    return UP_OK;
}

up_status up_png_keep(up_metadata *m, const up_format *format, up_notes *dropped, up_error *error)
{
    (void)format;
    UP_TRY(up_xmp_join_all(m, dropped, error));
    UP_TRY(up_comments_to_texts(m, dropped, error));
    UP_TRY(up_png_add_raw_profile(m, "iptc", &m->iptc, error));
    return up_png_add_raw_profile(m, "8bim", &m->photoshop, error);
}

up_status up_png_metadata_write(const up_metadata *m, bool grey, up_writer *writer, up_error *error)
{
    bool profile = m->icc.data && up_profile_fits(m->icc.data, m->icc.size, grey);
    UP_TRY(up_png_colour_write(&m->color, !profile, writer, error));
    if (profile)
        UP_TRY(write_profile(&m->icc, writer, error));
    UP_TRY(write_density(m, writer, error));
    if (m->exif.data)
        UP_TRY(up_png_write_chunk(writer, "eXIf", m->exif.data, m->exif.size, error));
    if (m->xmp.data)
        UP_TRY(write_xmp(&m->xmp, writer, error));
    return write_chunks(m, false, writer, error);
}

up_status up_png_metadata_write_trailing(const up_metadata *m, up_writer *writer, up_error *error)
{
    return write_chunks(m, true, writer, error);
}
