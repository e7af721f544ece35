/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/avif/avif_file.h"
#include "io/boxes/av1_stream.h"
#include "io/boxes/box.h"
#include "io/held_rows.h"
#include "io/metadata/exif.h"
#include "io/pixels.h"

#include <string.h>

#define PARTS_MOST ((uint32_t)1 << 20) /* pixels of a cell, where the picture is smaller */

/* As measured: what dav1d holds beside the picture it gives, in pictures of that kind. */
enum { HELD_PICTURES = 3, HELD_LEAST = 8 << 20 };
enum { UNSPECIFIED = 2, BT709 = 1, SRGB_TRANSFER = 13 };

typedef struct {
    up_source base;
    up_avif_file file;
    up_reader *reader;
    int width, height, bits; /* of what is decoded */
    int kept;                /* frames that dav1d keeps together; 1: the picture alone */
    int begun;               /* frames of a sequence, or the picture, that have been asked for */
    bool lost;               /* the one that has is missing, and so are those behind it */
    bool cut;                /* the end of a sequence is missing */
    avifPixelFormat yuv;
    avifCropRect crop; /* what is shown of it */
    bool grey, exact;  /* exact: samples are those of the file, not made of YCbCr */
    uint8_t *pixels;   /* RGB or RGBA; NULL for greys, which are taken from the planes */
    size_t row_bytes;
    int y; /* next row to deliver */
} avif_source;

/* ---- pixels */

/* A sample of `bits` as one of the whole range of the output. */
typedef struct {
    uint32_t black, range, white; /* white: of the output */
} scale;

static uint32_t scaled(uint32_t v, const scale *s)
{
    const uint32_t above = v > s->black ? v - s->black : 0;
    const uint32_t v0 = above < s->range ? above : s->range;
    return (uint32_t)(((uint64_t)v0 * s->white + s->range / 2) / s->range);
}

static scale scale_of(const avif_source *s, bool limited)
{
    const int more = s->bits - 8;
    return (scale){ limited ? 16u << more : 0, limited ? 219u << more : (1u << s->bits) - 1,
                    s->base.format.sample == UP_SAMPLE_U16 ? UINT16_MAX : UINT8_MAX };
}

static void take_plane(const avif_source *s, const uint8_t *from, const scale *how, void *to)
{
    const up_format *f = &s->base.format;
    for (int x = 0; x < f->width; x++) {
        uint16_t wide;
        const size_t at = s->crop.x + (size_t)x;
        if (s->bits > 8)
            memcpy(&wide, from + 2 * at, sizeof wide);
        const uint32_t v = scaled(s->bits > 8 ? wide : from[at], how);
        if (f->sample == UP_SAMPLE_U16)
            ((uint16_t *)to)[x * f->channels] = (uint16_t)v;
        else
            ((uint8_t *)to)[x * f->channels] = (uint8_t)v;
    }
}

static void deliver_grey(const avif_source *s, uint8_t *row)
{
    const avifImage *picture = s->file.decoder->image;
    const scale grey = scale_of(s, picture->yuvRange == AVIF_RANGE_LIMITED);
    const scale alpha = scale_of(s, false);
    const size_t y = s->crop.y + (size_t)s->y;
    take_plane(s, picture->yuvPlanes[AVIF_CHAN_Y] + y * picture->yuvRowBytes[AVIF_CHAN_Y], &grey,
               row);
    if (s->base.format.channels == 2)
        take_plane(s, picture->alphaPlane + y * picture->alphaRowBytes, &alpha,
                   row + up_sample_size(s->base.format.sample));
}

static void deliver(const avif_source *s, void *row)
{
    const up_format *f = &s->base.format;
    const size_t pixel = (size_t)f->channels * up_sample_size(f->sample);
    const size_t count = (size_t)f->width * (size_t)f->channels;
    const scale how = scale_of(s, false);
    uint16_t *sample = row;
    memcpy(row, s->pixels + (s->crop.y + (size_t)s->y) * s->row_bytes + s->crop.x * pixel,
           (size_t)f->width * pixel);
    for (size_t i = 0; i < count && s->exact && s->bits > 8; i++)
        sample[i] = (uint16_t)scaled(sample[i], &how);
}

