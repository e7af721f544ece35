/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/held_rows.h"
#include "io/pixels.h"
#include "io/plain/bmp_header.h"

#include <string.h>

typedef struct {
    up_source base;
    up_reader *reader;
    up_bmp_header header;
    size_t row_bytes; /* stored, a multiple of 4 */
    uint8_t *row;     /* one stored row */
    uint8_t *indices; /* all pixels of what is packed by run lengths */
    int y;
} bmp_source;

static bool is_packed(const bmp_source *s)
{
    return s->header.packing == UP_BMP_RLE8 || s->header.packing == UP_BMP_RLE4;
}

/* ---- run lengths */

typedef struct {
    bmp_source *s;
    int x, y; /* y from the bottom */
    bool cut;
} pen;

static int next_byte(pen *p)
{
    uint8_t byte = 0;
    p->cut |= up_reader_read(p->s->reader, &byte, 1) != 1;
    return byte;
}

static void draw(pen *p, int value)
{
    const up_bmp_header *h = &p->s->header;
    if (p->x < h->width && p->y < h->height)
        p->s->indices[(size_t)(h->height - 1 - p->y) * (size_t)h->width + (size_t)p->x] =
            (uint8_t)value;
    p->x += p->x < h->width;
}

static void draw_run(pen *p, int count, int value)
{
    const bool nibbles = p->s->header.packing == UP_BMP_RLE4;
    for (int i = 0; i < count; i++)
        draw(p, !nibbles ? value : i % 2 ? value & 15 : value >> 4);
}

static void draw_literals(pen *p, int count)
{
    const bool nibbles = p->s->header.packing == UP_BMP_RLE4;
    const int bytes = nibbles ? (count + 1) / 2 : count;
    for (int i = 0; i < bytes; i++)
        draw_run(p, nibbles ? up_min(2, count - 2 * i) : 1, next_byte(p));
    if (bytes % 2)
        next_byte(p);
}

/* false: the picture ends. */
static bool escape(pen *p, int code)
{
    const up_bmp_header *h = &p->s->header;
    switch (code) {
    case 0:
        p->x = 0;
        p->y++;
        return true;
    case 1:
        return false;
    case 2:
        p->x = up_min(p->x + next_byte(p), h->width);
        p->y = up_min(p->y + next_byte(p), h->height);
        return true;
    default:
        draw_literals(p, code);
        return true;
    }
}

static up_status lacks_first(bmp_source *s, int rows, up_error *error)
{
    const int height = s->header.height;
    if ((int64_t)rows * 10 > (int64_t)height * 9)
        return up_source_lacks_rows(&s->base, rows, error);
    if (rows == 1)
        return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its first row is missing");
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its first %d rows are missing",
                        rows);
}

/* Runs fill the rows from the bottom on; what none of them reaches has index 0. */
static up_status unpack(bmp_source *s, up_error *error)
{
    const up_bmp_header *h = &s->header;
    pen p = { .s = s };
    s->indices = up_alloc_zero((size_t)h->width, (size_t)h->height);
    if (!s->indices)
        return up_fail_memory(error, up_reader_name(s->reader), s->base.held_bytes);
    UP_TRY(up_reader_seek(s->reader, h->pixels, error));
    for (bool more = true; more && !p.cut && p.y < h->height;) {
        const int count = next_byte(&p), value = next_byte(&p);
        if (p.cut)
            break;
        if (count > 0)
            draw_run(&p, count, value);
        else
            more = escape(&p, value);
    }
    if (!p.cut)
        return UP_OK;
    if (up_reader_failed(s->reader))
        return up_reader_fail(s->reader, error);
    return lacks_first(s, h->height - p.y, error);
}

/* ---- rows */

static void from_palette(const bmp_source *s, uint8_t *to, const uint8_t *index, int bits)
{
    const up_bmp_header *h = &s->header;
    const int each = 8 / bits, most = (1 << bits) - 1;
    for (int x = 0; x < h->width; x++) {
        const int i = index[x / each] >> (8 - bits * (x % each + 1)) & most;
        if (h->grey)
            to[x] = h->palette[i][0];
        else
            memcpy(to + 3 * (size_t)x, h->palette[i], 3);
    }
}

static uint8_t field(uint32_t pixel, uint32_t mask)
{
    if (mask == 0)
        return UINT8_MAX;
    const uint64_t most = mask >> __builtin_ctz(mask),
                   value = (pixel & mask) >> __builtin_ctz(mask);
    return (uint8_t)((value * UINT8_MAX + most / 2) / most);
}

