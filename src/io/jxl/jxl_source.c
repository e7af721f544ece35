/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/held_rows.h"
#include "io/jxl/jxl_colour.h"
#include "io/jxl/jxl_head.h"
#include "io/metadata/exif.h"
#include "io/pixels.h"

#include <limits.h>
#include <string.h>

/* As measured: what libjxl takes for a pixel beside those that it gives. */
enum { HELD_EACH = 60, HELD_CHANNEL = 8, HELD_LEAST = 4 << 20 };
enum { INTEGER_BITS = 16, REFERENCES_MOST = 4 /* layers that libjxl keeps for others */ };

typedef struct {
    up_source base;
    up_reader *reader;
    up_jxl_head head;
    up_held_rows rows;
    int shown; /* frames that have been decoded */
    up_jxl_file file;
} jxl_source;

static JxlPixelFormat pixel_format(const up_format *f)
{
    return (JxlPixelFormat){ .num_channels = (uint32_t)f->channels,
                             .data_type = f->sample == UP_SAMPLE_F32   ? JXL_TYPE_FLOAT
                                          : f->sample == UP_SAMPLE_U16 ? JXL_TYPE_UINT16
                                                                       : JXL_TYPE_UINT8,
                             .endianness = JXL_NATIVE_ENDIAN };
}

/* ---- pixels */

/* What there is of a file that ends early is shown as far as libjxl can; of a frame of which that
 * is nothing, the one before. */
static up_status end_early(jxl_source *s, bool begun, up_error *error)
{
    const bool some = begun && up_jxl.JxlDecoderFlushImage(s->file.decoder) == JXL_DEC_SUCCESS;
    if (s->shown > 0)
        return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                            "it breaks off in frame %d, counted from 0", s->shown);
    if (some)
        return up_source_lacks_details(&s->base, "within its pixels", 0, error);
    return up_fail(error, UP_ERROR_INPUT, "%s: truncated: JPEG XL ends before its pixels",
                   up_reader_name(s->reader));
}

static up_status begin_pixels(jxl_source *s, up_error *error)
{
    const JxlPixelFormat format = pixel_format(&s->base.format);
    const size_t bytes = s->rows.bytes;
    size_t wanted = 0;
    if (up_jxl.JxlDecoderImageOutBufferSize(s->file.decoder, &format, &wanted) == JXL_DEC_SUCCESS &&
        wanted == bytes &&
        up_jxl.JxlDecoderSetImageOutBuffer(s->file.decoder, &format, s->rows.pixels, bytes) ==
            JXL_DEC_SUCCESS)
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged JPEG XL: its pixels are not as it says",
                   up_reader_name(s->reader));
}

/* Its ticks as seconds. */
static up_duration duration_of(const jxl_source *s, uint64_t ticks)
{
    const JxlAnimationHeader *time = &s->head.info.animation;
    uint64_t num = ticks * time->tps_denominator, den = time->tps_numerator;
    for (; num > UINT32_MAX; num /= 2)
        den /= 2;
    return (up_duration){ (uint32_t)num, (uint32_t)den };
}

/* The next frame that is seen, put together from its layers. */
static up_status decode(jxl_source *s, up_error *error)
{
    up_metadata none;
    JxlFrameHeader frame;
    bool begun = false;
    for (;;) {
        JxlDecoderStatus event;
        UP_TRY(up_jxl_next(&s->file, &event, error));
        switch (event) {
        case JXL_DEC_COLOR_ENCODING:
            up_metadata_init(&none);
            UP_TRY(up_jxl_take_colour(s->file.decoder, &none, error));
            up_metadata_clear(&none);
            break;
        case JXL_DEC_FRAME:
            if (up_jxl.JxlDecoderGetFrameHeader(s->file.decoder, &frame) == JXL_DEC_SUCCESS)
                s->base.duration = duration_of(s, frame.duration);
            break;
        case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
            UP_TRY(begin_pixels(s, error));
            begun = true;
            break;
        case JXL_DEC_FULL_IMAGE:
            return UP_OK;
        default:
            return end_early(s, begun, error);
        }
    }
}

static up_status start(jxl_source *s, up_error *error)
{
    const int events = JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_FULL_IMAGE;
    UP_TRY(up_held_rows_begin(&s->rows, &s->base.format, up_reader_name(s->reader), error));
    return up_jxl_open(&s->file, s->reader, events, error);
}

static up_status show(jxl_source *s, up_error *error)
{
    if (!s->rows.pixels)
        UP_TRY(start(s, error));
    UP_TRY(decode(s, error));
    s->rows.y = 0;
    s->shown++;
    return UP_OK;
}

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    jxl_source *s = (jxl_source *)source;
    *there = s->shown < source->sequence.frames;
    return *there ? show(s, error) : UP_OK;
}

/* libjxl scales whole numbers of 9 to 15 bits by floats, which at halves are at times one off. */
static void round_again(uint16_t *sample, size_t count, uint32_t bits)
{
    const uint32_t most = (1u << bits) - 1;
    for (size_t i = 0; i < count; i++) {
        const uint32_t v = (sample[i] * most + UINT16_MAX / 2) / UINT16_MAX;
        sample[i] = (uint16_t)((v * UINT16_MAX + most / 2) / most);
    }
}

