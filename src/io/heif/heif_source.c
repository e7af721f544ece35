/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/boxes/box.h"
#include "io/heif/heif_file.h"
#include "io/heif/heif_luma.h"
#include "io/held_rows.h"
#include "io/metadata/exif.h"
#include "io/pixels.h"

#include <string.h>

/* As measured: of what it decodes, converts and turns, in bytes for one of luma. Further pictures
 * of a stream have their planes, and what libde265 notes of their blocks. */
enum { HELD_EACH = 14, HELD_BESIDE = 4, HELD_LEAST = 4 << 20 };

typedef struct {
    up_source base;
    up_heif_file file;
    struct heif_image *pixels;
    const uint8_t *plane; /* of `pixels` */
    int stride;
    bool premultiplied;
    uint32_t most;     /* of a sample, as decoded */
    up_hevc_luma luma; /* while it is decoded */
    int y;             /* next row to deliver */
} heif_source;

/* ---- pixels */

static enum heif_chroma wanted(const up_format *f)
{
    const bool alpha = up_color_has_alpha(f->color);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    if (f->sample == UP_SAMPLE_U16)
        return alpha ? heif_chroma_interleaved_RRGGBBAA_BE : heif_chroma_interleaved_RRGGBB_BE;
#endif
    if (f->sample == UP_SAMPLE_U16)
        return alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE;
    return alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
}

static up_status start(heif_source *s, up_error *error)
{
    const up_format *f = &s->base.format;
    const struct heif_error said = up_heif.heif_decode_image(s->file.picture, &s->pixels,
                                                             heif_colorspace_RGB, wanted(f), NULL);
    if (said.code != heif_error_Ok)
        return up_heif_fail(&s->file, said, error);
    const enum heif_channel all = heif_channel_interleaved;
    const int bits = up_heif.heif_image_get_bits_per_pixel_range(s->pixels, all);
    const bool wide = f->sample == UP_SAMPLE_U16;
    s->plane = up_heif.heif_image_get_plane_readonly(s->pixels, all, &s->stride);
    s->most = bits > 0 && bits <= 16 ? (1u << bits) - 1 : 0;
    if (s->plane && up_heif.heif_image_get_width(s->pixels, all) == f->width &&
        up_heif.heif_image_get_height(s->pixels, all) == f->height && (wide ? bits > 8 : bits == 8))
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged HEIF: its pixels are not as it says",
                   up_reader_name(s->file.reader));
}

static void widen(uint16_t *sample, size_t count, uint32_t most)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t v = sample[i] < most ? sample[i] : most;
        sample[i] = (uint16_t)((v * UINT16_MAX + most / 2) / most);
    }
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    heif_source *s = (heif_source *)source;
    const up_format *f = &source->format;
    size_t row_bytes;
    if (!s->plane)
        UP_TRY(start(s, error));
    up_row_size(f, &row_bytes);
    for (int i = 0; i < count; i++, s->y++) {
        memcpy(row[i], s->plane + (size_t)s->y * (size_t)s->stride, row_bytes);
        if (s->most < UINT16_MAX && f->sample == UP_SAMPLE_U16)
            widen(row[i], (size_t)f->width * (size_t)f->channels, s->most);
        if (s->premultiplied)
            up_divide_by_alpha(f, row[i]);
    }
    return UP_OK;
}

static void close_heif(up_source *source)
{
    heif_source *s = (heif_source *)source;
    if (s->pixels)
        up_heif.heif_image_release(s->pixels);
    up_heif_close(&s->file);
}

/* ---- opening */

static bool held_bytes(const heif_source *s, size_t *bytes)
{
    const up_format *f = &s->base.format;
    size_t beside;
    if (!up_mul((size_t)f->width, (size_t)f->height, bytes) ||
        !up_mul(*bytes, up_sample_size(f->sample), bytes))
        return false;
    *bytes = *bytes > s->luma.bytes ? *bytes : s->luma.bytes;
    return up_mul(*bytes, HELD_EACH, bytes) && up_add(*bytes, HELD_LEAST, bytes) &&
           up_mul(s->luma.beside, HELD_BESIDE, &beside) && up_add(*bytes, beside, bytes) &&
           up_add(*bytes, up_reader_held(s->file.reader), bytes);
}

static up_status set_format(heif_source *s, up_error *error)
{
    const struct heif_image_handle *picture = s->file.picture;
    const bool alpha = up_heif.heif_image_handle_has_alpha_channel(picture);
    const bool wide = up_heif.heif_image_handle_get_luma_bits_per_pixel(picture) > 8;
    const char *name = up_reader_name(s->file.reader);
    up_format *f = &s->base.format;
    size_t all;
    *f = (up_format){ .width = up_heif.heif_image_handle_get_width(picture),
                      .height = up_heif.heif_image_handle_get_height(picture),
                      .channels = 3 + alpha,
                      .color = alpha ? UP_COLOR_RGBA : UP_COLOR_RGB,
                      .frames = 1,
                      .sample = wide ? UP_SAMPLE_U16 : UP_SAMPLE_U8,
                      .depth = wide ? 16 : 8 };
    s->premultiplied = alpha && up_heif.heif_image_handle_is_premultiplied_alpha(picture);
    if (f->width < 1 || f->height < 1)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged HEIF: %d x %d pixels", name, f->width,
                       f->height);
    if (up_frame_size(f, &all) && held_bytes(s, &s->base.held_bytes))
        return UP_OK;
    return up_fail_size(name, f, error);
}

static up_status begin(heif_source *s, up_reader *reader, up_error *error)
{
    up_metadata *m = &s->base.metadata;
    UP_TRY(up_reader_hold(reader, up_machine_memory_limit(0), error));
    UP_TRY(up_heif_luma(reader, &s->luma, error));
    UP_TRY(up_heif_open(&s->file, reader, error));
    UP_TRY(up_heif_take_metadata(&s->file, &s->base, error));
    up_exif_density(&m->exif, &m->dpi_x, &m->dpi_y);
    return set_format(s, error);
}

static up_status open_heif(up_source **source, up_reader *reader, up_error *error)
{
    heif_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "heic";
    s->base.upright = true;
    s->base.read = read_rows;
    s->base.close = close_heif;
    up_metadata_init(&s->base.metadata);
    return up_source_opened(source, &s->base, begin(s, reader, error));
}

static bool probe(const uint8_t *head, size_t size)
{
    static const char *const brands[] = { "heic", "heix", "heim", "heis", "mif1" };
    bool found = false;
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        found |= up_box_has_brand(head, size, brands[i]);
    return found && !up_box_has_brand(head, size, "avif") && !up_box_has_brand(head, size, "avis");
}

const up_source_format up_heic_source = {
    .type = "heic", .library = &up_heif_library, .probe = probe, .open = open_heif
};
