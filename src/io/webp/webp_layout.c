/* SPDX-License-Identifier: MIT */
#include "io/webp/webp_layout.h"

#include "base/memory.h"

#include <string.h>

enum { RIFF_HEAD = 12, CHUNK_HEAD = 8, CANVAS_SIZE = 10, ANIMATION_SIZE = 6 };
enum { CANVAS_ALPHA = 0x10, CANVAS_ANIMATED = 2 };
enum { MOST_CHUNKS = 1 << 20, MOST_NAMED = 16 };
#define METADATA_MOST ((size_t)32 << 20)

typedef struct {
    up_webp_layout *layout;
    up_reader *reader;
    int64_t end;
    bool has_canvas, animated;
    up_webp_frame before;
} walk;

static up_status fail(const walk *w, const char *what, up_error *error)
{
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged WebP: %s", up_reader_name(w->reader), what);
}

/* ---- metadata */

static up_status name_lost(up_metadata *m, const up_webp_chunk *c, up_error *error)
{
    if (m->lost.count >= MOST_NAMED)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "further chunks");
    return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "%.4s chunk", c->type);
}

static up_status take_metadata(walk *w, const up_webp_chunk *c, up_error *error)
{
    up_metadata *m = w->layout->metadata;
    if (c->cut || c->size == 0)
        return UP_OK;
    if ((size_t)c->size > METADATA_MOST)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "%.4s chunk of more than %zu MiB",
                            c->type, METADATA_MOST >> 20);
    uint8_t *data = up_alloc((size_t)c->size, 1);
    if (!data)
        return up_fail_memory(error, "metadata", (size_t)c->size);
    up_status status = up_reader_read_at(w->reader, c->data, data, (size_t)c->size, error);
    if (status == UP_OK && up_webp_is(c, "ICCP"))
        status = up_metadata_take_profile(m, data, (size_t)c->size, error);
    else if (status == UP_OK && up_webp_is(c, "EXIF"))
        status = up_metadata_take_exif(m, data, (size_t)c->size, error);
    else if (status == UP_OK && !m->xmp.data)
        status = up_blob_set(&m->xmp, data, (size_t)c->size, error);
    up_free(data);
    return status;
}

/* ---- pictures */

static up_status take_canvas(walk *w, const up_webp_chunk *c, up_error *error)
{
    uint8_t data[CANVAS_SIZE];
    if (c->size < CANVAS_SIZE)
        return fail(w, "the VP8X chunk is too short", error);
    UP_TRY(up_reader_read_at(w->reader, c->data, data, sizeof data, error));
    w->has_canvas = true;
    w->animated = data[0] & CANVAS_ANIMATED;
    w->layout->width = (int)up_webp_little(data + 4, 3) + 1;
    w->layout->height = (int)up_webp_little(data + 7, 3) + 1;
    return UP_OK;
}

/* The first picture is what is shown where one is. */
static up_status take_pixels(walk *w, const up_webp_chunk *c, up_error *error)
{
    up_webp_layout *l = w->layout;
    return l->pixels.at ? UP_OK : up_webp_take_pixels(&l->pixels, c, w->reader, error);
}

static void measure_frame(up_webp_layout *l, const up_webp_frame *frame,
                          const up_webp_frame *before)
{
    const up_webp_pixels *p = &frame->pixels;
    const size_t packed = (size_t)(p->end - p->at);
    const bool covers = frame->place.x == 0 && frame->place.y == 0 &&
                        frame->place.width >= l->width && frame->place.height >= l->height;
    l->clears |= p->alpha || p->at == 0;
    l->clears |= l->frames == 0 ? !covers : before->place.dispose == UP_DISPOSE_CLEAR;
    l->packed_most = packed > l->packed_most ? packed : l->packed_most;
    const int64_t pixels = (int64_t)p->columns * p->rows;
    l->pixels_most = pixels > l->pixels_most ? pixels : l->pixels_most;
    l->seconds += (double)frame->duration.num / frame->duration.den;
    l->lossless_frames += p->lossless;
    l->frames++;
}

static up_status take_frame(walk *w, const up_webp_chunk *c, up_error *error)
{
    up_webp_layout *l = w->layout;
    up_webp_frame frame;
    if (!up_webp_read_frame(&frame, c, w->reader, error))
        return UP_OK;
    measure_frame(l, &frame, &w->before);
    w->before = frame;
    if (l->pixels.at || !frame.pixels.at)
        return UP_OK;
    l->pixels = frame.pixels;
    l->x = frame.place.x;
    l->y = frame.place.y;
    return UP_OK;
}

static up_status take_loops(walk *w, const up_webp_chunk *c, up_error *error)
{
    uint8_t data[ANIMATION_SIZE];
    if (c->size < ANIMATION_SIZE)
        return UP_OK;
    UP_TRY(up_reader_read_at(w->reader, c->data, data, sizeof data, error));
    w->layout->loops = (int)up_webp_little(data + 4, 2);
    return UP_OK;
}

static up_status take_chunk(walk *w, const up_webp_chunk *c, up_error *error)
{
    w->layout->cut |= c->cut;
    if (up_webp_is(c, "VP8X"))
        return take_canvas(w, c, error);
    if (up_webp_is(c, "ICCP") || up_webp_is(c, "EXIF") || up_webp_is(c, "XMP "))
        return take_metadata(w, c, error);
    if (up_webp_is(c, "ANMF") && w->animated)
        return take_frame(w, c, error);
    if (up_webp_is(c, "VP8 ") || up_webp_is(c, "VP8L") || up_webp_is(c, "ALPH"))
        return take_pixels(w, c, error);
    return up_webp_is(c, "ANIM") ? take_loops(w, c, error)
                                 : name_lost(w->layout->metadata, c, error);
}

static up_status check(walk *w, up_error *error)
{
    up_webp_layout *l = w->layout;
    if (!l->pixels.at)
        return up_fail(error, UP_ERROR_INPUT, "%s: %s", up_reader_name(w->reader),
                       l->cut ? "truncated: the WebP file ends before its pixels"
                              : "damaged WebP: it holds no picture");
    if (!w->has_canvas) {
        l->width = l->pixels.columns;
        l->height = l->pixels.rows;
    }
    const bool inside = l->x <= l->width - l->pixels.columns && l->y <= l->height - l->pixels.rows;
    const bool same = l->pixels.columns == l->width && l->pixels.rows == l->height;
    if (w->animated ? !inside : !same)
        return fail(w, "the picture does not fit its canvas", error);
    return UP_OK;
}

up_status up_webp_read_layout(up_webp_layout *layout, up_reader *reader, up_error *error)
{
    walk w = { .layout = layout, .reader = reader };
    const int64_t size = up_reader_size(reader);
    uint8_t head[RIFF_HEAD];
    up_webp_chunk c;
    int count = 0;
    UP_TRY(up_reader_read_at(reader, 0, head, sizeof head, error));
    const int64_t said = up_webp_little(head + 4, 4) + CHUNK_HEAD;
    layout->cut = said > size;
    w.end = layout->cut ? size : said;
    int64_t at = RIFF_HEAD;
    while (count < MOST_CHUNKS && up_webp_next_chunk(&c, reader, &at, w.end)) {
        UP_TRY(take_chunk(&w, &c, error));
        count++;
    }
    return check(&w, error);
}
