#include "io/png_chunk.h"

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
    UP_TRY(up_writer_write(writer, data, size, error));
    return up_writer_write(writer, tail, sizeof tail, error);
}
