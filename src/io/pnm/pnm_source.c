/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/pixels.h"

#include <limits.h>
#include <string.h>

#define COMMENT_MAX ((size_t)1 << 20) /* of all comments of a header, so that none is endless */

typedef struct {
    up_source base;
    int kind; /* the digit after P */
    int maxval;
    int y;          /* next row */
    int64_t pixels; /* where they begin */
    int whole;      /* rows that are there; 0: not known to end early */
} pnm_source;

static up_status fail(const up_reader *reader, const char *what, up_error *error)
{
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged PNM: %s", up_reader_name(reader), what);
}

static bool is_blank(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next character, -1 at the end. */
static int next(up_reader *reader)
{
    uint8_t c;
    return up_reader_read(reader, &c, 1) ? c : -1;
}

static int skip_comment(up_reader *reader)
{
    int c = '#';
    for (size_t n = 0; c != '\n' && c != -1 && n < COMMENT_MAX; n++)
        c = next(reader);
    return c;
}

/* The first character that is neither blank nor in a comment. */
static int next_dark(up_reader *reader)
{
    int c = next(reader);
    for (size_t n = 0; (is_blank(c) || c == '#') && n < COMMENT_MAX; n++)
        c = c == '#' ? skip_comment(reader) : next(reader);
    return c;
}

enum { NO_NUMBER = -1, AT_END = -2 };

/* A decimal number up to `most` and the one character after it; below 0 if there is none. */
static int64_t number(up_reader *reader, int64_t most)
{
    int c = next_dark(reader);
    if (c < '0' || c > '9')
        return c == -1 ? AT_END : NO_NUMBER;
    int64_t value = 0;
    for (; c >= '0' && c <= '9'; c = next(reader)) {
        value = value * 10 + (c - '0');
        if (value > most)
            return NO_NUMBER;
    }
    bool ends = c == -1 || is_blank(c) || (c == '#' && skip_comment(reader) == '\n');
    return ends ? value : NO_NUMBER;
}

/* The three or four numbers of P1 .. P6. */
static up_status plain_header(pnm_source *s, up_reader *reader, up_error *error)
{
    up_format *f = &s->base.format;
    f->width = (int)number(reader, INT_MAX);
    f->height = (int)number(reader, INT_MAX);
    s->maxval = s->kind == 1 || s->kind == 4 ? 1 : (int)number(reader, UINT16_MAX);
    f->channels = s->kind == 3 || s->kind == 6 ? 3 : 1;
    if (f->width < 1 || f->height < 1)
        return fail(reader, "width and height must be positive numbers", error);
    if (s->maxval < 1)
        return fail(reader, "maxval must be 1..65535", error);
    return UP_OK;
}

/* A word of at most size - 1 characters; false if it is longer or missing. *last: what ended it. */
static bool word(up_reader *reader, char *out, size_t size, int *last)
{
    size_t n = 0;
    int c = next_dark(reader);
    for (; c != -1 && !is_blank(c); c = next(reader)) {
        if (n + 1 == size)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    *last = c;
    return n > 0;
}

static up_status check_tuple(const up_format *f, const char *tuple, const up_reader *reader,
                             up_error *error)
{
    static const struct {
        const char *name;
        int channels;
    } known[] = { { "BLACKANDWHITE", 1 },       { "GRAYSCALE", 1 },       { "RGB", 3 },
                  { "BLACKANDWHITE_ALPHA", 2 }, { "GRAYSCALE_ALPHA", 2 }, { "RGB_ALPHA", 4 } };
    if (!*tuple)
        return UP_OK;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(tuple, known[i].name) == 0)
            return f->channels == known[i].channels
                       ? UP_OK
                       : fail(reader, "TUPLTYPE and DEPTH contradict each other", error);
    return up_fail(error, UP_ERROR_INPUT, "%s: PAM with TUPLTYPE %s, which is not read",
                   up_reader_name(reader), tuple);
}

/* The named lines of P7, in any order. */
static up_status pam_header(pnm_source *s, up_reader *reader, up_error *error)
{
    up_format *f = &s->base.format;
    char name[24], tuple[24] = "";
    int last = 0;
    for (;;) {
        if (!word(reader, name, sizeof name, &last))
            return fail(reader, "the PAM header does not end", error);
        if (strcmp(name, "ENDHDR") == 0 && last == '\n')
            break;
        if (strcmp(name, "WIDTH") == 0)
            f->width = (int)number(reader, INT_MAX);
        else if (strcmp(name, "HEIGHT") == 0)
            f->height = (int)number(reader, INT_MAX);
        else if (strcmp(name, "DEPTH") == 0)
            f->channels = (int)number(reader, INT_MAX);
        else if (strcmp(name, "MAXVAL") == 0)
            s->maxval = (int)number(reader, UINT16_MAX);
        else if (strcmp(name, "TUPLTYPE") != 0 || !word(reader, tuple, sizeof tuple, &last))
            return fail(reader, "an unknown line in the PAM header", error);
    }
    if (f->width < 1 || f->height < 1 || s->maxval < 1)
        return fail(reader, "WIDTH, HEIGHT and MAXVAL must be positive numbers", error);
    if (f->channels < 1 || f->channels > 4)
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: PAM with %d channels; 1 to 4 are read, more go through .npy",
                       up_reader_name(reader), f->channels);
    return check_tuple(f, tuple, reader, error);
}

