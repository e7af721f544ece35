/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/plain/byte_rows.h"
#include "io/plain/qoi_pixels.h"

#include <string.h>

enum { MOST_BYTES = 5 /* of a pixel */ };

typedef struct {
    up_sink base;
    up_qoi_state state;
    int rows; /* that were accepted */
    up_byte_slot slot[];
} qoi_sink;

static up_status choose(up_format *format, up_error *error)
{
    return up_choose_bytes("QOI", format, error);
}

static uint8_t *end_run(up_qoi_state *q, uint8_t *to)
{
    if (q->run > 0)
        *to++ = (uint8_t)(UP_QOI_RUN | (q->run - 1));
    q->run = 0;
    return to;
}

/* What differs from the pixel before in colour only, by as little as that takes. */
static uint8_t *put_difference(uint8_t *to, up_qoi_pixel p, up_qoi_pixel before)
{
    const int r = (int8_t)(p.c[0] - before.c[0]), g = (int8_t)(p.c[1] - before.c[1]);
    const int b = (int8_t)(p.c[2] - before.c[2]), rg = (int8_t)(r - g), bg = (int8_t)(b - g);
    if (r >= -2 && r <= 1 && g >= -2 && g <= 1 && b >= -2 && b <= 1) {
        *to++ = (uint8_t)(UP_QOI_DIFF | (r + 2) << 4 | (g + 2) << 2 | (b + 2));
    } else if (g >= -32 && g <= 31 && rg >= -8 && rg <= 7 && bg >= -8 && bg <= 7) {
        *to++ = (uint8_t)(UP_QOI_LUMA | (g + 32));
        *to++ = (uint8_t)((rg + 8) << 4 | (bg + 8));
    } else {
        *to++ = UP_QOI_RGB;
        memcpy(to, p.c, 3);
        to += 3;
    }
    return to;
}

static uint8_t *put_pixel(up_qoi_state *q, uint8_t *to, up_qoi_pixel p)
{
    if (p.all == q->before.all) {
        q->run++;
        return q->run == UP_QOI_MOST_RUN ? end_run(q, to) : to;
    }
    to = end_run(q, to);
    const unsigned place = up_qoi_place(p);
    if (q->seen[place].all == p.all)
        *to++ = (uint8_t)(UP_QOI_INDEX | place);
    else if (p.c[3] == q->before.c[3])
        to = put_difference(to, p, q->before);
    else {
        *to++ = UP_QOI_RGBA;
        memcpy(to, p.c, 4);
        to += 4;
    }
    q->before = q->seen[place] = p;
    return to;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    qoi_sink *s = (qoi_sink *)sink;
    const up_format *f = &sink->format;
    uint8_t *to = s->slot[slot].bytes;
    (void)error;
    for (int i = 0; i < count; i++)
        for (int x = 0; x < f->width; x++) {
            up_qoi_pixel p;
            up_byte_pixel(p.c, row[i], x, f->channels);
            to = put_pixel(&s->state, to, p);
        }
    s->rows += count;
    if (s->rows == f->height)
        to = end_run(&s->state, to);
    s->slot[slot].size = (size_t)(to - s->slot[slot].bytes);
    return UP_OK;
}

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    const up_byte_slot *from = &((qoi_sink *)sink)->slot[slot];
    return up_writer_write(sink->writer, from->bytes, from->size, error);
}

static up_status finish(up_sink *sink, up_error *error)
{
    static const uint8_t end[UP_QOI_END] = { [UP_QOI_END - 1] = 1 };
    UP_TRY(up_writer_write(sink->writer, end, sizeof end, error));
    return up_writer_publish(sink->writer, error);
}

static void close_qoi(up_sink *sink)
{
    up_byte_slots_close(((qoi_sink *)sink)->slot, sink->slots);
}

/* A run that is not written yet takes one byte more. */
static size_t slot_bytes(const up_format *f, size_t group_bytes)
{
    return group_bytes / (size_t)f->channels * MOST_BYTES + 1;
}

static up_status write_header(const qoi_sink *s, up_error *error)
{
    const up_format *f = &s->base.format;
    uint8_t head[UP_QOI_HEAD] = "qoif";
    for (int i = 0; i < 4; i++) {
        head[4 + i] = (uint8_t)(f->width >> (24 - 8 * i));
        head[8 + i] = (uint8_t)(f->height >> (24 - 8 * i));
    }
    head[12] = f->channels % 2 ? 3 : 4;
    return up_writer_write(s->base.writer, head, sizeof head, error);
}

static up_status begin(qoi_sink *s, size_t group_bytes, up_error *error)
{
    const char *name = up_writer_name(s->base.writer);
    up_qoi_begin(&s->state);
    UP_TRY(choose(&s->base.format, error));
    UP_TRY(up_byte_slots_open(s->slot, s->base.slots, slot_bytes(&s->base.format, group_bytes),
                              name, error));
    return write_header(s, error);
}

static up_status open_qoi(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    (void)encoding;
    qoi_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->slot);
    if (!s)
        return up_fail_memory(error, "encoding QOI", sizeof *s);
    s->base = (up_sink){ .type = "qoi",
                         .writer = writer,
                         .format = *format,
                         .slots = slots,
                         .accept = accept_rows,
                         .emit = emit,
                         .finish = finish,
                         .close = close_qoi };
    return up_sink_opened(sink, &s->base, begin(s, group_bytes, error));
}

static size_t slot_memory(const up_format *format, const up_encoding *encoding, size_t group_bytes)
{
    (void)encoding;
    return slot_bytes(format, group_bytes);
}

const up_sink_format up_qoi_sink = { .type = "qoi",
                                     .extensions = "qoi",
                                     .choose = choose,
                                     .declare = up_declared_by_nothing,
                                     .open = open_qoi,
                                     .slot = slot_memory };