static up_status convert(avif_source *s, up_error *error)
{
    const avifImage *picture = s->file.decoder->image;
    const bool alpha = s->base.format.channels == 4;
    avifRGBImage rgb;
    up_avif.avifRGBImageSetDefaults(&rgb, picture);
    rgb.depth = s->exact || s->bits == 8 ? (uint32_t)s->bits : 16;
    rgb.format = alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
    rgb.ignoreAlpha = !alpha;
    rgb.alphaPremultiplied = picture->alphaPremultiplied; /* divided here, as elsewhere */
    rgb.chromaUpsampling = AVIF_CHROMA_UPSAMPLING_BEST_QUALITY;
    rgb.avoidLibYUV = AVIF_TRUE; /* whose whole numbers are a level or two off */
    s->row_bytes = (size_t)s->width * up_avif.avifRGBImagePixelSize(&rgb);
    if (!s->pixels)
        s->pixels = up_alloc((size_t)s->height, s->row_bytes);
    if (!s->pixels)
        return up_fail_memory(error, up_reader_name(s->reader), (size_t)s->height * s->row_bytes);
    rgb.pixels = s->pixels;
    rgb.rowBytes = (uint32_t)s->row_bytes;
    const avifResult said = up_avif.avifImageYUVToRGB(picture, &rgb);
    return said == AVIF_RESULT_OK ? UP_OK : up_avif_fail(&s->file, said, error);
}

static up_status start(avif_source *s, up_error *error)
{
    const avifResult said = up_avif.avifDecoderNextImage(s->file.decoder);
    if (said != AVIF_RESULT_OK)
        return up_avif_fail(&s->file, said, error);
    const avifImage *picture = s->file.decoder->image;
    const bool alpha = s->base.format.channels % 2 == 0;
    if ((int)picture->width != s->width || (int)picture->height != s->height ||
        (int)picture->depth != s->bits || picture->yuvFormat != s->yuv ||
        !picture->yuvPlanes[AVIF_CHAN_Y] || (alpha && !picture->alphaPlane))
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged AVIF: its pixels are not as it says",
                       up_reader_name(s->reader));
    return s->grey ? UP_OK : convert(s, error);
}

static up_duration duration_of(const avifDecoder *decoder, int frame)
{
    avifImageTiming time;
    if (up_avif.avifDecoderNthImageTiming(decoder, (uint32_t)frame, &time) != AVIF_RESULT_OK)
        return (up_duration){ 0 };
    uint64_t num = time.durationInTimescales, den = time.timescale;
    for (; num > UINT32_MAX || den > UINT32_MAX; num /= 2)
        den /= 2;
    return (up_duration){ (uint32_t)num, (uint32_t)den };
}

/* Behind the first frame one that cannot be decoded is damage. */
static up_status begin_frame(avif_source *s, up_error *error)
{
    up_error own = { 0 };
    s->base.duration = duration_of(s->file.decoder, s->begun);
    s->y = 0;
    s->begun++;
    if (s->lost)
        return UP_OK;
    const up_status status = start(s, &own);
    s->lost = status == UP_ERROR_INPUT && s->begun > 1;
    if (s->lost)
        return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                            "its frames from %d on, counted from 0, are missing: they are grey",
                            s->begun - 1);
    return status == UP_OK ? UP_OK : up_fail(error, status, "%s", own.message);
}

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    avif_source *s = (avif_source *)source;
    *there = s->begun < source->sequence.frames;
    return *there ? begin_frame(s, error) : UP_OK;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    avif_source *s = (avif_source *)source;
    if (s->begun == 0)
        UP_TRY(begin_frame(s, error));
    for (int i = 0; i < count; i++, s->y++) {
        if (s->lost) {
            up_fill_missing(row[i], &source->format);
            continue;
        }
        if (s->grey)
            deliver_grey(s, row[i]);
        else
            deliver(s, row[i]);
        if (s->file.decoder->image->alphaPremultiplied && source->format.channels % 2 == 0)
            up_divide_by_alpha(&source->format, row[i]);
    }
    return UP_OK;
}

static void close_avif(up_source *source)
{
    avif_source *s = (avif_source *)source;
    up_avif_close(&s->file);
    up_free(s->pixels);
}

/* ---- opening */