static int64_t plain_sample(const pnm_source *s)
{
    if (s->kind != 1)
        return number(s->base.reader, s->maxval);
    int c = next_dark(s->base.reader); /* bits may touch each other */
    return c == '0' ? 1 : c == '1' ? 0 : c == -1 ? AT_END : NO_NUMBER;
}

/* Reading a row gives 0, or NO_NUMBER or AT_END. */
static int read_plain(const pnm_source *s, void *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t v = plain_sample(s);
        if (v < 0)
            return (int)v;
        if (s->base.format.sample == UP_SAMPLE_U16)
            ((uint16_t *)row)[i] = (uint16_t)v;
        else
            ((uint8_t *)row)[i] = (uint8_t)v;
    }
    return 0;
}

/* Bits are read into the end of the row, where unpacking from its start never overtakes them. */
static int read_bits(const pnm_source *s, uint8_t *row, size_t width)
{
    size_t size = (width + 7) / 8;
    const uint8_t *packed = row + width - size;
    if (up_reader_read(s->base.reader, row + width - size, size) != size)
        return AT_END;
    for (size_t x = 0; x < width; x += 8) {
        unsigned byte = *packed++;
        for (size_t i = 0; i < 8 && x + i < width; i++)
            row[x + i] = !(byte >> (7 - i) & 1);
    }
    return 0;
}

static int read_binary(const pnm_source *s, void *row, size_t count)
{
    size_t size = count * up_sample_size(s->base.format.sample);
    if (up_reader_read(s->base.reader, row, size) != size)
        return AT_END;
    if (s->base.format.sample == UP_SAMPLE_U16)
        for (size_t i = 0; i < count; i++) {
            const uint8_t *big = (const uint8_t *)row + 2 * i;
            ((uint16_t *)row)[i] = (uint16_t)(big[0] << 8 | big[1]);
        }
    return 0;
}

/* 0 .. maxval to 0 .. white, rounded; false if a sample is above maxval. */
static bool stretch(const pnm_source *s, void *row, size_t count)
{
    uint32_t maxval = (uint32_t)s->maxval, top = 0;
    bool wide = s->base.format.sample == UP_SAMPLE_U16;
    uint32_t white = wide ? UINT16_MAX : UINT8_MAX;
    uint16_t *v2 = row;
    uint8_t *v1 = row;
    if (maxval == white)
        return true;
    for (size_t i = 0; i < count; i++) {
        uint32_t v = wide ? v2[i] : v1[i];
        top = v > top ? v : top;
        v = (v * white + maxval / 2) / maxval;
        if (wide)
            v2[i] = (uint16_t)v;
        else
            v1[i] = (uint8_t)v;
    }
    return top <= maxval;
}