static void from_fields(const bmp_source *s, uint8_t *to, const uint8_t *from)
{
    const up_bmp_header *h = &s->header;
    const int bytes = h->bits / 8, channels = s->base.format.channels;
    for (int x = 0; x < h->width; x++, from += bytes, to += channels) {
        uint32_t pixel = 0;
        for (int b = bytes - 1; b >= 0; b--)
            pixel = pixel << 8 | from[b];
        for (int c = 0; c < channels; c++)
            to[c] = field(pixel, h->mask[c]);
    }
}

static up_status read_row(bmp_source *s, uint8_t *to, up_error *error)
{
    const up_bmp_header *h = &s->header;
    const int stored = h->from_top ? s->y : h->height - 1 - s->y;
    const int64_t at = h->pixels + (int64_t)stored * (int64_t)s->row_bytes;
    if (is_packed(s)) {
        from_palette(s, to, s->indices + (size_t)s->y * (size_t)h->width, 8);
        return UP_OK;
    }
    if (at + (int64_t)s->row_bytes > up_reader_size(s->reader)) {
        up_fill_missing(to, &s->base.format);
        return UP_OK;
    }
    UP_TRY(up_reader_seek(s->reader, at, error));
    UP_TRY(up_reader_exact(s->reader, s->row, s->row_bytes, error));
    if (h->bits <= 8)
        from_palette(s, to, s->row, h->bits);
    else
        from_fields(s, to, s->row);
    return UP_OK;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    bmp_source *s = (bmp_source *)source;
    if (!s->row && !(s->row = up_alloc(1, s->row_bytes)))
        return up_fail_memory(error, up_reader_name(s->reader), s->row_bytes);
    if (is_packed(s) && !s->indices)
        UP_TRY(unpack(s, error));
    for (int i = 0; i < count; i++, s->y++)
        UP_TRY(read_row(s, row[i], error));
    return UP_OK;
}

static void close_bmp(up_source *source)
{
    bmp_source *s = (bmp_source *)source;
    up_free(s->row);
    up_free(s->indices);
}

/* ---- opening */

/* Rows from the bottom on lie at the end of the picture when the file ends early. */
static up_status note_missing(bmp_source *s, up_error *error)
{
    const up_bmp_header *h = &s->header;
    const int64_t there = (up_reader_size(s->reader) - h->pixels) / (int64_t)s->row_bytes;
    if (is_packed(s) || there >= h->height)
        return UP_OK;
    const int missing = h->height - (there > 0 ? (int)there : 0);
    return h->from_top ? up_source_lacks_rows(&s->base, missing, error)
                       : lacks_first(s, missing, error);
}

static up_status set_format(bmp_source *s, up_error *error)
{
    const up_bmp_header *h = &s->header;
    up_format *f = &s->base.format;
    *f = (up_format){ .width = h->width,
                      .height = h->height,
                      .channels = h->bits <= 8 ? h->grey ? 1 : 3
                                  : h->mask[3] ? 4
                                               : 3,
                      .frames = 1,
                      .sample = UP_SAMPLE_U8,
                      .depth = h->grey ? h->bits : 8 };
    f->color = up_color_of_channels(f->channels);
    size_t all, bits;
    if (!up_frame_size(f, &all) || !up_mul((size_t)h->width, (size_t)h->bits, &bits))
        return up_fail_size(up_reader_name(s->reader), f, error);
    s->row_bytes = (bits + 31) / 32 * 4;
    s->base.held_bytes = up_reader_held(s->reader);
    if (is_packed(s))
        s->base.held_bytes += (size_t)h->width * (size_t)h->height;
    s->base.metadata.dpi_x = h->dpi_x > 0 && h->dpi_y > 0 ? h->dpi_x : 0;
    s->base.metadata.dpi_y = h->dpi_x > 0 && h->dpi_y > 0 ? h->dpi_y : 0;
    return note_missing(s, error);
}

static up_status begin(bmp_source *s, up_error *error)
{
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    UP_TRY(up_bmp_read_header(&s->header, &s->base.metadata, s->reader, error));
    return set_format(s, error);
}

static up_status open_bmp(up_source **source, up_reader *reader, up_error *error)
{
    bmp_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "bmp";
    s->base.read = read_rows;
    s->base.close = close_bmp;
    s->base.reader = s->reader = reader;
    up_metadata_init(&s->base.metadata);
    return up_source_opened(source, &s->base, begin(s, error));
}

/* Four bytes behind the size of the file are zero. */
static bool probe(const uint8_t *head, size_t size)
{
    static const uint8_t sizes[] = { 12, 40, 52, 56, 64, 108, 124 };
    return size >= 18 && memcmp(head, "BM", 2) == 0 && memchr(sizes, head[14], sizeof sizes) &&
           head[15] == 0 && head[16] == 0 && head[17] == 0;
}

const up_source_format up_bmp_source = { .type = "bmp", .probe = probe, .open = open_bmp };
