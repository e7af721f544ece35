/* SPDX-License-Identifier: MIT */
/* PNG: the deflate blocks of one band behind those of another. A band's stream ends at the border
 * of a byte, refers to nothing before it, and filters its first row without the one above. */

#include "cluster/join/join_bands.h"

#include "io/png/png_chunk.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

enum { IHDR_SIZE = 13, STREAM_HEAD = 2, STREAM_TAIL = 6, LAST_ALONE = 1 /* filter SUB */ };

typedef struct {
    const up_joining *joining;
    int band;
    up_reader *reader;
    uint8_t first[IHDR_SIZE], head[IHDR_SIZE];
    int64_t height;
    uint32_t adler; /* of all bands before this one, and of it */
    bool inside;    /* pixels have begun */
    bool behind;    /* ... and ended */
    bool tail;      /* the end of the stream has been seen */
    char type[5];   /* of the chunk at hand */
    uint32_t size;
} png_join;

static up_status unlike(const png_join *j, up_error *error)
{
    return up_join_unlike(j->joining->band[j->band], error);
}

static up_status read_chunk_head(png_join *j, up_error *error)
{
    uint8_t head[UP_PNG_CHUNK_HEAD];
    UP_TRY(up_reader_exact(j->reader, head, sizeof head, error));
    j->size = up_png_get_u32(head);
    memcpy(j->type, head + 4, 4);
    return j->size > INT32_MAX ? unlike(j, error) : UP_OK;
}

static up_status open_band(png_join *j, up_error *error)
{
    uint8_t signature[UP_PNG_SIGNATURE_SIZE];
    UP_TRY(up_reader_open(&j->reader, j->joining->band[j->band], error));
    UP_TRY(up_reader_exact(j->reader, signature, sizeof signature, error));
    UP_TRY(read_chunk_head(j, error));
    if (memcmp(signature, UP_PNG_SIGNATURE, sizeof signature) != 0 || j->size != IHDR_SIZE)
        return unlike(j, error);
    UP_TRY(up_reader_exact(j->reader, j->head, IHDR_SIZE, error));
    uint8_t sum[UP_PNG_CHUNK_TAIL];
    return up_reader_exact(j->reader, sum, sizeof sum, error);
}

/* Of an IHDR all but the height is the same. */
static up_status look_at(png_join *j, up_error *error)
{
    UP_TRY(open_band(j, error));
    if (j->band == 0)
        memcpy(j->first, j->head, IHDR_SIZE);
    j->height += up_png_get_u32(j->head + 4);
    const bool same = memcmp(j->first, j->head, 4) == 0 && j->head[12] == 0 &&
                      memcmp(j->first + 8, j->head + 8, IHDR_SIZE - 8) == 0;
    return same ? UP_OK : unlike(j, error);
}

/* The chunk at hand but for its first `skipped` bytes, which go to `lead`, as a chunk; checked. */
static up_status copy_chunk(png_join *j, uint8_t *lead, uint32_t skipped, up_error *error)
{
    uint8_t head[UP_PNG_CHUNK_HEAD], buffer[1 << 15];
    up_png_put_u32(head, j->size - skipped);
    memcpy(head + 4, j->type, 4);
    uLong was = crc32(0, head + 4, 4), is = was;
    if (skipped)
        UP_TRY(up_reader_exact(j->reader, lead, skipped, error));
    was = crc32(was, lead ? lead : head, skipped);
    UP_TRY(up_writer_write(j->joining->out, head, sizeof head, error));
    for (uint32_t left = j->size - skipped; left > 0;) {
        const uint32_t part = left < sizeof buffer ? left : (uint32_t)sizeof buffer;
        UP_TRY(up_reader_exact(j->reader, buffer, part, error));
        was = crc32(was, buffer, part);
        is = crc32(is, buffer, part);
        UP_TRY(up_writer_write(j->joining->out, buffer, part, error));
        left -= part;
    }
    UP_TRY(up_reader_exact(j->reader, head, UP_PNG_CHUNK_TAIL, error));
    if (up_png_get_u32(head) != was)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged PNG: %s: CRC error",
                       j->joining->band[j->band], j->type);
    up_png_put_u32(head, (uint32_t)is);
    return up_writer_write(j->joining->out, head, UP_PNG_CHUNK_TAIL, error);
}

static up_status leave_out(png_join *j, up_error *error)
{
    uint8_t buffer[1 << 12];
    for (int64_t left = (int64_t)j->size + UP_PNG_CHUNK_TAIL; left > 0;) {
        const size_t part = left < (int64_t)sizeof buffer ? (size_t)left : sizeof buffer;
        UP_TRY(up_reader_exact(j->reader, buffer, part, error));
        left -= (int64_t)part;
    }
    return UP_OK;
}

