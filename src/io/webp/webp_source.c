/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/held_rows.h"
#include "io/metadata/exif.h"
#include "io/pixels.h"
#include "io/webp/webp_frames.h"

#include <limits.h>
#include <string.h>
#include <webp/decode.h>

enum { PIECE = 1 << 16, RIFF_HEAD = 12 };

typedef struct {
    up_source base;
    up_reader *reader;
    up_webp_layout layout;
    WebPIDecoder *decoder;
    WebPDecoderConfig config;
    uint8_t *pixels; /* of the picture on the canvas, as far as they are decoded */
    size_t row_bytes;
    int64_t at;            /* the next bytes for the decoder */
    int ready;             /* rows of `pixels` that are final */
    int y;                 /* next row to deliver */
    int whole;             /* rows that are there, where it broke off; -1: it did not */
    up_webp_frames frames; /* of an animation, when they are what is read */
    bool moving;
    uint8_t piece[PIECE];
} webp_source;

static up_status start(webp_source *s, up_error *error)
{
    const up_webp_layout *l = &s->layout;
    const char *name = up_reader_name(s->reader);
    s->pixels = up_alloc((size_t)l->pixels.rows, s->row_bytes);
    if (!s->pixels || !WebPInitDecoderConfig(&s->config))
        return up_fail_memory(error, name, (size_t)l->pixels.rows * s->row_bytes);
    s->config.output.colorspace = l->pixels.alpha ? MODE_RGBA : MODE_RGB;
    s->config.output.is_external_memory = 1;
    s->config.output.u.RGBA =
        (WebPRGBABuffer){ s->pixels, (int)s->row_bytes, (size_t)l->pixels.rows * s->row_bytes };
    s->decoder = WebPIDecode(NULL, 0, &s->config);
    s->at = l->pixels.at;
    return s->decoder ? UP_OK : up_fail_memory(error, name, sizeof s->config);
}

static up_status note_end(webp_source *s, up_error *error)
{
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its end is missing");
}

/* What is missing when the bytes are at their end. */
static up_status end_early(webp_source *s, up_error *error)
{
    s->whole = s->ready;
    return up_source_lacks_rows(&s->base, s->layout.pixels.rows - s->ready, error);
}

static up_status decode_piece(webp_source *s, up_error *error)
{
    const int64_t left = s->layout.pixels.end - s->at;
    const size_t size = left < PIECE ? (size_t)left : PIECE;
    if (size == 0)
        return end_early(s, error);
    UP_TRY(up_reader_read_at(s->reader, s->at, s->piece, size, error));
    s->at += (int64_t)size;
    const VP8StatusCode code = WebPIAppend(s->decoder, s->piece, size);
    int last = 0;
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return up_fail_memory(error, up_reader_name(s->reader), s->base.held_bytes);
    if (code != VP8_STATUS_OK && code != VP8_STATUS_SUSPENDED)
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged WebP: its pixels cannot be decoded",
                       up_reader_name(s->reader));
    if (WebPIDecGetRGB(s->decoder, &last, NULL, NULL, NULL))
        s->ready = last;
    if (code != VP8_STATUS_OK)
        return UP_OK;
    s->ready = s->layout.pixels.rows;
    return s->layout.pixels.cut ? note_end(s, error) : UP_OK;
}

/* A row of the canvas: transparent where a frame leaves it free. */
static void deliver(const webp_source *s, uint8_t *to)
{
    const up_webp_layout *l = &s->layout;
    const int y = s->y - l->y;
    const size_t channels = (size_t)s->base.format.channels, own = l->pixels.alpha ? 4 : 3;
    if (l->pixels.columns < l->width || l->pixels.rows < l->height)
        memset(to, 0, (size_t)l->width * channels);
    if (y < 0 || y >= l->pixels.rows)
        return;
    const uint8_t *from = s->pixels + (size_t)y * s->row_bytes;
    to += (size_t)l->x * channels;
    if (own == channels)
        memcpy(to, from, s->row_bytes);
    for (int x = 0; x < l->pixels.columns && own != channels; x++) {
        memcpy(to + (size_t)x * channels, from + (size_t)x * own, own);
        to[(size_t)x * channels + own] = UINT8_MAX;
    }
}

