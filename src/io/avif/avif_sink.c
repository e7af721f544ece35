/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/avif/avif_library.h"
#include "io/held_rows.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"

#include <string.h>

enum { MOST_PIXELS = 65536 /* per side, of AV1 */ };
enum { DEFAULT_QUALITY = 90, FULL_CHROMA_QUALITY = 90, DEFAULT_EFFORT = 5 };
enum { HELD_LEAST = 8 << 20 };
enum { LOSSY_BITS = 10, LOSSLESS_BITS = 12 }; /* of what is deeper than 8 */
enum { UNSPECIFIED = 2, BT709 = 1, BT2020 = 9, SRGB_TRANSFER = 13 };

typedef struct {
    up_sink base;
    up_writer *writer;
    avifImage *picture;
    avifEncoder *encoder;
    avifRWData packed;
    up_held_rows rows; /* until they are in the planes of `picture` */
} avif_sink;

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_sink_refuse_inks("AVIF", format, error));
    UP_TRY(up_sink_choose_picture("AVIF", format, error));
    if (format->width > MOST_PIXELS || format->height > MOST_PIXELS)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "AVIF holds at most %d pixels per side, not %dx%d: write PNG instead",
                       MOST_PIXELS, format->width, format->height);
    return UP_OK;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    (void)slot;
    (void)error;
    up_held_rows_take(&((avif_sink *)sink)->rows, row, count);
    return UP_OK;
}

/* ---- the file */

static up_status fail(const avif_sink *s, avifResult said, up_error *error)
{
    const char *name = up_writer_name(s->writer);
    if (said == AVIF_RESULT_OUT_OF_MEMORY)
        return up_fail_memory(error, name, s->rows.bytes);
    return up_fail(error, UP_ERROR_OUTPUT, "%s: cannot be encoded as AVIF: %s", name,
                   up_avif.avifResultToString(said));
}

static uint32_t sample_at(const avif_sink *s, const uint8_t *row, size_t i)
{
    return s->base.format.sample == UP_SAMPLE_U16 ? ((const uint16_t *)(const void *)row)[i]
                                                  : row[i];
}

/* Channel `channel` of all pixels into a plane, rounded to its depth. */
static void fill_plane(const avif_sink *s, int channel, uint8_t *plane, size_t stride)
{
    const up_format *f = &s->base.format;
    const uint32_t white = f->sample == UP_SAMPLE_U16 ? UINT16_MAX : UINT8_MAX;
    const uint32_t most = (1u << s->picture->depth) - 1;
    for (int y = 0; y < f->height; y++) {
        const uint8_t *row = s->rows.pixels + (size_t)y * s->rows.row_bytes;
        uint8_t *to = plane + (size_t)y * stride;
        for (int x = 0; x < f->width; x++) {
            const size_t i = (size_t)x * (size_t)f->channels + (size_t)channel;
            const uint32_t v = (sample_at(s, row, i) * most + white / 2) / white;
            if (s->picture->depth > 8)
                ((uint16_t *)(void *)to)[x] = (uint16_t)v;
            else
                to[x] = (uint8_t)v;
        }
    }
}

static avifResult make_planes(avif_sink *s)
{
    const up_format *f = &s->base.format;
    avifImage *p = s->picture;
    avifRGBImage rgb;
    up_avif.avifRGBImageSetDefaults(&rgb, p);
    rgb.depth = (uint32_t)f->depth;
    rgb.format = f->channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    rgb.ignoreAlpha = AVIF_TRUE;
    rgb.chromaDownsampling = AVIF_CHROMA_DOWNSAMPLING_BEST_QUALITY;
    rgb.avoidLibYUV = AVIF_TRUE; /* whose whole numbers are a level or two off */
    rgb.pixels = s->rows.pixels;
    rgb.rowBytes = (uint32_t)s->rows.row_bytes;
    return up_avif.avifImageRGBToYUV(p, &rgb);
}

