/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/pixels.h"

#include <string.h>

enum { HEAD = 18, PALETTE_MOST = 65536 };
enum { PALETTE = 1, RGB = 2, GREY = 3, RUNS = 8 };
enum { FROM_RIGHT = 0x10, FROM_TOP = 0x20, ALPHA_BITS = 0x0f };

typedef struct {
    up_source base;
    up_reader *reader;
    int kind; /* PALETTE, RGB or GREY */
    bool runs, from_top, from_right;
    int pixel_bytes, alpha_bits; /* stored */
    int64_t pixels;              /* where they begin */
    int first, colours, colour_bytes;
    uint8_t *palette;
    uint8_t *row;  /* stored pixels of one */
    uint8_t *held; /* all of them, where runs go from the bottom on */
    int y;
    int stored; /* rows that are there; less than the height: the file ends early */
    int run;    /* pixels that the packet that was begun still brings */
    bool repeats;
    uint8_t repeated[4];
} tga_source;

/* ---- stored pixels */

static int64_t row_bytes(const tga_source *s)
{
    return (int64_t)s->base.format.width * s->pixel_bytes;
}

/* false: the file ends. */
static bool next_pixel(tga_source *s, uint8_t *to)
{
    const size_t bytes = (size_t)s->pixel_bytes;
    if (s->run == 0) {
        uint8_t packet;
        if (up_reader_read(s->reader, &packet, 1) != 1)
            return false;
        s->run = (packet & 127) + 1;
        s->repeats = packet & 128;
        if (s->repeats && up_reader_read(s->reader, s->repeated, bytes) != bytes)
            return false;
    }
    s->run--;
    if (!s->repeats)
        return up_reader_read(s->reader, to, bytes) == bytes;
    memcpy(to, s->repeated, bytes);
    return true;
}

static bool unpack_row(tga_source *s, uint8_t *to)
{
    for (int x = 0; x < s->base.format.width; x++, to += s->pixel_bytes)
        if (!next_pixel(s, to))
            return false;
    return true;
}

static up_status lacks(tga_source *s, int stored, up_error *error)
{
    const int missing = s->base.format.height - stored;
    if (up_reader_failed(s->reader))
        return up_reader_fail(s->reader, error);
    s->stored = stored;
    if (s->from_top || stored * (int64_t)10 < s->base.format.height)
        return up_source_lacks_rows(&s->base, missing, error);
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its first %d rows are missing",
                        missing);
}

static up_status hold(tga_source *s, up_error *error)
{
    const size_t bytes = (size_t)row_bytes(s), height = (size_t)s->base.format.height;
    s->held = up_alloc(height, bytes);
    if (!s->held)
        return up_fail_memory(error, up_reader_name(s->reader), s->base.held_bytes);
    for (int i = 0; i < s->base.format.height; i++)
        if (!unpack_row(s, s->held + (size_t)i * bytes))
            return lacks(s, i, error);
    return UP_OK;
}

/* Row y of the picture as it is stored; *from is NULL where the file lacks it. */
static up_status find_row(tga_source *s, const uint8_t **from, up_error *error)
{
    const int height = s->base.format.height, at = s->from_top ? s->y : height - 1 - s->y;
    const size_t bytes = (size_t)row_bytes(s);
    *from = NULL;
    if (s->runs && !s->from_top && !s->held)
        UP_TRY(hold(s, error));
    if (at >= s->stored)
        return UP_OK;
    if (s->held) {
        *from = s->held + (size_t)at * bytes;
        return UP_OK;
    }
    if (s->runs && !unpack_row(s, s->row))
        return lacks(s, at, error);
    if (!s->runs) {
        UP_TRY(up_reader_seek(s->reader, s->pixels + at * (int64_t)bytes, error));
        UP_TRY(up_reader_exact(s->reader, s->row, bytes, error));
    }
    *from = s->row;
    return UP_OK;
}

/* ---- colours */

static int widen(int bits) /* of five */
{
    return (bits * UINT8_MAX + 15) / 31;
}

/* Red, green, blue and alpha of 2, 3 or 4 stored bytes. */
static void take_colour(const uint8_t *from, int bytes, uint8_t to[4])
{
    if (bytes == 2) {
        const int v = from[0] | from[1] << 8;
        to[0] = (uint8_t)widen(v >> 10 & 31);
        to[1] = (uint8_t)widen(v >> 5 & 31);
        to[2] = (uint8_t)widen(v & 31);
        to[3] = v >> 15 ? UINT8_MAX : 0;
        return;
    }
    to[0] = from[2];
    to[1] = from[1];
    to[2] = from[0];
    to[3] = bytes == 4 ? from[3] : UINT8_MAX;
}