static up_status take_metadata(avif_source *s, up_error *error)
{
    const avifImage *picture = s->file.decoder->image;
    up_metadata *m = &s->base.metadata;
    const unsigned primaries = picture->colorPrimaries;
    const unsigned transfer = picture->transferCharacteristics;
    UP_TRY(up_metadata_take_profile(m, picture->icc.data, picture->icc.size, error));
    UP_TRY(up_metadata_take_exif(m, picture->exif.data, picture->exif.size, error));
    if (picture->xmp.size > 0)
        UP_TRY(up_blob_set(&m->xmp, picture->xmp.data, picture->xmp.size, error));
    up_exif_density(&m->exif, &m->dpi_x, &m->dpi_y);
    if (m->dpi_x == 0 && picture->transformFlags & AVIF_TRANSFORM_PASP &&
        picture->pasp.hSpacing > 0 && picture->pasp.vSpacing > 0)
        m->aspect = (double)picture->pasp.hSpacing / picture->pasp.vSpacing;
    if (m->icc.data || primaries == UNSPECIFIED || transfer == UNSPECIFIED ||
        primaries > UINT8_MAX || transfer > UINT8_MAX || primaries == 0 || transfer == 0)
        return UP_OK;
    m->color.has_srgb = primaries == BT709 && transfer == SRGB_TRANSFER;
    m->color.has_cicp = !m->color.has_srgb;
    const uint8_t codes[4] = { (uint8_t)primaries, (uint8_t)transfer, 0, 1 };
    if (m->color.has_cicp)
        memcpy(m->color.cicp, codes, sizeof codes);
    return UP_OK;
}

static void set_crop(avif_source *s)
{
    const avifImage *picture = s->file.decoder->image;
    avifDiagnostics said;
    up_avif.avifDiagnosticsClearError(&said);
    s->crop = (avifCropRect){ 0, 0, picture->width, picture->height };
    avifCropRect crop;
    if (picture->transformFlags & AVIF_TRANSFORM_CLAP &&
        up_avif.avifCropRectConvertCleanApertureBox(&crop, &picture->clap, picture->width,
                                                    picture->height, picture->yuvFormat, &said) &&
        crop.width > 0 && crop.height > 0 && crop.x < picture->width && crop.y < picture->height &&
        crop.width <= picture->width - crop.x && crop.height <= picture->height - crop.y)
        s->crop = crop;
}

static bool held_bytes(const avif_source *s, size_t *bytes)
{
    const size_t sample = s->bits > 8 ? 2 : 1,
                 colours = s->grey ? 0 : (size_t)s->base.format.channels;
    const size_t planes = s->grey                              ? 2
                          : s->yuv == AVIF_PIXEL_FORMAT_YUV444 ? 6
                          : s->yuv == AVIF_PIXEL_FORMAT_YUV422 ? 4
                                                               : 3; /* halves */
    const size_t alpha = s->base.format.channels % 2 == 0 ? 2 : 0;
    const size_t kept = (size_t)(HELD_PICTURES + s->kept - 1);
    const size_t each = (planes + alpha) * kept * sample + 2 * colours * sample;
    return up_mul((size_t)s->width, (size_t)s->height, bytes) && up_mul(*bytes, each, bytes) &&
           up_add(*bytes / 2, HELD_LEAST, bytes) &&
           up_add(*bytes, 2 * (size_t)up_reader_size(s->reader), bytes);
}

static up_status set_format(avif_source *s, up_error *error)
{
    const avifDecoder *decoder = s->file.decoder;
    const avifImage *picture = decoder->image;
    up_format *f = &s->base.format;
    size_t all;
    s->width = (int)picture->width;
    s->height = (int)picture->height;
    s->bits = (int)picture->depth;
    s->yuv = picture->yuvFormat;
    s->grey = s->yuv == AVIF_PIXEL_FORMAT_YUV400;
    s->exact = picture->matrixCoefficients == AVIF_MATRIX_COEFFICIENTS_IDENTITY &&
               s->yuv == AVIF_PIXEL_FORMAT_YUV444 && picture->yuvRange == AVIF_RANGE_FULL;
    set_crop(s);
    const bool wide = s->bits > 8;
    *f = (up_format){ .width = (int)s->crop.width,
                      .height = (int)s->crop.height,
                      .channels = (s->grey ? 1 : 3) + (decoder->alphaPresent ? 1 : 0),
                      .frames = 1,
                      .sample = wide ? UP_SAMPLE_U16 : UP_SAMPLE_U8,
                      .depth = wide ? 16 : 8 };
    f->color = up_color_of_channels(f->channels);
    if (s->width < 1 || s->height < 1 || s->bits < 8 || s->bits > 12)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged AVIF: %d x %d pixels of %d bits",
                       up_reader_name(s->reader), s->width, s->height, s->bits);
    if (!up_frame_size(f, &all) || !held_bytes(s, &s->base.held_bytes))
        return up_fail_size(up_reader_name(s->reader), f, error);
    return UP_OK;
}