/* A row of a frame, which has alpha in any case. */
static void deliver_frame(const webp_source *s, uint8_t *to)
{
    const up_screen *screen = &s->frames.screen;
    const uint8_t *from = screen->pixels + (size_t)s->y * screen->row_bytes;
    const size_t channels = (size_t)s->base.format.channels;
    if (channels == 4)
        memcpy(to, from, screen->row_bytes);
    for (int x = 0; x < s->layout.width && channels < 4; x++)
        memcpy(to + (size_t)x * channels, from + (size_t)x * 4, channels);
}

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    webp_source *s = (webp_source *)source;
    if (!s->moving)
        UP_TRY(up_webp_frames_begin(&s->frames, s->reader, &source->format, error));
    s->moving = true;
    s->y = 0;
    *there = s->frames.shown < source->sequence.frames;
    return *there ? up_webp_frames_next(&s->frames, there, &source->duration, &source->notes, error)
                  : UP_OK;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    webp_source *s = (webp_source *)source;
    for (int i = 0; i < count && s->moving; i++, s->y++)
        deliver_frame(s, row[i]);
    if (s->moving)
        return UP_OK;
    if (!s->decoder)
        UP_TRY(start(s, error));
    for (int i = 0; i < count; i++, s->y++) {
        const int wanted = up_min(s->y - s->layout.y + 1, s->layout.pixels.rows);
        while (s->ready < wanted && s->whole < 0)
            UP_TRY(decode_piece(s, error));
        if (s->ready < wanted)
            up_fill_missing(row[i], &source->format);
        else
            deliver(s, row[i]);
    }
    return UP_OK;
}

static void close_webp(up_source *source)
{
    webp_source *s = (webp_source *)source;
    WebPIDelete(s->decoder);
    up_webp_frames_end(&s->frames);
    up_free(s->pixels);
}

/* What libwebp holds beside the rows it gives: all pixels of what is lossless, its colours as it
 * reads them and the bytes that they come from; otherwise alpha likewise. */
static bool held_bytes(const webp_source *s, size_t *bytes)
{
    const up_webp_layout *l = &s->layout;
    size_t pixels, each = l->pixels.lossless ? 5 : l->pixels.alpha ? 3 : 0;
    const size_t packed = (size_t)(l->pixels.end - l->pixels.at);
    return up_mul((size_t)l->pixels.columns, (size_t)l->pixels.rows, &pixels) &&
           up_mul(pixels, each + (l->pixels.alpha ? 4 : 3), bytes) &&
           up_add(*bytes, packed + PIECE + (size_t)l->pixels.columns * 64, bytes) &&
           up_add(*bytes, up_reader_held(s->reader), bytes);
}

static up_status set_frames(webp_source *s, up_error *error)
{
    const up_webp_layout *l = &s->layout;
    s->base.lossless = l->lossless_frames == l->frames;
    s->base.next = next_frame;
    s->base.sequence =
        (up_sequence){ .frames = l->frames, .loops = l->loops, .seconds = l->seconds };
    if (up_webp_frames_bytes(l, &s->base.format, &s->base.sequence.held_bytes))
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT, "%s: its frames do not fit into memory",
                   up_reader_name(s->reader));
}

static up_status set_format(webp_source *s, up_error *error)
{
    const up_webp_layout *l = &s->layout;
    const bool clears = l->clears || l->pixels.columns < l->width || l->pixels.rows < l->height;
    up_format *f = &s->base.format;
    size_t all;
    *f = (up_format){ .width = l->width,
                      .height = l->height,
                      .channels = l->pixels.alpha || clears ? 4 : 3,
                      .frames = 1,
                      .sample = UP_SAMPLE_U8,
                      .depth = 8 };
    f->color = up_color_of_channels(f->channels);
    s->row_bytes = (size_t)l->pixels.columns * (l->pixels.alpha ? 4 : 3);
    s->base.lossless = l->pixels.lossless;
    if (!up_frame_size(f, &all) || !held_bytes(s, &s->base.held_bytes))
        return up_fail_size(up_reader_name(s->reader), f, error);
    if (l->frames > 1)
        UP_TRY(set_frames(s, error));
    return l->cut && !l->pixels.cut ? note_end(s, error) : UP_OK;
}

static up_status begin(webp_source *s, up_error *error)
{
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    UP_TRY(up_webp_read_layout(&s->layout, s->reader, error));
    up_metadata *m = &s->base.metadata;
    up_exif_density(&m->exif, &m->dpi_x, &m->dpi_y);
    return set_format(s, error);
}

static up_status open_webp(up_source **source, up_reader *reader, up_error *error)
{
    webp_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "webp";
    s->base.read = read_rows;
    s->base.close = close_webp;
    s->reader = reader;
    s->whole = -1;
    up_metadata_init(&s->base.metadata);
    s->layout.metadata = &s->base.metadata;
    up_status status = begin(s, error);
    s->layout.metadata = NULL;
    return up_source_opened(source, &s->base, status);
}

static bool probe(const uint8_t *head, size_t size)
{
    return size >= RIFF_HEAD + 4 && memcmp(head, "RIFF", 4) == 0 &&
           memcmp(head + 8, "WEBPVP8", 7) == 0;
}

const up_source_format up_webp_source = { .type = "webp", .probe = probe, .open = open_webp };