static up_status read_row(pnm_source *s, void *row, up_error *error)
{
    const up_format *f = &s->base.format;
    size_t samples = (size_t)f->width * (size_t)f->channels;
    int result = s->kind <= 3   ? read_plain(s, row, samples)
                 : s->kind == 4 ? read_bits(s, row, samples)
                                : read_binary(s, row, samples);
    if (result == AT_END && s->y > 0 && !up_reader_failed(s->base.reader)) {
        s->whole = s->y;
        up_fill_missing(row, f);
        return up_source_lacks_rows(&s->base, f->height - s->y, error);
    }
    if (result == AT_END)
        return up_reader_exact(s->base.reader, row, 1, error); /* says why nothing follows */
    if (result == NO_NUMBER)
        return fail(s->base.reader, "the pixels are not numbers up to maxval", error);
    if (!stretch(s, row, samples))
        return fail(s->base.reader, "a sample is larger than maxval", error);
    return UP_OK;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    pnm_source *s = (pnm_source *)source;
    for (int i = 0; i < count; i++, s->y++)
        if (s->whole)
            up_fill_missing(row[i], &source->format);
        else
            UP_TRY(read_row(s, row[i], error));
    return UP_OK;
}

static size_t stored_bytes(const pnm_source *s)
{
    const size_t samples = (size_t)s->base.format.width * (size_t)s->base.format.channels;
    return s->kind == 4 ? (samples + 7) / 8 : samples * up_sample_size(s->base.format.sample);
}

static up_status skip_rows(up_source *source, int count, up_error *error)
{
    pnm_source *s = (pnm_source *)source;
    const int64_t row = (int64_t)stored_bytes(s);
    const int64_t there = (up_reader_size(source->reader) - s->pixels) / row;
    s->y += count;
    if (s->whole || s->y <= there)
        return up_reader_seek(source->reader, s->pixels + s->y * row, error);
    s->whole = (int)there;
    return up_source_lacks_rows(source, source->format.height - s->whole, error);
}

static int depth_of(int maxval)
{
    return maxval == 1 ? 1 : maxval <= 3 ? 2 : maxval <= 15 ? 4 : maxval <= UINT8_MAX ? 8 : 16;
}

static up_status read_header(pnm_source *s, up_reader *reader, up_error *error)
{
    uint8_t magic[2];
    UP_TRY(up_reader_exact(reader, magic, sizeof magic, error));
    s->kind = magic[1] - '0';
    UP_TRY(s->kind == 7 ? pam_header(s, reader, error) : plain_header(s, reader, error));
    up_format *f = &s->base.format;
    f->frames = 1;
    f->color = up_color_of_channels(f->channels);
    f->sample = s->maxval > UINT8_MAX ? UP_SAMPLE_U16 : UP_SAMPLE_U8;
    f->depth = depth_of(s->maxval);
    return UP_OK;
}

static up_status open_pnm(up_source **source, up_reader *reader, up_error *error)
{
    pnm_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    up_metadata_init(&s->base.metadata);
    s->base.type = "pnm";
    s->base.read = read_rows;
    up_status status = read_header(s, reader, error);
    if (status != UP_OK) {
        up_free(s);
        return status;
    }
    s->pixels = up_reader_position(reader);
    if (s->kind > 3 && up_reader_size(reader) >= 0)
        s->base.skip = skip_rows;
    *source = &s->base;
    return UP_OK;
}

static bool probe(const uint8_t *head, size_t size)
{
    return size >= 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' &&
           (is_blank(head[2]) || head[2] == '#');
}

const up_source_format up_pnm_source = { .type = "pnm", .probe = probe, .open = open_pnm };