static void take_pixel(const tga_source *s, const uint8_t *from, uint8_t to[4])
{
    if (s->kind == GREY) {
        to[0] = from[0];
        to[1] = s->pixel_bytes > 1 ? from[1] : UINT8_MAX;
        return;
    }
    if (s->kind == RGB) {
        take_colour(from, s->pixel_bytes, to);
        return;
    }
    const int index = from[0] | (s->pixel_bytes > 1 ? from[1] << 8 : 0), i = index - s->first;
    static const uint8_t black[4] = { 0 };
    take_colour(i >= 0 && i < s->colours ? s->palette + (size_t)i * (size_t)s->colour_bytes : black,
                s->colour_bytes, to);
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    tga_source *s = (tga_source *)source;
    const int width = source->format.width;
    const size_t channels = (size_t)source->format.channels;
    for (int i = 0; i < count; i++, s->y++) {
        const uint8_t *from;
        uint8_t *to = row[i], pixel[4];
        UP_TRY(find_row(s, &from, error));
        if (!from)
            up_fill_missing(to, &source->format);
        for (int x = 0; x < width && from; x++) {
            take_pixel(s, from + (size_t)x * (size_t)s->pixel_bytes, pixel);
            memcpy(to + (size_t)(s->from_right ? width - 1 - x : x) * channels, pixel, channels);
        }
    }
    return UP_OK;
}

static void close_tga(up_source *source)
{
    tga_source *s = (tga_source *)source;
    up_free(s->palette);
    up_free(s->row);
    up_free(s->held);
}

/* ---- opening */

static int little(const uint8_t *at)
{
    return at[0] | at[1] << 8;
}

static up_status take_palette(tga_source *s, const uint8_t *head, up_error *error)
{
    s->first = little(head + 3);
    s->colours = little(head + 5);
    s->colour_bytes = (head[7] + 7) / 8;
    const size_t bytes = (size_t)s->colours * (size_t)s->colour_bytes;
    const int64_t at = HEAD + head[0];
    s->pixels = at + (int64_t)bytes;
    if (s->kind != PALETTE)
        return UP_OK;
    s->palette = up_alloc(bytes, 1);
    if (!s->palette)
        return up_fail_memory(error, up_reader_name(s->reader), bytes);
    return up_reader_read_at(s->reader, at, s->palette, bytes, error);
}

static up_status set_format(tga_source *s, const uint8_t *head, up_error *error)
{
    const int alpha = s->kind == PALETTE ? s->colour_bytes == 4 : s->alpha_bits > 0;
    up_format *f = &s->base.format;
    *f = (up_format){ .width = little(head + 12),
                      .height = little(head + 14),
                      .channels = (s->kind == GREY ? 1 : 3) + alpha,
                      .frames = 1,
                      .sample = UP_SAMPLE_U8,
                      .depth = 8 };
    f->color = up_color_of_channels(f->channels);
    s->stored = f->height;
    s->base.held_bytes = up_reader_held(s->reader);
    if (s->runs && !s->from_top)
        s->base.held_bytes += (size_t)row_bytes(s) * (size_t)f->height;
    s->row = up_alloc((size_t)row_bytes(s), 1);
    if (!s->row)
        return up_fail_memory(error, up_reader_name(s->reader), (size_t)row_bytes(s));
    const int64_t there = (up_reader_size(s->reader) - s->pixels) / row_bytes(s);
    if (!s->runs && there < f->height)
        UP_TRY(lacks(s, there > 0 ? (int)there : 0, error));
    return up_reader_seek(s->reader, s->pixels, error);
}

static up_status begin(tga_source *s, up_error *error)
{
    uint8_t head[HEAD];
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    UP_TRY(up_reader_read_at(s->reader, 0, head, sizeof head, error));
    s->kind = head[2] & ~RUNS;
    s->runs = head[2] & RUNS;
    s->pixel_bytes = (head[16] + 7) / 8;
    s->alpha_bits = head[17] & ALPHA_BITS;
    s->from_top = head[17] & FROM_TOP;
    s->from_right = head[17] & FROM_RIGHT;
    UP_TRY(take_palette(s, head, error));
    return set_format(s, head, error);
}

static up_status open_tga(up_source **source, up_reader *reader, up_error *error)
{
    tga_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "tga";
    s->base.read = read_rows;
    s->base.close = close_tga;
    s->base.reader = s->reader = reader;
    up_metadata_init(&s->base.metadata);
    return up_source_opened(source, &s->base, begin(s, error));
}

static bool palette_fits(const uint8_t *head)
{
    const bool depth = head[7] == 15 || head[7] == 16 || head[7] == 24 || head[7] == 32;
    if (head[1] == 0)
        return little(head + 3) == 0 && little(head + 5) == 0 && (head[2] & ~RUNS) != PALETTE;
    return head[1] == 1 && little(head + 5) > 0 && depth;
}

/* It has no signature: all of its header must make sense. */
static bool probe(const uint8_t *head, size_t size)
{
    if (size < HEAD || (head[2] & ~RUNS) < PALETTE || (head[2] & ~RUNS) > GREY ||
        !palette_fits(head) || little(head + 12) == 0 || little(head + 14) == 0 || head[17] & 0xc0)
        return false;
    const int bits = head[16], alpha = head[17] & ALPHA_BITS;
    switch (head[2] & ~RUNS) {
    case PALETTE:
        return (bits == 8 || bits == 16) && alpha == 0;
    case GREY:
        return (bits == 8 && alpha == 0) || (bits == 16 && alpha == 8);
    default:
        return ((bits == 15 || bits == 24) && alpha == 0) || (bits == 16 && alpha <= 1) ||
               (bits == 32 && (alpha == 0 || alpha == 8));
    }
}

const up_source_format up_tga_source = { .type = "tga", .probe = probe, .open = open_tga };
