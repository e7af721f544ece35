/* SPDX-License-Identifier: MIT */
#include "compare/pictures/tile_encode.h"

#include "base/memory.h"
#include "io/formats.h"
#include "io/pixels.h"

enum {
    WEBP_EFFORT = 3,    /* what more finds is below 1 %, and takes twice as long */
    NEAR_LOSSLESS = 80, /* off by 1 at most, and a fifth smaller */
};

static up_status put_rows(up_sink *sink, const up_pixels *pixels, up_error *error)
{
    size_t row_bytes;
    const int height = pixels->format.height;
    const void **row = up_alloc((size_t)height, sizeof *row);
    if (!row || !up_row_size(&pixels->format, &row_bytes)) {
        up_free(row);
        return up_fail_memory(error, "a tile", (size_t)height * sizeof *row);
    }
    for (int y = 0; y < height; y++)
        row[y] = (const char *)pixels->data + (size_t)y * row_bytes;
    up_status status = sink->accept(sink, 0, row, height, error);
    if (status == UP_OK && sink->pack)
        status = sink->pack(sink, 0, error);
    if (status == UP_OK && sink->emit)
        status = sink->emit(sink, 0, error);
    up_free(row);
    return status == UP_OK ? sink->finish(sink, error) : status;
}

static up_status encode(up_kept_bytes *tile, const up_sink_format *type, const up_pixels *pixels,
                        const up_metadata *metadata, bool exact, up_error *error)
{
    up_encoding encoding = { .metadata = *metadata,
                             .lossless = true,
                             .near_lossless = exact ? 0 : NEAR_LOSSLESS };
    encoding.effort = type == &up_png_sink ? 0 : WEBP_EFFORT;
    encoding.metadata.exif = encoding.metadata.xmp = (up_blob){ 0 };
    encoding.metadata.dpi_x = encoding.metadata.dpi_y = encoding.metadata.aspect = 0;
    up_writer *writer;
    up_sink *sink = NULL;
    size_t bytes;
    *tile = (up_kept_bytes){ .most = SIZE_MAX };
    if (!up_frame_size(&pixels->format, &bytes))
        return up_fail_memory(error, "a tile", SIZE_MAX);
    UP_TRY(up_writer_open_memory(&writer, "a tile", tile, error));
    up_status status =
        up_sink_open_writer(&sink, type, writer, &pixels->format, &encoding, 1, bytes, error);
    if (status == UP_OK)
        status = put_rows(sink, pixels, error);
    up_sink_close(&sink);
    return status;
}

/* Its samples are always RGB, so that a profile of greys would not fit them; and besides profiles
 * it can say nothing of colours. */
static bool suits_webp(const up_format *format, const up_metadata *metadata)
{
    const up_color_tags *said = &metadata->color;
    const bool undeclared = said->gamma == 0 && said->chromaticities[0] == 0;
    return format->sample == UP_SAMPLE_U8 && (format->channels == 1 || format->channels == 3) &&
           !said->has_cicp &&
           (metadata->icc.data ? format->channels == 3 : said->has_srgb || undeclared);
}

up_status up_tile_encode_png(up_kept_bytes *tile, const up_pixels *pixels,
                             const up_metadata *metadata, up_error *error)
{
    up_status status = encode(tile, &up_png_sink, pixels, metadata, true, error);
    if (status != UP_OK) {
        up_free(tile->data);
        *tile = (up_kept_bytes){ 0 };
    }
    return status;
}

static up_status encode_smaller(up_kept_bytes *tile, const up_pixels *pixels,
                                const up_metadata *metadata, bool exact, up_error *error)
{
    const up_sink_format *webp; /* a build may be without it */
    const bool has_webp = up_sink_format_find(&webp, "webp", NULL, NULL) == UP_OK;
    UP_TRY(up_tile_encode_png(tile, pixels, metadata, error));
    up_status status = UP_OK;
    if (has_webp && suits_webp(&pixels->format, metadata)) {
        up_kept_bytes other;
        status = encode(&other, webp, pixels, metadata, exact, error);
        up_kept_bytes larger = other;
        if (status == UP_OK && other.size < tile->size) {
            larger = *tile;
            *tile = other;
        }
        up_free(larger.data);
    }
    if (status != UP_OK) {
        up_free(tile->data);
        *tile = (up_kept_bytes){ 0 };
    }
    return status;
}

up_status up_tile_encode(up_kept_bytes *tile, const up_pixels *pixels, const up_metadata *metadata,
                         up_error *error)
{
    return encode_smaller(tile, pixels, metadata, true, error);
}

up_status up_tile_encode_far(up_kept_bytes *tile, const up_pixels *pixels,
                             const up_metadata *metadata, up_error *error)
{
    return encode_smaller(tile, pixels, metadata, false, error);
}
