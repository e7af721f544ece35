/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/plain/byte_rows.h"

#include <limits.h>
#include <string.h>

enum { FILE_HEAD = 14, HEAD = 40, ALPHA_HEAD = 108, PALETTE = 256 * 4, FIELDS = 3 };

typedef struct {
    up_sink base;
    size_t row_bytes;
    bool from_top; /* to a pipe, which cannot be written from its end */
    int64_t pixels;
    int accepted, written; /* rows */
    up_byte_slot slot[];
} bmp_sink;

static size_t stored_row(const up_format *f)
{
    const size_t bytes[] = { 0, 1, 4, 3, 4 };
    return up_round_up((size_t)f->width * bytes[f->channels], 4);
}

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_choose_bytes("BMP", format, error));
    const size_t row = stored_row(format), most = UINT32_MAX - FILE_HEAD - ALPHA_HEAD - PALETTE;
    if (row > most / (size_t)format->height)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "BMP holds less than 4 GiB, not %dx%d pixels: write PNG or TIFF instead",
                       format->width, format->height);
    return UP_OK;
}

static void set_row(const up_format *f, uint8_t *to, const uint8_t *from, size_t row_bytes)
{
    const size_t bytes = f->channels % 2 ? 3 : 4;
    if (f->channels == 1) {
        memcpy(to, from, (size_t)f->width);
        memset(to + f->width, 0, row_bytes - (size_t)f->width);
        return;
    }
    for (int x = 0; x < f->width; x++) {
        uint8_t pixel[4];
        up_byte_pixel(pixel, from, x, f->channels);
        uint8_t *at = to + (size_t)x * bytes;
        at[0] = pixel[2];
        at[1] = pixel[1];
        at[2] = pixel[0];
        if (bytes == 4)
            at[3] = pixel[3];
    }
    memset(to + (size_t)f->width * bytes, 0, row_bytes - (size_t)f->width * bytes);
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    bmp_sink *s = (bmp_sink *)sink;
    up_byte_slot *to = &s->slot[slot];
    (void)error;
    for (int i = 0; i < count; i++)
        set_row(&sink->format, to->bytes + (size_t)(s->from_top ? i : count - 1 - i) * s->row_bytes,
                row[i], s->row_bytes);
    to->size = (size_t)count * s->row_bytes;
    return UP_OK;
}

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    bmp_sink *s = (bmp_sink *)sink;
    const up_byte_slot *from = &s->slot[slot];
    if (s->from_top)
        return up_writer_write(sink->writer, from->bytes, from->size, error);
    s->written += (int)(from->size / s->row_bytes);
    const int64_t below = (int64_t)(sink->format.height - s->written);
    return up_writer_write_at(sink->writer, s->pixels + below * (int64_t)s->row_bytes, from->bytes,
                              from->size, error);
}

static void close_bmp(up_sink *sink)
{
    up_byte_slots_close(((bmp_sink *)sink)->slot, sink->slots);
}

static void put(uint8_t *at, int bytes, uint32_t value)
{
    for (int i = 0; i < bytes; i++, value >>= 8)
        at[i] = (uint8_t)value;
}

static up_status write_header(bmp_sink *s, up_error *error)
{
    const up_format *f = &s->base.format;
    uint8_t head[FILE_HEAD + ALPHA_HEAD + PALETTE] = "BM";
    const bool grey = f->channels == 1, alpha = f->channels % 2 == 0;
    const uint32_t size = FILE_HEAD + (alpha ? ALPHA_HEAD : HEAD), behind = grey ? PALETTE : 0;
    const uint32_t pixels = (uint32_t)(s->row_bytes * (size_t)f->height);
    s->pixels = size + behind;
    put(head + 2, 4, size + behind + pixels);
    put(head + 10, 4, size + behind);
    put(head + 14, 4, size - FILE_HEAD);
    put(head + 18, 4, (uint32_t)f->width);
    put(head + 22, 4, (uint32_t)(s->from_top ? -f->height : f->height));
    put(head + 26, 2, 1);
    put(head + 28, 2, grey ? 8 : alpha ? 32 : 24);
    put(head + 30, 4, alpha ? FIELDS : 0);
    put(head + 34, 4, pixels);
    for (int c = 0; c < 4 && alpha; c++) /* masks of red, green, blue, alpha */
        put(head + FILE_HEAD + HEAD + 4 * c, 4, 0xffu << (c < 3 ? 16 - 8 * c : 24));
    if (alpha)
        memcpy(head + FILE_HEAD + HEAD + 16, "BGRs", 4); /* 'sRGB', low byte first */
    for (uint32_t i = 0; i < 256 && grey; i++)
        put(head + size + 4 * i, 4, 0x10101 * i);
    return up_writer_write(s->base.writer, head, size + behind, error);
}

static up_status begin(bmp_sink *s, size_t group_bytes, up_error *error)
{
    const char *name = up_writer_name(s->base.writer);
    UP_TRY(choose(&s->base.format, error));
    const size_t rows =
        group_bytes / ((size_t)s->base.format.width * (size_t)s->base.format.channels);
    s->row_bytes = stored_row(&s->base.format);
    s->from_top = !up_writer_seekable(s->base.writer);
    UP_TRY(up_byte_slots_open(s->slot, s->base.slots, rows * s->row_bytes, name, error));
    return write_header(s, error);
}

static up_status open_bmp(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    (void)encoding;
    bmp_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->slot);
    if (!s)
        return up_fail_memory(error, "encoding BMP", sizeof *s);
    s->base = (up_sink){ .type = "bmp",
                         .writer = writer,
                         .format = *format,
                         .slots = slots,
                         .accept = accept_rows,
                         .emit = emit,
                         .finish = up_sink_publish,
                         .close = close_bmp };
    return up_sink_opened(sink, &s->base, begin(s, group_bytes, error));
}

static size_t slot_memory(const up_format *format, const up_encoding *encoding, size_t group_bytes)
{
    (void)encoding;
    const size_t row = (size_t)format->width * (size_t)format->channels;
    return group_bytes / row * stored_row(format);
}

const up_sink_format up_bmp_sink = { .type = "bmp",
                                     .extensions = "bmp dib",
                                     .choose = choose,
                                     .declare = up_declared_by_nothing,
                                     .open = open_bmp,
                                     .slot = slot_memory };
