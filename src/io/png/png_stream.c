/* SPDX-License-Identifier: MIT */
#include "io/png/png_stream.h"

#include <string.h>
#include <zlib.h>

static bool is_pixels(const up_png_stream *s)
{
    return memcmp(s->type, "IDAT", 4) == 0;
}

static bool is_critical(const up_png_stream *s)
{
    return !(s->type[0] & 0x20);
}

static bool is_type(const uint8_t *type)
{
    for (int i = 0; i < 4; i++)
        if ((type[i] | 0x20) < 'a' || (type[i] | 0x20) > 'z')
            return false;
    return true;
}

static up_status truncated(up_png_stream *s, up_error *error)
{
    s->cut = true;
    return up_reader_exact(s->reader, s->buffer, 1, error); /* says why nothing follows */
}

/* No chunk can be found here: the end of a file that has begun with its pixels, else an error. */
static up_status end_here(up_png_stream *s, up_error *error)
{
    if (!s->pixels || up_reader_failed(s->reader))
        return truncated(s, error);
    s->cut = true;
    s->inside = false;
    up_png_seal(s->buffer + UP_PNG_CHUNK_HEAD, "IEND", 0);
    s->at = 0;
    s->end = UP_PNG_CHUNK_HEAD + UP_PNG_CHUNK_TAIL;
    return UP_OK;
}

static up_status take_signature(up_png_stream *s, up_error *error)
{
    s->begun = true;
    s->end = UP_PNG_SIGNATURE_SIZE;
    return up_reader_exact(s->reader, s->buffer, s->end, error);
}

static up_status take_head(up_png_stream *s, up_error *error)
{
    uint8_t *head = s->buffer;
    if (up_reader_read(s->reader, head, UP_PNG_CHUNK_HEAD) != UP_PNG_CHUNK_HEAD)
        return end_here(s, error);
    s->left = up_png_get_u32(head);
    if (s->pixels && (s->left > INT32_MAX || !is_type(head + 4)))
        return end_here(s, error);
    memcpy(s->type, head + 4, 4);
    s->checksum = (uint32_t)crc32(0, head + 4, 4);
    s->inside = true;
    s->pixels |= is_pixels(s);
    s->end = is_pixels(s) ? 0 : UP_PNG_CHUNK_HEAD;
    return UP_OK;
}

static up_status take_data(up_png_stream *s, up_error *error)
{
    uint8_t *data = s->buffer + UP_PNG_CHUNK_HEAD;
    size_t size = s->left < UP_PNG_PIECE ? s->left : UP_PNG_PIECE;
    size = up_reader_read(s->reader, data, size);
    if (size == 0)
        return is_pixels(s) ? end_here(s, error) : truncated(s, error);
    s->left -= size;
    if (is_critical(s))
        s->checksum = (uint32_t)crc32_z(s->checksum, data, size);
    s->at = is_pixels(s) ? 0 : UP_PNG_CHUNK_HEAD;
    s->end = UP_PNG_CHUNK_HEAD + size;
    if (is_pixels(s)) {
        up_png_put_u32(s->buffer, (uint32_t)size);
        memcpy(s->buffer + 4, s->type, 4);
        s->end += UP_PNG_CHUNK_TAIL; /* which libpng does not look at */
    }
    return UP_OK;
}

static up_status take_tail(up_png_stream *s, up_error *error)
{
    uint8_t *tail = s->buffer;
    if (up_reader_read(s->reader, tail, UP_PNG_CHUNK_TAIL) != UP_PNG_CHUNK_TAIL)
        return is_critical(s) ? end_here(s, error) : truncated(s, error);
    s->inside = false;
    s->end = is_pixels(s) ? 0 : UP_PNG_CHUNK_TAIL;
    if (!is_critical(s) || up_png_get_u32(tail) == s->checksum)
        return UP_OK;
    s->bad_end = memcmp(s->type, "IEND", 4) == 0;
    return s->bad_end ? UP_OK
                      : up_fail(error, UP_ERROR_INPUT, "%s: damaged PNG: %.4s: CRC error",
                                up_reader_name(s->reader), s->type);
}

static up_status take_more(up_png_stream *s, up_error *error)
{
    s->at = s->end = 0;
    if (!s->begun)
        return take_signature(s, error);
    if (!s->inside)
        return take_head(s, error);
    return s->left > 0 ? take_data(s, error) : take_tail(s, error);
}

up_status up_png_stream_read(up_png_stream *s, uint8_t *data, size_t size, up_error *error)
{
    while (size > 0) {
        while (s->at == s->end)
            UP_TRY(take_more(s, error));
        size_t count = s->end - s->at < size ? s->end - s->at : size;
        memcpy(data, s->buffer + s->at, count);
        s->at += count;
        data += count;
        size -= count;
    }
    return UP_OK;
}