/* Of those that are there, but for the very first nothing can be shown. */
static up_status count_whole(avif_source *s, up_error *error)
{
    const avifDecoder *decoder = s->file.decoder;
    const int whole = up_avif_whole_frames(&s->file);
    avifImageTiming last;
    if (whole == 0)
        return up_avif_fail(&s->file, AVIF_RESULT_TRUNCATED_DATA, error);
    if (up_avif.avifDecoderNthImageTiming(decoder, (uint32_t)whole - 1, &last) == AVIF_RESULT_OK)
        s->base.sequence.seconds = last.pts + last.duration;
    s->base.sequence.frames = whole;
    if (whole == decoder->imageCount)
        return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                            "what it holds beside its frames is damaged");
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                        "it says that it has %d frames, and has %d", decoder->imageCount, whole);
}

/* Of the frames of a sequence nobody has looked at what else comes with them. */
static up_status count_frames(avif_source *s, up_error *error)
{
    up_av1_streams streams;
    UP_TRY(up_av1_look(s->reader, &streams, error));
    const avifDecoder *decoder = s->file.decoder;
    s->kept = up_clamp(streams.frames, 1, UP_AV1_KEPT);
    if (decoder->imageCount < 2)
        return UP_OK;
    s->kept = UP_AV1_KEPT;
    s->base.next = next_frame;
    s->base.sequence.frames = decoder->imageCount;
    s->base.sequence.seconds = decoder->duration;
    if (s->cut)
        UP_TRY(count_whole(s, error));
#if AVIF_VERSION >= 1000000
    if (decoder->repetitionCount >= 0)
        s->base.sequence.loops = decoder->repetitionCount + 1;
#endif
    return UP_OK;
}

static up_status open_bare(avif_source *s, up_avif_file *bare, up_error *error)
{
    const uint32_t most = AVIF_DEFAULT_IMAGE_SIZE_LIMIT;
    const up_status status = up_avif_open(bare, s->reader, UP_AVIF_BARE, most, error);
    if (status != UP_ERROR_INPUT)
        return status;
    up_avif_close(bare);
    s->cut = up_avif_open(bare, s->reader, UP_AVIF_CUT, most, NULL) == UP_OK;
    return s->cut ? UP_OK : status;
}

/* libavif makes irot and imir of what EXIF says where the file has none; in AVIF EXIF has no say,
 * so that the file is first looked at without. */
static up_status begin(avif_source *s, up_error *error)
{
    up_avif_file bare;
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    up_status status = open_bare(s, &bare, error);
    int orientation = 1;
    uint32_t pixels = PARTS_MOST;
    if (status == UP_OK) {
        const avifImage *picture = bare.decoder->image;
        orientation = up_avif_orientation(picture);
        if (picture->width > 0 && picture->height > PARTS_MOST / picture->width)
            pixels = picture->width * picture->height;
    }
    up_avif_close(&bare);
    UP_TRY(status);
    UP_TRY(
        up_avif_open(&s->file, s->reader, s->cut ? UP_AVIF_CUT : UP_AVIF_WITH_EXIF, pixels, error));
    s->base.metadata.orientation = orientation;
    UP_TRY(take_metadata(s, error));
    UP_TRY(count_frames(s, error));
    return set_format(s, error);
}

static up_status open_avif(up_source **source, up_reader *reader, up_error *error)
{
    avif_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "avif";
    s->base.upright = true;
    s->base.read = read_rows;
    s->base.close = close_avif;
    s->reader = reader;
    up_metadata_init(&s->base.metadata);
    return up_source_opened(source, &s->base, begin(s, error));
}

static bool probe(const uint8_t *head, size_t size)
{
    return up_box_has_brand(head, size, "avif") || up_box_has_brand(head, size, "avis");
}

const up_source_format up_avif_source = {
    .type = "avif", .library = &up_avif_library, .probe = probe, .open = open_avif
};