/* Alpha, greys, and RGB that is to stay so, without a detour through floats. */
static avifResult convert(avif_sink *s)
{
    static const int order[3] = { 1, 2, 0 }; /* green, blue, red */
    const up_format *f = &s->base.format;
    avifImage *p = s->picture;
    const bool alpha = up_color_has_alpha(f->color), grey = f->channels < 3;
    const bool identity = p->matrixCoefficients == AVIF_MATRIX_COEFFICIENTS_IDENTITY;
    if (!grey && !identity) {
        const avifResult said = make_planes(s);
        if (said != AVIF_RESULT_OK)
            return said;
    } else {
        up_avif.avifImageAllocatePlanes(p, AVIF_PLANES_YUV);
        for (int c = 0; c < (grey ? 1 : 3); c++) {
            if (!p->yuvPlanes[c])
                return AVIF_RESULT_OUT_OF_MEMORY;
            fill_plane(s, grey ? 0 : order[c], p->yuvPlanes[c], p->yuvRowBytes[c]);
        }
    }
    if (!alpha)
        return AVIF_RESULT_OK;
    up_avif.avifImageAllocatePlanes(p, AVIF_PLANES_A);
    if (!p->alphaPlane)
        return AVIF_RESULT_OUT_OF_MEMORY;
    fill_plane(s, f->channels - 1, p->alphaPlane, p->alphaRowBytes);
    return AVIF_RESULT_OK;
}

static up_status finish(up_sink *sink, up_error *error)
{
    avif_sink *s = (avif_sink *)sink;
    avifResult said = convert(s);
    up_held_rows_end(&s->rows);
    if (said == AVIF_RESULT_OK)
        said = up_avif.avifEncoderWrite(s->encoder, s->picture, &s->packed);
    if (said != AVIF_RESULT_OK)
        return fail(s, said, error);
    UP_TRY(up_writer_write(s->writer, s->packed.data, s->packed.size, error));
    return up_writer_publish(s->writer, error);
}

static void close_avif(up_sink *sink)
{
    avif_sink *s = (avif_sink *)sink;
    if (s->picture)
        up_avif.avifImageDestroy(s->picture);
    if (s->encoder)
        up_avif.avifEncoderDestroy(s->encoder);
    up_avif.avifRWDataFree(&s->packed);
    up_held_rows_end(&s->rows);
}

/* ---- opening */

static int quality_of(const up_encoding *encoding)
{
    return encoding->quality > 0 ? encoding->quality : DEFAULT_QUALITY;
}

static avifPixelFormat planes_of(const up_format *f, const up_encoding *encoding)
{
    if (f->channels < 3)
        return AVIF_PIXEL_FORMAT_YUV400;
    if (encoding->lossless || encoding->subsampling == UP_SUBSAMPLING_444)
        return AVIF_PIXEL_FORMAT_YUV444;
    if (encoding->subsampling == UP_SUBSAMPLING_AUTO)
        return quality_of(encoding) >= FULL_CHROMA_QUALITY ? AVIF_PIXEL_FORMAT_YUV444
                                                           : AVIF_PIXEL_FORMAT_YUV420;
    return encoding->subsampling == UP_SUBSAMPLING_422 ? AVIF_PIXEL_FORMAT_YUV422
                                                       : AVIF_PIXEL_FORMAT_YUV420;
}

/* As measured: of the library and what it brings, the picture, the encoder, and what comes out. */
static size_t held(const up_format *format, const up_encoding *encoding)
{
    const size_t sample = up_sample_size(format->sample), channels = (size_t)format->channels;
    const size_t each = 2 * channels * sample + (encoding->lossless ? 20 : 14) * channels * 2;
    return up_held_size(format->width, format->height, each, HELD_LEAST);
}