/* The filter of the first row, from the first bytes of a stream. */
static int first_filter(const uint8_t *stream, size_t size)
{
    uint8_t filter = UINT8_MAX;
    z_stream z = {
        .next_in = (Bytef *)stream, .avail_in = (uInt)size, .next_out = &filter, .avail_out = 1
    };
    if (inflateInit(&z) != Z_OK)
        return UINT8_MAX;
    inflate(&z, Z_SYNC_FLUSH);
    inflateEnd(&z);
    return z.avail_out ? UINT8_MAX : filter;
}

static uint32_t filtered_bytes_per_row(const png_join *j)
{
    static const uint8_t channels[] = { 1, 0, 3, 1, 2, 0, 4 };
    const uint64_t width = up_png_get_u32(j->first);
    const uint64_t bits = width * j->first[8] * (j->first[9] < 7 ? channels[j->first[9]] : 0);
    return (uint32_t)(1 + (bits + 7) / 8);
}

/* Looks ahead, so that what is copied need not be kept. */
static up_status check_first_row(png_join *j, up_error *error)
{
    uint8_t start[4096];
    const int64_t at = up_reader_position(j->reader);
    const size_t size = j->size < sizeof start ? j->size : sizeof start;
    UP_TRY(up_reader_read_at(j->reader, at, start, size, error));
    return first_filter(start, size) <= LAST_ALONE ? UP_OK : unlike(j, error);
}

static up_status end_stream(png_join *j, up_error *error)
{
    uint8_t tail[STREAM_TAIL + UP_PNG_CHUNK_TAIL];
    const int64_t rows = up_png_get_u32(j->head + 4);
    UP_TRY(up_reader_exact(j->reader, tail, sizeof tail, error));
    const uint32_t own = up_png_get_u32(tail + 2);
    const z_off_t size = (z_off_t)(rows * filtered_bytes_per_row(j));
    j->adler = j->band ? (uint32_t)adler32_combine(j->adler, own, size) : own;
    j->tail = true;
    return UP_OK;
}

static up_status take_pixels(png_join *j, up_error *error)
{
    uint8_t lead[STREAM_HEAD] = { 0 };
    const bool first = !j->inside;
    j->inside = true;
    if (j->tail || (first && j->size < STREAM_HEAD))
        return unlike(j, error);
    if (first && j->band > 0)
        UP_TRY(check_first_row(j, error));
    if (!first && j->size == STREAM_TAIL) {
        uint8_t ends[2];
        UP_TRY(up_reader_read_at(j->reader, up_reader_position(j->reader), ends, 2, error));
        if (ends[0] == 3 && ends[1] == 0)
            return end_stream(j, error);
    }
    return copy_chunk(j, lead, first && j->band > 0 ? STREAM_HEAD : 0, error);
}

static up_status put_end(png_join *j, up_error *error)
{
    uint8_t tail[STREAM_TAIL] = { 3, 0 };
    up_png_put_u32(tail + 2, j->adler);
    return up_png_write_chunk(j->joining->out, "IDAT", tail, sizeof tail, error);
}

/* What stands before the pixels comes from the first band, what stands behind them from the last.
 */
static up_status take_chunk(png_join *j, up_error *error)
{
    const bool last = j->band == j->joining->count - 1;
    if (memcmp(j->type, "IDAT", 4) == 0)
        return take_pixels(j, error);
    if (j->inside && !j->behind) {
        j->behind = true;
        if (!j->tail)
            return unlike(j, error);
        if (last)
            UP_TRY(put_end(j, error));
    }
    const bool wanted = j->inside ? last : j->band == 0;
    return wanted ? copy_chunk(j, NULL, 0, error) : leave_out(j, error);
}

static up_status take_band(png_join *j, up_error *error)
{
    j->inside = j->behind = j->tail = false;
    UP_TRY(open_band(j, error));
    do {
        UP_TRY(read_chunk_head(j, error));
        UP_TRY(take_chunk(j, error));
    } while (memcmp(j->type, "IEND", 4) != 0);
    return UP_OK;
}

static up_status put_head(png_join *j, up_error *error)
{
    if (j->height > INT_MAX)
        return up_fail(error, UP_ERROR_LIMIT, "%lld rows are too many", (long long)j->height);
    up_png_put_u32(j->first + 4, (uint32_t)j->height);
    UP_TRY(up_writer_write(j->joining->out, UP_PNG_SIGNATURE, UP_PNG_SIGNATURE_SIZE, error));
    return up_png_write_chunk(j->joining->out, "IHDR", j->first, IHDR_SIZE, error);
}

static up_status each_band(png_join *j, up_status (*take)(png_join *, up_error *), up_error *error)
{
    up_status status = UP_OK;
    for (j->band = 0; j->band < j->joining->count && status == UP_OK; j->band++) {
        j->reader = NULL;
        status = take(j, error);
        if (j->reader)
            up_reader_close(&j->reader);
    }
    return status;
}

up_status up_join_png(const up_joining *joining, up_error *error)
{
    png_join j = { .joining = joining };
    UP_TRY(each_band(&j, look_at, error));
    UP_TRY(put_head(&j, error));
    return each_band(&j, take_band, error);
}
