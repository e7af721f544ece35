/* SPDX-License-Identifier: MIT */
#include "compare/pictures/tile_text.h"

#include "base/memory.h"
#include "io/formats.h"
#include "io/pixels.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *to_base64(const uint8_t *bytes, size_t size)
{
    char *text = up_alloc((size + 2) / 3 * 4 + 1, 1), *out = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned group = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        for (int shift = 18; shift >= 0; shift -= 6)
            *out++ = digits[group >> shift & 63];
    }
    for (size_t pad = (3 - size % 3) % 3; pad > 0; pad--)
        out[-(ptrdiff_t)pad] = '=';
    *out = 0;
    return text;
}

static up_status put_rows(up_sink *sink, const void **row, const up_pixels *pixels,
                          size_t row_bytes, up_error *error)
{
    int height = pixels->format.height;
    for (int y = 0; y < height; y++)
        row[y] = (const char *)pixels->data + (size_t)y * row_bytes;
    UP_TRY(sink->accept(sink, 0, row, height, error));
    UP_TRY(sink->pack(sink, 0, error));
    UP_TRY(sink->emit(sink, 0, error));
    return sink->finish(sink, error);
}

static up_status open_sink(up_sink **sink, up_kept_bytes *png, const up_pixels *pixels,
                           size_t bytes, const up_metadata *metadata, up_error *error)
{
    up_encoding encoding = { .metadata = *metadata };
    encoding.metadata.exif = encoding.metadata.xmp = (up_blob){ 0 };
    encoding.metadata.dpi_x = encoding.metadata.dpi_y = encoding.metadata.aspect = 0;
    up_writer *writer;
    UP_TRY(up_writer_open_memory(&writer, "a tile", png, error));
    return up_sink_open_writer(sink, &up_png_sink, writer, &pixels->format, &encoding, 1, bytes,
                               error);
}

up_status up_tile_text(char **base64, const up_pixels *pixels, const up_metadata *metadata,
                       up_error *error)
{
    size_t row_bytes, bytes, height = (size_t)pixels->format.height;
    const void **row = up_alloc(height, sizeof *row);
    up_kept_bytes png = { .most = SIZE_MAX };
    up_sink *sink = NULL;
    *base64 = NULL;
    if (!row || !up_row_size(&pixels->format, &row_bytes) || !up_mul(row_bytes, height, &bytes)) {
        up_free(row);
        return up_fail_memory(error, "a tile", height);
    }
    up_status status = open_sink(&sink, &png, pixels, bytes, metadata, error);
    if (status == UP_OK)
        status = put_rows(sink, row, pixels, row_bytes, error);
    if (status == UP_OK && !(*base64 = to_base64(png.data, png.size)))
        status = up_fail_memory(error, "a tile", png.size);
    up_free(png.data);
    up_sink_close(&sink);
    up_free(row);
    return status;
}
