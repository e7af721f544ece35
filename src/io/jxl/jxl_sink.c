/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/held_rows.h"
#include "io/jxl/jxl_colour.h"
#include "io/jxl/jxl_threads.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"

#include <string.h>

enum { DEFAULT_QUALITY = 90, HELD_LEAST = 6 << 20, PIECE = 1 << 16 };
enum {
    DEFAULT_EFFORT = 6,
    LOSSLESS_EFFORT = 3, /* a ninth of the time of 6, for 2 to 5 % more bytes */
    COSTLY_EFFORT = 8    /* from here on the encoder looks at what it has made */
};
enum { OFFSET = 4 /* before EXIF, to where it begins */ };

typedef struct {
    up_sink base;
    up_writer *writer;
    JxlEncoder *encoder;
    JxlEncoderFrameSettings *frame; /* the encoder's */
    int threads;
    up_held_rows rows;
    uint8_t piece[PIECE];
} jxl_sink;

static up_status choose(up_format *format, up_error *error)
{
    const bool floats = format->sample == UP_SAMPLE_F32 && format->color != UP_COLOR_TENSOR;
    UP_TRY(up_sink_refuse_inks("JPEG XL", format, error));
    UP_TRY(up_sink_choose_picture("JPEG XL", format, error));
    if (floats) {
        format->sample = UP_SAMPLE_F32;
        format->depth = 32;
    }
    return UP_OK;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    (void)slot;
    (void)error;
    up_held_rows_take(&((jxl_sink *)sink)->rows, row, count);
    return UP_OK;
}

/* ---- the file */

static up_status fail(const jxl_sink *s, up_error *error)
{
    const char *name = up_writer_name(s->writer);
    const JxlEncoderError code = up_jxl.JxlEncoderGetError(s->encoder);
    if (code == JXL_ENC_ERR_OOM)
        return up_fail_memory(error, name, s->rows.bytes);
    return up_fail(error, UP_ERROR_OUTPUT, "%s: cannot be encoded as JPEG XL (error %d)", name,
                   (int)code);
}

static up_status write_out(jxl_sink *s, up_error *error)
{
    JxlEncoderStatus status = JXL_ENC_NEED_MORE_OUTPUT;
    while (status == JXL_ENC_NEED_MORE_OUTPUT) {
        uint8_t *next = s->piece;
        size_t room = sizeof s->piece;
        status = up_jxl.JxlEncoderProcessOutput(s->encoder, &next, &room);
        UP_TRY(up_writer_write(s->writer, s->piece, sizeof s->piece - room, error));
    }
    return status == JXL_ENC_SUCCESS ? UP_OK : fail(s, error);
}

static up_status finish(up_sink *sink, up_error *error)
{
    jxl_sink *s = (jxl_sink *)sink;
    const up_format *f = &sink->format;
    const JxlPixelFormat format = { .num_channels = (uint32_t)f->channels,
                                    .data_type = f->sample == UP_SAMPLE_F32   ? JXL_TYPE_FLOAT
                                                 : f->sample == UP_SAMPLE_U16 ? JXL_TYPE_UINT16
                                                                              : JXL_TYPE_UINT8,
                                    .endianness = JXL_NATIVE_ENDIAN };
    if (up_jxl.JxlEncoderAddImageFrame(s->frame, &format, s->rows.pixels, s->rows.bytes) !=
        JXL_ENC_SUCCESS)
        return fail(s, error);
    up_held_rows_end(&s->rows);
    up_jxl.JxlEncoderCloseInput(s->encoder);
    UP_TRY(write_out(s, error));
    return up_writer_publish(s->writer, error);
}

static void close_jxl(up_sink *sink)
{
    jxl_sink *s = (jxl_sink *)sink;
    up_jxl.JxlEncoderDestroy(s->encoder);
    up_held_rows_end(&s->rows);
}

/* ---- opening */

static int effort_of(const up_encoding *encoding)
{
    return encoding->effort > 0 ? encoding->effort
           : encoding->lossless ? LOSSLESS_EFFORT
                                : DEFAULT_EFFORT;
}

/* As measured: of the library and what it brings, the picture, the encoder, and what comes out. */
static size_t held(const up_format *format, const up_encoding *encoding)
{
    const size_t channels = (size_t)format->channels;
    const bool costly = effort_of(encoding) >= COSTLY_EFFORT;
    const size_t own =
        encoding->lossless ? (costly ? 80 : 40) * channels : (costly ? 290 : 60) + 10 * channels;
    const size_t each = own + channels * up_sample_size(format->sample);
    return up_held_size(format->width, format->height, each, HELD_LEAST);
}

/* Of a quality as libjpeg has it, as cjxl maps it: 90 is 1, where few people see a difference. */
static float distance(int quality)
{
    const float q = (float)quality;
    return quality >= 30 ? 0.1f + (100 - q) * 0.09f : 53.0f / 3000 * q * q - 23.0f / 20 * q + 25;
}

