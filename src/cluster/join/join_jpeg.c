/* SPDX-License-Identifier: MIT */
/* JPEG: a restart marker ends every row of blocks in a band, and nothing behind it depends on what
 * was before, so that the entropy-coded data of bands go one behind the other with one more marker
 * between, all numbered anew (ITU-T T.81, B.2.1, E.1.4). */

#include "cluster/join/join_bands.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { SOF0 = 0xc0, SOF2 = 0xc2, SOI = 0xd8, EOI = 0xd9, SOS = 0xda, DRI = 0xdd, RST0 = 0xd0 };
enum { MOST_ROWS = 65535 };

typedef struct {
    uint8_t *bytes; /* all up to the entropy-coded data */
    size_t size, room;
    size_t sof; /* where the height stands */
    int height, block_rows;
    bool restarts;
} jpeg_head;

static up_status append(jpeg_head *h, up_reader *reader, size_t size, up_error *error)
{
    if (h->size + size > h->room) {
        const size_t room = 2 * (h->size + size);
        uint8_t *grown = realloc(h->bytes, room);
        if (!grown)
            return up_fail_memory(error, up_reader_name(reader), room);
        h->bytes = grown;
        h->room = room;
    }
    UP_TRY(up_reader_exact(reader, h->bytes + h->size, size, error));
    h->size += size;
    return UP_OK;
}

static void look_at_frame(jpeg_head *h, size_t at, size_t size)
{
    const uint8_t *b = h->bytes + at;
    if (size < 8)
        return;
    h->sof = at + 3;
    h->height = b[3] << 8 | b[4];
    for (int c = 0; c < b[7] && 8u + 3u * (unsigned)c + 1u < size; c++)
        h->block_rows = up_max(h->block_rows, 8 * (b[8 + 3 * c + 1] & 15));
}

static up_status read_head(jpeg_head *h, up_reader *reader, up_error *error)
{
    int marker = SOI;
    UP_TRY(append(h, reader, 2, error));
    while (marker != SOS) {
        const size_t at = h->size + 2;
        UP_TRY(append(h, reader, 4, error));
        marker = h->bytes[at - 1];
        const size_t size = (size_t)h->bytes[at] << 8 | h->bytes[at + 1];
        if (h->bytes[at - 2] != 0xff || size < 2 || marker == SOF2)
            return up_join_unlike(up_reader_name(reader), error);
        UP_TRY(append(h, reader, size - 2, error));
        if (marker == SOF0 || marker == SOF0 + 1)
            look_at_frame(h, at, size);
        h->restarts |= marker == DRI;
    }
    return h->sof && h->restarts && h->block_rows ? UP_OK
                                                  : up_join_unlike(up_reader_name(reader), error);
}

static up_status open_band(up_reader **reader, jpeg_head *h, const char *path, up_error *error)
{
    h->size = h->sof = 0;
    h->restarts = false;
    h->block_rows = 0;
    UP_TRY(up_reader_open(reader, path, error));
    up_status status = read_head(h, *reader, error);
    if (status != UP_OK)
        up_reader_close(reader);
    return status;
}

static void set_height(jpeg_head *h, int height)
{
    h->bytes[h->sof] = (uint8_t)(height >> 8);
    h->bytes[h->sof + 1] = (uint8_t)height;
}

/* Up to the end of the image, which is left out. */
static up_status copy_scan(const up_joining *j, up_reader *reader, int *restart, up_error *error)
{
    uint8_t buffer[1 << 15], out[sizeof buffer + 1];
    bool marked = false; /* the last byte was the ff of a marker, not written yet */
    for (size_t size; (size = up_reader_read(reader, buffer, sizeof buffer)) > 0;) {
        size_t used = 0;
        for (size_t i = 0; i < size; i++) {
            uint8_t byte = buffer[i];
            if (!marked && byte == 0xff) {
                marked = true;
                continue;
            }
            if (marked) {
                if (byte == EOI)
                    return up_writer_write(j->out, out, used, error);
                if (byte >= RST0 && byte < RST0 + 8)
                    byte = (uint8_t)(RST0 + (*restart)++ % 8);
                out[used++] = 0xff;
                marked = false;
                if (used == sizeof out) {
                    UP_TRY(up_writer_write(j->out, out, used, error));
                    used = 0;
                }
            }
            out[used++] = byte;
        }
        UP_TRY(up_writer_write(j->out, out, used, error));
    }
    return up_join_unlike(up_reader_name(reader), error);
}

static bool same_heads(jpeg_head *a, jpeg_head *b)
{
    if (a->size != b->size || a->sof != b->sof)
        return false;
    const int height = b->height;
    set_height(b, a->height);
    const bool same = memcmp(a->bytes, b->bytes, a->size) == 0;
    set_height(b, height);
    return same;
}

static up_status look_at_all(const up_joining *j, jpeg_head *first, jpeg_head *head, int *height,
                             up_error *error)
{
    up_reader *reader;
    for (int b = 0; b < j->count; b++) {
        jpeg_head *h = b ? head : first;
        UP_TRY(open_band(&reader, h, j->band[b], error));
        up_reader_close(&reader);
        const bool last = b == j->count - 1;
        if ((b && !same_heads(first, head)) || (!last && h->height % h->block_rows != 0))
            return up_join_unlike(j->band[b], error);
        *height += h->height;
        if (*height > MOST_ROWS)
            return up_fail(error, UP_ERROR_UNSUPPORTED, "JPEG holds at most %d rows", MOST_ROWS);
    }
    return UP_OK;
}

static up_status put_all(const up_joining *j, jpeg_head *first, jpeg_head *head, int height,
                         up_error *error)
{
    int restart = 0;
    set_height(first, height);
    UP_TRY(up_writer_write(j->out, first->bytes, first->size, error));
    for (int b = 0; b < j->count; b++) {
        up_reader *reader;
        const uint8_t between[2] = { 0xff, (uint8_t)(RST0 + restart % 8) };
        if (b > 0) {
            UP_TRY(up_writer_write(j->out, between, 2, error));
            restart++;
        }
        UP_TRY(open_band(&reader, head, j->band[b], error));
        const up_status status = copy_scan(j, reader, &restart, error);
        up_reader_close(&reader);
        UP_TRY(status);
    }
    return up_writer_write(j->out, "\xff\xd9", 2, error);
}

up_status up_join_jpeg(const up_joining *joining, up_error *error)
{
    jpeg_head first = { 0 }, head = { 0 };
    int height = 0;
    up_status status = look_at_all(joining, &first, &head, &height, error);
    if (status == UP_OK)
        status = put_all(joining, &first, &head, height, error);
    free(first.bytes);
    free(head.bytes);
    return status;
}
