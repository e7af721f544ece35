/* SPDX-License-Identifier: MIT */
/* Tensors as text: rows of numbers, blank lines between channels. */

#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"
#include "io/text/text_tensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TEXT 24 /* characters of a number and what follows it */

typedef struct {
    up_sink base;
    size_t row_bytes;
    uint8_t *held; /* planes; the first row of the second comes after the last of the first */
    int y;
} text_sink;

static up_status choose(up_format *format, up_error *error)
{
    if (format->frames != 1)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "text holds one image, not a batch of %lld; write .npy",
                       (long long)format->frames);
    format->planar = true;
    format->depth = format->sample == UP_SAMPLE_I64 ? 64 : 8 * (int)up_sample_size(format->sample);
    return UP_OK;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    text_sink *s = (text_sink *)sink;
    (void)slot;
    (void)error;
    for (int c = 0; c < sink->format.channels; c++)
        for (int i = 0; i < count; i++)
            memcpy(s->held + ((size_t)c * sink->format.height + s->y + i) * s->row_bytes,
                   row[c * count + i], s->row_bytes);
    s->y += count;
    return UP_OK;
}

/* The fewest digits that are read as the same float. */
static int put_float(char text[MOST_TEXT], float value)
{
    for (int digits = 6; digits < 9; digits++) {
        snprintf(text, MOST_TEXT, "%.*g", digits, value);
        if (strtof(text, NULL) == value)
            break;
        snprintf(text, MOST_TEXT, "%.9g", value);
    }
    for (char *c = text; *c; c++)
        if (*c == ',')
            *c = '.';
    return (int)strlen(text);
}

static int put_number(char text[MOST_TEXT], const uint8_t *row, int x, up_sample sample)
{
    switch (sample) {
    case UP_SAMPLE_U8:
        return snprintf(text, MOST_TEXT, "%d", row[x]);
    case UP_SAMPLE_U16:
        return snprintf(text, MOST_TEXT, "%d", ((const uint16_t *)row)[x]);
    case UP_SAMPLE_I64:
        return snprintf(text, MOST_TEXT, "%lld", (long long)((const int64_t *)row)[x]);
    default:
        return put_float(text, ((const float *)row)[x]);
    }
}

static up_status put_row(const text_sink *s, const uint8_t *row, up_error *error)
{
    const up_format *f = &s->base.format;
    char text[MOST_TEXT + 1];
    for (int x = 0; x < f->width; x++) {
        int length = put_number(text, row, x, f->sample);
        text[length++] = x + 1 < f->width ? ',' : '\n';
        UP_TRY(up_writer_write(s->base.writer, text, (size_t)length, error));
    }
    return UP_OK;
}

static up_status finish(up_sink *sink, up_error *error)
{
    const text_sink *s = (text_sink *)sink;
    const up_format *f = &sink->format;
    for (int c = 0; c < f->channels; c++) {
        if (c > 0)
            UP_TRY(up_writer_write(sink->writer, "\n", 1, error));
        for (int y = 0; y < f->height; y++)
            UP_TRY(put_row(s, s->held + ((size_t)c * f->height + y) * s->row_bytes, error));
    }
    return up_sink_publish(sink, error);
}

static void close_text(up_sink *sink)
{
    up_free(((text_sink *)sink)->held);
}

static up_status open_text(up_sink **sink, up_writer *writer, const up_format *format,
                           const up_encoding *encoding, int slots, size_t group_bytes,
                           up_error *error)
{
    size_t frame;
    (void)encoding;
    (void)group_bytes;
    if (!up_frame_size(format, &frame) || frame > UP_TEXT_TENSOR_MOST)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: too large for text; write .npy",
                       up_writer_name(writer));
    text_sink *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, "encoding text", sizeof *s);
    s->base = (up_sink){ .type = "txt",
                         .writer = writer,
                         .format = *format,
                         .slots = slots,
                         .accept = accept_rows,
                         .finish = finish,
                         .close = close_text };
    s->base.format.planar = true;
    up_row_size(&s->base.format, &s->row_bytes);
    s->held = up_alloc(frame, 1);
    return up_sink_opened(sink, &s->base,
                          s->held ? UP_OK : up_fail_memory(error, "encoding text", frame));
}

static size_t held(const up_format *format, const up_encoding *encoding)
{
    size_t frame;
    (void)encoding;
    return up_frame_size(format, &frame) ? frame : SIZE_MAX;
}

const up_sink_format up_txt_sink = { .type = "txt",
                                     .extensions = "txt csv",
                                     .choose = choose,
                                     .declare = up_declared_by_nothing,
                                     .open = open_text,
                                     .held = held };
