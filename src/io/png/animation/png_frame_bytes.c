/* SPDX-License-Identifier: MIT */
#include "io/png/animation/png_frame_bytes.h"

#include <string.h>
#include <zlib.h>

enum { HEADER_SIZE = 13, NUMBER_SIZE = 4 };

/* A chunk of the file, behind what is in front already. */
static void copy_chunk(up_png_frame_bytes *b, const up_png_place *chunk)
{
    uint8_t *data = b->front + b->front_size + UP_PNG_CHUNK_HEAD;
    if (!up_png_fetch(data, chunk->size, chunk, b->reader))
        return;
    up_png_seal(data, chunk->type, chunk->size);
    b->front_size += UP_PNG_CHUNK_HEAD + chunk->size + UP_PNG_CHUNK_TAIL;
}

up_status up_png_frame_bytes_open(up_png_frame_bytes *b, up_reader *reader, up_error *error)
{
    up_png_place chunk;
    bool palette = false, keys = false;
    *b = (up_png_frame_bytes){ .reader = reader, .next = UP_PNG_SIGNATURE_SIZE };
    memcpy(b->front, UP_PNG_SIGNATURE, UP_PNG_SIGNATURE_SIZE);
    b->front_size = UP_PNG_SIGNATURE_SIZE;
    if (!up_png_walk(&chunk, reader, &b->next) || chunk.size != HEADER_SIZE)
        return up_reader_fail(reader, error);
    copy_chunk(b, &chunk);
    b->next = UP_PNG_SIGNATURE_SIZE;
    for (int64_t at = b->next; up_png_walk(&chunk, reader, &at) && !up_png_is(&chunk, "IDAT");) {
        if (up_png_is(&chunk, "PLTE") && !palette && chunk.size <= UP_PNG_PALETTE_MOST) {
            copy_chunk(b, &chunk);
            palette = true;
        }
        if (up_png_is(&chunk, "tRNS") && !keys && chunk.size <= UP_PNG_KEYS_MOST) {
            copy_chunk(b, &chunk);
            keys = true;
        }
    }
    return UP_OK;
}

bool up_png_frame_bytes_next(up_png_frame_bytes *b, up_placed *place, up_duration *duration)
{
    uint8_t control[UP_PNG_FCTL_SIZE],
        *header = b->front + UP_PNG_SIGNATURE_SIZE + UP_PNG_CHUNK_HEAD;
    up_png_place chunk;
    do {
        if (!up_png_walk(&chunk, b->reader, &b->next))
            return false;
    } while (!up_png_is(&chunk, "fcTL"));
    if (!up_png_fetch(control, sizeof control, &chunk, b->reader) ||
        !up_png_frame_parse(place, duration, control, sizeof control))
        return false;
    memcpy(header, control + 4, 8);
    up_png_seal(header, "IHDR", HEADER_SIZE);
    b->cut = false;
    b->left = 0;
    b->piece = b->front;
    b->at = 0;
    b->end = b->front_size;
    return true;
}

/* Where there are no more pixels: libpng is not to look for others. */
static void end_frame(up_png_frame_bytes *b)
{
    b->cut = true;
    up_png_seal(b->buffer + UP_PNG_CHUNK_HEAD, "IEND", 0);
    b->end = UP_PNG_CHUNK_HEAD + UP_PNG_CHUNK_TAIL;
}

/* The next chunk of pixels; false: another frame begins, or the file ends. */
static bool find_pixels(up_png_frame_bytes *b)
{
    for (;;) {
        int64_t at = b->next;
        if (!up_png_walk(&b->chunk, b->reader, &at) || up_png_is(&b->chunk, "fcTL"))
            return false;
        b->next = at;
        const bool own = up_png_is(&b->chunk, "fdAT");
        if (!own && !up_png_is(&b->chunk, "IDAT"))
            continue;
        b->checksum = (uint32_t)crc32(0, (const Bytef *)b->chunk.type, 4);
        b->left = b->chunk.there;
        if (b->left > (own ? NUMBER_SIZE : 0))
            break;
    }
    return true;
}

/* The number before the pixels counts in their checksum. */
static up_status skip_number(up_png_frame_bytes *b, up_error *error)
{
    uint8_t number[NUMBER_SIZE];
    UP_TRY(up_reader_read_at(b->reader, b->chunk.data, number, sizeof number, error));
    b->checksum = (uint32_t)crc32(b->checksum, number, sizeof number);
    b->left -= NUMBER_SIZE;
    return UP_OK;
}

static up_status check_tail(up_png_frame_bytes *b, up_error *error)
{
    uint8_t tail[UP_PNG_CHUNK_TAIL];
    const int64_t at = b->chunk.data + b->chunk.size;
    if (b->chunk.there < b->chunk.size ||
        up_reader_read_at(b->reader, at, tail, sizeof tail, NULL) != UP_OK ||
        up_png_get_u32(tail) == b->checksum)
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged PNG: %s: CRC error",
                   up_reader_name(b->reader), b->chunk.type);
}

static up_status take_piece(up_png_frame_bytes *b, up_error *error)
{
    b->piece = b->buffer;
    b->at = 0;
    if (b->left == 0) {
        if (!find_pixels(b)) {
            end_frame(b);
            return UP_OK;
        }
        if (up_png_is(&b->chunk, "fdAT"))
            UP_TRY(skip_number(b, error));
    }
    const size_t size = b->left < UP_PNG_FRAME_PIECE ? (size_t)b->left : UP_PNG_FRAME_PIECE;
    uint8_t *data = b->buffer + UP_PNG_CHUNK_HEAD;
    UP_TRY(
        up_reader_read_at(b->reader, b->chunk.data + b->chunk.there - b->left, data, size, error));
    b->left -= (int64_t)size;
    b->checksum = (uint32_t)crc32_z(b->checksum, data, size);
    if (b->left == 0)
        UP_TRY(check_tail(b, error));
    up_png_put_u32(b->buffer, (uint32_t)size);
    memcpy(b->buffer + 4, "IDAT", 4);
    b->end = UP_PNG_CHUNK_HEAD + size + UP_PNG_CHUNK_TAIL; /* the last of which nobody looks at */
    return UP_OK;
}

up_status up_png_frame_bytes_read(up_png_frame_bytes *b, uint8_t *data, size_t size,
                                  up_error *error)
{
    while (size > 0) {
        if (b->at == b->end)
            UP_TRY(take_piece(b, error));
        const size_t count = b->end - b->at < size ? b->end - b->at : size;
        memcpy(data, b->piece + b->at, count);
        b->at += count;
        data += count;
        size -= count;
    }
    return UP_OK;
}
