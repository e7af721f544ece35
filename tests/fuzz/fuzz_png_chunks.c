/* SPDX-License-Identifier: MIT */
/* PNG chunks with the right checksums and zlib streams, which bytes alone do not come by. The input
 * is chunk after chunk: type, length (2 bytes, least first), data. Data of IDAT are deflated, and
 * so is what is behind the first NUL and the byte after it in iCCP and zTXt. */
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void put_big(fuzz_bytes *to, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        fuzz_put_number(to, number >> shift & 255, 1);
}

static void deflate_part(fuzz_bytes *to, const uint8_t *data, size_t size)
{
    uLongf length = compressBound(size);
    uint8_t *packed = malloc(length);
    if (packed && compress2(packed, &length, data, size, 1) == Z_OK)
        fuzz_put(to, packed, length);
    free(packed);
}

static void put_chunk(fuzz_bytes *png, const uint8_t *type, const uint8_t *data, size_t size)
{
    fuzz_bytes part = { 0 };
    size_t plain = size;
    fuzz_put(&part, type, 4);
    if (memcmp(type, "IDAT", 4) == 0)
        plain = 0;
    else if (memcmp(type, "iCCP", 4) == 0 || memcmp(type, "zTXt", 4) == 0) {
        const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
        plain = nul && (size_t)(nul - data) + 2 <= size ? (size_t)(nul - data) + 2 : size;
    }
    fuzz_put(&part, data, plain);
    if (plain < size)
        deflate_part(&part, data + plain, size - plain);
    put_big(png, (uint32_t)part.size - 4);
    fuzz_put(png, part.data, part.size);
    put_big(png, (uint32_t)crc32(0, part.data, (uInt)part.size));
    free(part.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes png = { 0 };
    fuzz_put(&png, "\x89PNG\r\n\x1a\n", 8);
    while (size >= 6) {
        size_t length = data[4] | (size_t)data[5] << 8;
        length = length < size - 6 ? length : size - 6;
        put_chunk(&png, data, data + 6, length);
        data += 6 + length;
        size -= 6 + length;
    }
    fuzz_picture(png.data, png.size);
    free(png.data);
    return 0;
}
