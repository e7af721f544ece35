/* SPDX-License-Identifier: MIT */
#include "io/png/animation/png_walk.h"

#include <string.h>
#include <zlib.h>

bool up_png_walk(up_png_place *chunk, up_reader *reader, int64_t *at)
{
    uint8_t head[UP_PNG_CHUNK_HEAD];
    const int64_t left = up_reader_size(reader) - *at;
    if (left < UP_PNG_CHUNK_HEAD ||
        up_reader_read_at(reader, *at, head, sizeof head, NULL) != UP_OK)
        return false;
    const uint32_t size = up_png_get_u32(head);
    memcpy(chunk->type, head + 4, 4);
    chunk->type[4] = 0;
    chunk->data = *at + UP_PNG_CHUNK_HEAD;
    chunk->size = size;
    chunk->there = left - UP_PNG_CHUNK_HEAD < size ? left - UP_PNG_CHUNK_HEAD : size;
    *at = chunk->data + size + UP_PNG_CHUNK_TAIL;
    return size <= INT32_MAX && !up_png_is(chunk, "IEND");
}

bool up_png_fetch(uint8_t *data, uint32_t size, const up_png_place *chunk, up_reader *reader)
{
    uint8_t tail[UP_PNG_CHUNK_TAIL];
    if (chunk->size != size || chunk->there != size ||
        up_reader_read_at(reader, chunk->data, data, size, NULL) != UP_OK ||
        up_reader_read_at(reader, chunk->data + size, tail, sizeof tail, NULL) != UP_OK)
        return false;
    const uLong sum = crc32_z(crc32(0, (const Bytef *)chunk->type, 4), data, size);
    return sum == up_png_get_u32(tail);
}