static bool is_scaled(const jxl_source *s)
{
    const JxlBasicInfo *info = &s->head.info;
    return s->base.format.sample == UP_SAMPLE_U16 && info->uses_original_profile &&
           info->bits_per_sample < INTEGER_BITS && !info->alpha_premultiplied &&
           (info->alpha_bits == 0 || info->alpha_bits == info->bits_per_sample);
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    jxl_source *s = (jxl_source *)source;
    const up_format *f = &source->format;
    if (s->shown == 0)
        UP_TRY(show(s, error));
    if (!source->next && s->file.decoder)
        up_jxl_close(&s->file);
    up_held_rows_give(&s->rows, row, count);
    for (int i = 0; i < count && is_scaled(s); i++)
        round_again(row[i], (size_t)f->width * (size_t)f->channels, s->head.info.bits_per_sample);
    return UP_OK;
}

static void close_jxl(up_source *source)
{
    jxl_source *s = (jxl_source *)source;
    if (s->file.decoder)
        up_jxl_close(&s->file);
    up_held_rows_end(&s->rows);
}

/* ---- opening */

static size_t held_bytes(const jxl_source *s)
{
    const up_format *f = &s->base.format;
    const size_t each = HELD_EACH + HELD_CHANNEL * (s->head.info.num_extra_channels) +
                        (size_t)f->channels * up_sample_size(f->sample);
    const size_t beside = HELD_LEAST + up_reader_held(s->reader);
    const size_t picture = up_held_size(f->width, f->height, each, beside);
    const size_t kept = (size_t)up_clamp(s->head.layers - 1, 0, REFERENCES_MOST);
    size_t layers;
    if (!up_mul(s->head.layer_pixels,
                each + kept * sizeof(float) * (3 + s->head.info.num_extra_channels), &layers) ||
        !up_add(layers, beside, &layers))
        return SIZE_MAX;
    return layers > picture ? layers : picture;
}

static up_status refuse(const jxl_source *s, up_error *error)
{
    const JxlBasicInfo *info = &s->head.info;
    const char *name = up_reader_name(s->reader);
    if (s->head.inks)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: JPEG XL in CMYK cannot be read", name);
    if (info->xsize < 1 || info->ysize < 1 || info->xsize > INT_MAX || info->ysize > INT_MAX)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged JPEG XL: %u x %u pixels", name,
                       info->xsize, info->ysize);
    return UP_OK;
}

static void set_sequence(jxl_source *s)
{
    const JxlAnimationHeader *time = &s->head.info.animation;
    up_sequence *sequence = &s->base.sequence;
    s->base.next = next_frame;
    sequence->frames = s->head.frames;
    sequence->loops = (int)(time->num_loops < INT_MAX ? time->num_loops : INT_MAX);
    if (time->tps_numerator > 0)
        sequence->seconds = (double)s->head.ticks * time->tps_denominator / time->tps_numerator;
}

static up_status set_format(jxl_source *s, up_error *error)
{
    const JxlBasicInfo *info = &s->head.info;
    up_format *f = &s->base.format;
    UP_TRY(refuse(s, error));
    const bool floats = info->exponent_bits_per_sample > 0 || info->bits_per_sample > INTEGER_BITS;
    const bool wide = info->bits_per_sample > 8;
    *f = (up_format){ .width = (int)info->xsize,
                      .height = (int)info->ysize,
                      .channels = (info->num_color_channels == 1 ? 1 : 3) + (info->alpha_bits > 0),
                      .frames = 1,
                      .sample = floats ? UP_SAMPLE_F32
                                : wide ? UP_SAMPLE_U16
                                       : UP_SAMPLE_U8,
                      .depth = floats ? 32
                               : wide ? 16
                                      : 8 };
    f->color = up_color_of_channels(f->channels);
    s->base.lossless = info->uses_original_profile;
    if (s->head.frames > 1)
        set_sequence(s);
    s->base.held_bytes = held_bytes(s);
    if (s->base.held_bytes == SIZE_MAX)
        return up_fail_size(up_reader_name(s->reader), f, error);
    if (s->head.further > 0)
        return up_notes_add(&s->base.notes, UP_NOTE_DROPPED, error, "%d further channel%s",
                            s->head.further, s->head.further > 1 ? "s" : "");
    return UP_OK;
}

static up_status begin(jxl_source *s, up_error *error)
{
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    UP_TRY(up_jxl_read_head(&s->head, &s->file, s->reader, error));
    up_metadata *m = &s->base.metadata;
    up_exif_density(&m->exif, &m->dpi_x, &m->dpi_y);
    return set_format(s, error);
}

static up_status open_jxl(up_source **source, up_reader *reader, up_error *error)
{
    jxl_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "jxl";
    s->base.upright = true;
    s->base.read = read_rows;
    s->base.close = close_jxl;
    s->reader = reader;
    up_metadata_init(&s->base.metadata);
    s->head.metadata = &s->base.metadata;
    up_status status = begin(s, error);
    s->head.metadata = NULL;
    return up_source_opened(source, &s->base, status);
}

/* The codestream, or the box that begins a file of boxes. */
static bool probe(const uint8_t *head, size_t size)
{
    return (size >= 3 && memcmp(head, "\xff\x0a", 2) == 0) ||
           (size >= 12 && memcmp(head, "\0\0\0\x0cJXL \r\n\x87\n", 12) == 0);
}

const up_source_format up_jxl_source = {
    .type = "jxl", .library = &up_jxl_library, .probe = probe, .open = open_jxl
};
