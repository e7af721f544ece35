/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/held_rows.h"
#include "io/pixels.h"
#include "io/plain/qoi_pixels.h"

#include <limits.h>
#include <string.h>

typedef struct {
    up_source base;
    up_qoi_state state;
    int y;
    int whole; /* rows that are there, where it broke off; -1: it did not */
    size_t at, size;
    uint8_t buffer[1 << 16];
} qoi_source;

/* -1 at the end. */
static int next_byte(qoi_source *s)
{
    if (s->at == s->size) {
        s->size = up_reader_read(s->base.reader, s->buffer, sizeof s->buffer);
        s->at = 0;
    }
    return s->at < s->size ? s->buffer[s->at++] : -1;
}

static bool take_whole(qoi_source *s, up_qoi_pixel *p, int channels)
{
    for (int c = 0; c < channels; c++) {
        const int byte = next_byte(s);
        if (byte < 0)
            return false;
        p->c[c] = (uint8_t)byte;
    }
    return true;
}

static bool take_luma(qoi_source *s, up_qoi_pixel *p, int first)
{
    const int second = next_byte(s), green = (first & 63) - 32;
    p->c[0] = (uint8_t)(p->c[0] + green - 8 + (second >> 4 & 15));
    p->c[1] = (uint8_t)(p->c[1] + green);
    p->c[2] = (uint8_t)(p->c[2] + green - 8 + (second & 15));
    return second >= 0;
}

/* false: the file ends. */
static bool next_pixel(qoi_source *s)
{
    up_qoi_state *q = &s->state;
    up_qoi_pixel p = q->before;
    if (q->run > 0) {
        q->run--;
        return true;
    }
    const int byte = next_byte(s);
    bool there = byte >= 0;
    if (byte == UP_QOI_RGB || byte == UP_QOI_RGBA)
        there = take_whole(s, &p, byte == UP_QOI_RGB ? 3 : 4);
    else if (there && (byte & UP_QOI_RUN) == UP_QOI_RUN)
        q->run = byte & 63;
    else if (there && (byte & UP_QOI_RUN) == UP_QOI_LUMA)
        there = take_luma(s, &p, byte);
    else if (there && (byte & UP_QOI_RUN) == UP_QOI_DIFF)
        for (int c = 0; c < 3; c++)
            p.c[c] = (uint8_t)(p.c[c] + (byte >> (4 - 2 * c) & 3) - 2);
    else if (there)
        p = q->seen[byte];
    q->before = q->seen[up_qoi_place(p)] = p;
    return there;
}

static up_status end_early(qoi_source *s, up_error *error)
{
    if (up_reader_failed(s->base.reader))
        return up_reader_fail(s->base.reader, error);
    s->whole = s->y;
    return up_source_lacks_rows(&s->base, s->base.format.height - s->y, error);
}

static up_status read_row(qoi_source *s, uint8_t *row, up_error *error)
{
    const int width = s->base.format.width, channels = s->base.format.channels;
    for (int x = 0; x < width && s->whole < 0; x++) {
        if (!next_pixel(s))
            UP_TRY(end_early(s, error));
        memcpy(row + (size_t)x * (size_t)channels, s->state.before.c, (size_t)channels);
    }
    if (s->whole >= 0)
        up_fill_missing(row, &s->base.format);
    return UP_OK;
}

/* Seven zeros and a one. */
static up_status check_end(qoi_source *s, up_error *error)
{
    bool ends = true;
    for (int i = 0; i < UP_QOI_END; i++)
        ends &= next_byte(s) == (i == UP_QOI_END - 1);
    if (ends)
        return UP_OK;
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its end is missing");
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    qoi_source *s = (qoi_source *)source;
    for (int i = 0; i < count; i++, s->y++)
        UP_TRY(read_row(s, row[i], error));
    return s->y == source->format.height && s->whole < 0 ? check_end(s, error) : UP_OK;
}

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Colours that are linear are said as PNG would. */
static up_status read_header(qoi_source *s, up_reader *reader, up_error *error)
{
    uint8_t head[UP_QOI_HEAD];
    UP_TRY(up_reader_exact(reader, head, sizeof head, error));
    const uint32_t width = big_endian(head + 4), height = big_endian(head + 8);
    if (width < 1 || height < 1 || width > INT_MAX || height > INT_MAX || head[12] < 3 ||
        head[12] > 4 || head[13] > 1)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged QOI: its header makes no sense",
                       up_reader_name(reader));
    up_format *f = &s->base.format;
    *f = (up_format){ .width = (int)width,
                      .height = (int)height,
                      .channels = head[12],
                      .frames = 1,
                      .color = up_color_of_channels(head[12]),
                      .sample = UP_SAMPLE_U8,
                      .depth = 8 };
    size_t all;
    if (!up_frame_size(f, &all))
        return up_fail_size(up_reader_name(reader), f, error);
    s->base.metadata.color.gamma = head[13] == 1 ? 1 : 0;
    return UP_OK;
}

static up_status open_qoi(up_source **source, up_reader *reader, up_error *error)
{
    qoi_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    up_metadata_init(&s->base.metadata);
    s->base.type = "qoi";
    s->base.read = read_rows;
    s->whole = -1;
    up_qoi_begin(&s->state);
    return up_source_opened(source, &s->base, read_header(s, reader, error));
}

static bool probe(const uint8_t *head, size_t size)
{
    return size >= 4 && memcmp(head, "qoif", 4) == 0;
}

const up_source_format up_qoi_source = { .type = "qoi", .probe = probe, .open = open_qoi };
