/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"
#include "io/plain/byte_rows.h"
#include "io/y4m/y4m_header.h"
#include "io/y4m/yuv_planes.h"

#include <string.h>

typedef struct {
    up_sink base;
    up_video video;
    bool by_planes;
    bool begun;           /* a frame has */
    int plane, y;         /* the next row */
    up_yuv_planes planes; /* of pictures: what is made of their rows */
    up_byte_slot slot[];
} y4m_sink;

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_sink_refuse_inks("Y4M", format, error));
    UP_TRY(up_sink_choose_picture("Y4M", format, error));
    if (up_color_has_alpha(format->color))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "Y4M cannot hold alpha: put the picture on a colour with --background, or "
                       "write .png or .webp instead");
    return UP_OK;
}

/* ---- rows */

/* Samples above the largest that the depth has are overshoot. */
static void put_wide(uint8_t *to, const uint16_t *from, size_t count, unsigned most)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned value = from[i] < most ? from[i] : most;
        to[2 * i] = (uint8_t)value;
        to[2 * i + 1] = (uint8_t)(value >> 8);
    }
}

static size_t put_plane_row(y4m_sink *s, uint8_t *to, const void *row)
{
    const up_yuv *yuv = &s->video.yuv;
    const size_t count = (size_t)up_plane_side(yuv, s->plane, 1, s->base.format.width);
    const bool wide = yuv->depth > 8;
    if (wide)
        put_wide(to, row, count, (1u << yuv->depth) - 1);
    else
        memcpy(to, row, count);
    if (++s->y == up_plane_side(yuv, s->plane, 0, s->base.format.height)) {
        s->y = 0;
        s->plane++;
    }
    return wide ? 2 * count : count;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    y4m_sink *s = (y4m_sink *)sink;
    up_byte_slot *to = &s->slot[slot];
    (void)error;
    to->size = 0;
    for (int i = 0; i < count; i++)
        to->size += s->by_planes ? put_plane_row(s, to->bytes + to->size, row[i])
                                 : up_yuv_planes_add(&s->planes, to->bytes + to->size, row[i]);
    return UP_OK;
}

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    const up_byte_slot *from = &((y4m_sink *)sink)->slot[slot];
    return up_writer_write(sink->writer, from->bytes, from->size, error);
}

/* ---- frames */

/* Chroma stands behind all luma. */
static up_status end_frame(y4m_sink *s, up_error *error)
{
    for (int p = 1; p < s->video.yuv.planes && !s->by_planes; p++)
        for (int y = 0; y < up_plane_side(&s->video.yuv, p, 0, s->base.format.height); y++) {
            size_t size;
            const uint8_t *row = up_yuv_planes_chroma(&s->planes, p, y, &size);
            UP_TRY(up_writer_write(s->base.writer, row, size, error));
        }
    return UP_OK;
}

static up_status begin_frame(y4m_sink *s, up_error *error)
{
    s->begun = true;
    s->plane = s->y = 0;
    up_yuv_planes_begin(&s->planes);
    return up_writer_write(s->base.writer, UP_Y4M_FRAME "\n", sizeof UP_Y4M_FRAME, error);
}

static up_status next_frame(up_sink *sink, up_duration duration, up_error *error)
{
    y4m_sink *s = (y4m_sink *)sink;
    (void)duration; /* all last as long */
    if (s->begun)
        UP_TRY(end_frame(s, error));
    return begin_frame(s, error);
}

static up_status finish(up_sink *sink, up_error *error)
{
    UP_TRY(end_frame((y4m_sink *)sink, error));
    return up_writer_publish(sink->writer, error);
}

/* ---- opening */

enum { USUAL_RATE = 25 };

/* Of pictures: samples that no rounding of chroma's places has touched, unless that is asked for.
 */
static void describe(up_video *video, const up_format *format, const up_encoding *encoding)
{
    const up_sequence *sequence = &encoding->sequence;
    *video = (up_video){ .interlacing = 'p', .rate = { USUAL_RATE, 1 }, .aspect = { 1, 1 } };
    if (sequence->frames > 0 && sequence->seconds > 0) {
        const double rate = (double)sequence->frames / sequence->seconds;
        const bool fits = rate * 1000 < INT32_MAX && rate * 1000 >= 1;
        video->rate[0] = fits ? (int)(rate * 1000 + 0.5) : USUAL_RATE;
        video->rate[1] = fits ? 1000 : 1;
    }
    video->yuv.bt709 = up_y4m_is_high_definition(format->width, format->height);
    up_y4m_set_layout(video, format->channels == 1 ? 1 : 3,
                      format->sample == UP_SAMPLE_U16 ? 16 : 8,
                      encoding->subsampling ? encoding->subsampling : UP_SUBSAMPLING_444);
    strcpy(video->tags, " XCOLORRANGE=LIMITED");
}

static void close_y4m(up_sink *sink)
{
    y4m_sink *s = (y4m_sink *)sink;
    up_byte_slots_close(s->slot, sink->slots);
    up_yuv_planes_free(&s->planes);
}

static up_status begin(y4m_sink *s, const up_encoding *encoding, size_t group_bytes,
                       up_error *error)
{
    const up_format *f = &s->base.format;
    up_writer *writer = s->base.writer;
    s->by_planes = encoding->by_planes;
    if (encoding->video)
        s->video = *encoding->video;
    else
        describe(&s->video, f, encoding);
    UP_TRY(up_byte_slots_open(s->slot, s->base.slots, group_bytes, up_writer_name(writer), error));
    if (!s->by_planes)
        UP_TRY(up_yuv_planes_open(&s->planes, &s->video.yuv, f, error));
    UP_TRY(up_y4m_write_header(&s->video, f->width, f->height, writer, error));
    return s->base.frame ? UP_OK : begin_frame(s, error);
}

static up_status open_y4m(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    y4m_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->slot);
    if (!s)
        return up_fail_memory(error, "encoding Y4M", sizeof *s);
    s->base = (up_sink){ .type = "y4m",
                         .writer = writer,
                         .format = *format,
                         .slots = slots,
                         .frame = encoding->sequence.frames ? next_frame : NULL,
                         .accept = accept_rows,
                         .emit = emit,
                         .finish = finish,
                         .close = close_y4m };
    return up_sink_opened(sink, &s->base, begin(s, encoding, group_bytes, error));
}

static size_t held(const up_format *format, const up_encoding *encoding)
{
    up_video video;
    if (encoding->by_planes)
        return 0;
    describe(&video, format, encoding);
    return up_yuv_planes_bytes(encoding->video ? &encoding->video->yuv : &video.yuv, format);
}

const up_sink_format up_y4m_sink = { .type = "y4m",
                                     .extensions = "y4m",
                                     .frames = UP_ANY_FRAMES,
                                     .planes = true,
                                     .choose = choose,
                                     .declare = up_declared_by_nothing,
                                     .open = open_y4m,
                                     .held = held,
                                     .slot = up_sink_slot_of_rows };