static bool set_info(jxl_sink *s, const up_encoding *encoding)
{
    const up_format *f = &s->base.format;
    const bool alpha = up_color_has_alpha(f->color), floats = f->sample == UP_SAMPLE_F32;
    JxlBasicInfo info;
    up_jxl.JxlEncoderInitBasicInfo(&info);
    info.xsize = (uint32_t)f->width;
    info.ysize = (uint32_t)f->height;
    info.bits_per_sample = (uint32_t)f->depth;
    info.exponent_bits_per_sample = floats ? 8 : 0;
    info.num_color_channels = (uint32_t)(f->channels - alpha);
    info.num_extra_channels = alpha;
    info.alpha_bits = alpha ? info.bits_per_sample : 0;
    info.alpha_exponent_bits = alpha ? info.exponent_bits_per_sample : 0;
    info.uses_original_profile = encoding->lossless;
    return up_jxl.JxlEncoderSetBasicInfo(s->encoder, &info) == JXL_ENC_SUCCESS;
}

static bool set_frame(const jxl_sink *s, const up_encoding *encoding)
{
    const int quality = encoding->quality > 0 ? encoding->quality : DEFAULT_QUALITY;
    JxlEncoderFrameSettings *frame = s->frame;
    return up_jxl.JxlEncoderFrameSettingsSetOption(frame, JXL_ENC_FRAME_SETTING_EFFORT,
                                                   effort_of(encoding)) == JXL_ENC_SUCCESS &&
           up_jxl.JxlEncoderFrameSettingsSetOption(frame, JXL_ENC_FRAME_SETTING_KEEP_INVISIBLE,
                                                   1) == JXL_ENC_SUCCESS &&
           (encoding->lossless
                ? up_jxl.JxlEncoderSetFrameLossless(frame, JXL_TRUE)
                : up_jxl.JxlEncoderSetFrameDistance(frame, distance(quality))) == JXL_ENC_SUCCESS;
}

static bool add_boxes(JxlEncoder *encoder, const up_metadata *m)
{
    uint8_t *exif = m->exif.data ? up_alloc(m->exif.size + OFFSET, 1) : NULL;
    bool done = !m->exif.data || exif;
    if (exif) {
        memset(exif, 0, OFFSET);
        memcpy(exif + OFFSET, m->exif.data, m->exif.size);
        done = up_jxl.JxlEncoderAddBox(encoder, "Exif", exif, m->exif.size + OFFSET, JXL_FALSE) ==
               JXL_ENC_SUCCESS;
    }
    up_free(exif);
    if (m->xmp.data && done)
        done = up_jxl.JxlEncoderAddBox(encoder, "xml ", m->xmp.data, m->xmp.size, JXL_FALSE) ==
               JXL_ENC_SUCCESS;
    up_jxl.JxlEncoderCloseBoxes(encoder);
    return done;
}

static up_status prepare(jxl_sink *s, const up_encoding *encoding, up_error *error)
{
    const up_format *f = &s->base.format;
    const up_metadata *m = &encoding->metadata;
    s->threads = up_max(encoding->threads, 1);
    UP_TRY(up_held_rows_begin(&s->rows, f, up_writer_name(s->writer), error));
    s->encoder = up_jxl.JxlEncoderCreate(NULL);
    if (!s->encoder)
        return up_fail_memory(error, up_writer_name(s->writer), sizeof *s);
    if (up_jxl.JxlEncoderSetParallelRunner(s->encoder, up_jxl_run, &s->threads) !=
            JXL_ENC_SUCCESS ||
        ((m->exif.data || m->xmp.data) &&
         up_jxl.JxlEncoderUseBoxes(s->encoder) != JXL_ENC_SUCCESS) ||
        !set_info(s, encoding) || !up_jxl_tell_colour(s->encoder, m, f->channels < 3))
        return fail(s, error);
    s->frame = up_jxl.JxlEncoderFrameSettingsCreate(s->encoder, NULL);
    if (!s->frame || !set_frame(s, encoding))
        return fail(s, error);
    if ((m->exif.data || m->xmp.data) && !add_boxes(s->encoder, m))
        return fail(s, error);
    return UP_OK;
}

static up_status open_jxl(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    (void)group_bytes;
    jxl_sink *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_writer_name(writer), sizeof *s);
    s->base = (up_sink){ .type = "jxl",
                         .format = *format,
                         .slots = slots,
                         .accept = accept_rows,
                         .finish = finish,
                         .close = close_jxl };
    s->writer = writer;
    up_status status = choose(&s->base.format, error);
    if (status == UP_OK)
        status = prepare(s, encoding, error);
    return up_sink_opened(sink, &s->base, status);
}

const up_sink_format up_jxl_sink = { .type = "jxl",
                                     .library = &up_jxl_library,
                                     .extensions = "jxl",
                                     .unit_floats = true,
                                     .choose = choose,
                                     .declare = up_declared_by_profile,
                                     .keep = up_sink_keep_parts,
                                     .open = open_jxl,
                                     .held = held };
