/* SPDX-License-Identifier: MIT */
#include "io/png/png_chunk.h"

#include "base/memory.h"

#include <string.h>
#include <zlib.h>

#define SIZE_MOST ((size_t)INT32_MAX)

uint32_t up_png_get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void up_png_put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

void up_png_seal(uint8_t *data, const char *type, size_t size)
{
    up_png_put_u32(data - 8, (uint32_t)size);
    memcpy(data - 4, type, 4);
    up_png_put_u32(data + size, (uint32_t)crc32_z(0, data - 4, size + 4));
}

up_status up_png_inflate(up_blob *blob, const uint8_t *data, size_t size, size_t most, bool *sound,
                         up_error *error)
{
    *sound = false;
    size_t room = size < most / 4 ? 4 * size + 4096 : most;
    for (int result = Z_BUF_ERROR; result == Z_BUF_ERROR; room *= 4) {
        room = room < most ? room : most;
        uint8_t *bytes = up_alloc(room, 1);
        if (!bytes)
            return up_fail_memory(error, "metadata", room);
        uLongf made = room;
        result = uncompress(bytes, &made, data, size);
        up_status status = result == Z_OK ? up_blob_set(blob, bytes, made, error) : UP_OK;
        up_free(bytes);
        UP_TRY(status);
        *sound = result == Z_OK;
        if (room == most)
            break;
    }
    return UP_OK;
}

up_status up_png_write_chunk(up_writer *writer, const char *type, const void *data, size_t size,
                             up_error *error)
{
    uint8_t head[UP_PNG_CHUNK_HEAD], tail[UP_PNG_CHUNK_TAIL];
    if (size > SIZE_MOST)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: %zu bytes do not fit a PNG %s chunk; use --strip",
                       up_writer_name(writer), size, type);
    up_png_put_u32(head, (uint32_t)size);
    memcpy(head + 4, type, 4);
    uLong crc = crc32(0, head + 4, 4);
    if (size)
        crc = crc32_z(crc, data, size);
    up_png_put_u32(tail, (uint32_t)crc);
    UP_TRY(up_writer_write(writer, head, sizeof head, error));
    if (size)
        UP_TRY(up_writer_write(writer, data, size, error));
    return up_writer_write(writer, tail, sizeof tail, error);
}