static void tell_colour(avifImage *p, const up_metadata *m, bool identity)
{
    const up_color_tags *tags = &m->color;
    const bool coded = tags->has_cicp && tags->cicp[2] == 0 && tags->cicp[3] == 1;
    p->colorPrimaries = coded ? tags->cicp[0] : m->icc.data ? UNSPECIFIED : BT709;
    p->transferCharacteristics = coded ? tags->cicp[1] : m->icc.data ? UNSPECIFIED : SRGB_TRANSFER;
    p->matrixCoefficients = identity                           ? AVIF_MATRIX_COEFFICIENTS_IDENTITY
                            : coded && tags->cicp[0] == BT2020 ? AVIF_MATRIX_COEFFICIENTS_BT2020_NCL
                                                               : AVIF_MATRIX_COEFFICIENTS_BT601;
    p->yuvRange = AVIF_RANGE_FULL;
    if (m->icc.data && !coded)
        up_avif.avifImageSetProfileICC(p, m->icc.data, m->icc.size);
    if (m->exif.data)
        up_avif.avifImageSetMetadataExif(p, m->exif.data, m->exif.size);
    if (m->xmp.data)
        up_avif.avifImageSetMetadataXMP(p, m->xmp.data, m->xmp.size);
    p->transformFlags = AVIF_TRANSFORM_NONE; /* whatever libavif makes of EXIF */
}

static void set_encoder(avifEncoder *e, const up_encoding *encoding)
{
    const int effort = encoding->effort > 0 ? encoding->effort : DEFAULT_EFFORT;
    const int quantizer =
        encoding->lossless
            ? 0
            : ((100 - quality_of(encoding)) * AVIF_QUANTIZER_WORST_QUALITY + 50) / 100;
    e->maxThreads = up_max(encoding->threads, 1);
    e->speed = AVIF_SPEED_FASTEST + 1 - effort; /* below 2 it takes minutes for a picture */
    e->minQuantizer = e->maxQuantizer = quantizer;
    e->minQuantizerAlpha = e->maxQuantizerAlpha = AVIF_QUANTIZER_LOSSLESS;
}

static up_status prepare(avif_sink *s, const up_encoding *encoding, up_error *error)
{
    const up_format *f = &s->base.format;
    const int bits = f->depth == 8 ? 8 : encoding->lossless ? LOSSLESS_BITS : LOSSY_BITS;
    const char *name = up_writer_name(s->writer);
    UP_TRY(up_held_rows_begin(&s->rows, f, name, error));
    s->encoder = up_avif.avifEncoderCreate();
    s->picture = up_avif.avifImageCreate((uint32_t)f->width, (uint32_t)f->height, (uint32_t)bits,
                                         planes_of(f, encoding));
    if (!s->encoder || !s->picture)
        return up_fail_memory(error, name, s->rows.bytes);
    tell_colour(s->picture, &encoding->metadata, encoding->lossless && f->channels >= 3);
    set_encoder(s->encoder, encoding);
    return UP_OK;
}

static up_status open_avif(up_sink **sink, up_writer *writer, const up_format *format,
                           const up_encoding *encoding, int slots, size_t group_bytes,
                           up_error *error)
{
    (void)group_bytes;
    avif_sink *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_writer_name(writer), sizeof *s);
    s->base = (up_sink){ .type = "avif",
                         .format = *format,
                         .slots = slots,
                         .accept = accept_rows,
                         .finish = finish,
                         .close = close_avif };
    s->writer = writer;
    up_status status = choose(&s->base.format, error);
    if (status == UP_OK)
        status = prepare(s, encoding, error);
    return up_sink_opened(sink, &s->base, status);
}

const up_sink_format up_avif_sink = { .type = "avif",
                                      .library = &up_avif_library,
                                      .extensions = "avif",
                                      .lossless_bits = LOSSLESS_BITS,
                                      .choose = choose,
                                      .declare = up_declared_by_profile,
                                      .keep = up_sink_keep_parts,
                                      .open = open_avif,
                                      .held = held };
