/* SPDX-License-Identifier: MIT */
#include "io/webp/webp_layout.h"

#include "base/memory.h"

#include <string.h>
#include <webp/decode.h>

enum { RIFF_HEAD = 12, CHUNK_HEAD = 8, CANVAS_SIZE = 10, FRAME_HEAD = 16 };
enum { HEAD_MOST = CHUNK_HEAD + 32 }; /* bytes of a chunk that tell what picture it is */
enum { CANVAS_ALPHA = 0x10, CANVAS_ANIMATED = 2 };
enum { MOST_CHUNKS = 1 << 20, MOST_NAMED = 16 };
#define METADATA_MOST ((size_t)32 << 20)

typedef struct {
    char type[5];
    int64_t data, size; /* where its data lie; what of them is in the file */
    bool cut;
} chunk;

typedef struct {
    up_webp_layout *layout;
    up_reader *reader;
    int64_t end;
    bool has_canvas, animated;
    int64_t alpha_at; /* of an ALPH chunk before the picture; 0: none */
} walk;

static up_status fail(const walk *w, const char *what, up_error *error)
{
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged WebP: %s", up_reader_name(w->reader), what);
}

static int64_t little(const uint8_t *at, int bytes)
{
    int64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

/* The chunk at *at, which moves behind it; false: the next one is not whole. */
static bool next_chunk(const walk *w, int64_t *at, int64_t end, chunk *c)
{
    uint8_t head[CHUNK_HEAD];
    if (end - *at < CHUNK_HEAD ||
        up_reader_read_at(w->reader, *at, head, sizeof head, NULL) != UP_OK)
        return false;
    const int64_t size = little(head + 4, 4), there = end - *at - CHUNK_HEAD;
    memcpy(c->type, head, 4);
    c->type[4] = 0;
    c->data = *at + CHUNK_HEAD;
    c->cut = size > there;
    c->size = c->cut ? there : size;
    *at = c->data + c->size + (c->size & 1);
    return true;
}

static bool is(const chunk *c, const char *type)
{
    return memcmp(c->type, type, 4) == 0;
}

/* ---- metadata */

static up_status name_lost(up_metadata *m, const chunk *c, up_error *error)
{
    if (m->lost.count >= MOST_NAMED)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "further chunks");
    return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "%.4s chunk", c->type);
}

static up_status take_metadata(walk *w, const chunk *c, up_error *error)
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
    if (status == UP_OK && is(c, "ICCP"))
        status = up_metadata_take_profile(m, data, (size_t)c->size, error);
    else if (status == UP_OK && is(c, "EXIF"))
        status = up_metadata_take_exif(m, data, (size_t)c->size, error);
    else if (status == UP_OK && !m->xmp.data)
        status = up_blob_set(&m->xmp, data, (size_t)c->size, error);
    up_free(data);
    return status;
}

/* ---- pictures */

static up_status take_canvas(walk *w, const chunk *c, up_error *error)
{
    uint8_t data[CANVAS_SIZE];
    if (c->size < CANVAS_SIZE)
        return fail(w, "the VP8X chunk is too short", error);
    UP_TRY(up_reader_read_at(w->reader, c->data, data, sizeof data, error));
    w->has_canvas = true;
    w->animated = data[0] & CANVAS_ANIMATED;
    w->layout->width = (int)little(data + 4, 3) + 1;
    w->layout->height = (int)little(data + 7, 3) + 1;
    return UP_OK;
}

/* A VP8 or VP8L chunk. */
static up_status take_picture(walk *w, const chunk *c, up_error *error)
{
    up_webp_layout *l = w->layout;
    uint8_t head[HEAD_MOST];
    WebPBitstreamFeatures found;
    const int64_t start = c->data - CHUNK_HEAD;
    const size_t size =
        (size_t)(c->size < HEAD_MOST - CHUNK_HEAD ? c->size + CHUNK_HEAD : HEAD_MOST);
    UP_TRY(up_reader_read_at(w->reader, start, head, size, error));
    if (WebPGetFeatures(head, size, &found) != VP8_STATUS_OK)
        return fail(w, "the head of its pixels makes no sense", error);
    l->columns = found.width;
    l->rows = found.height;
    l->lossless = is(c, "VP8L");
    l->alpha = found.has_alpha || (w->alpha_at && !l->lossless);
    l->pixels_at = w->alpha_at && !l->lossless ? w->alpha_at : start;
    l->pixels_end = c->data + c->size;
    l->pixels_cut = c->cut;
    return UP_OK;
}

/* The chunks of a picture up to its pixels: in the file, or in a frame. */
static up_status take_pixels(walk *w, const chunk *c, up_error *error)
{
    if (w->layout->pixels_at)
        return UP_OK;
    if (is(c, "ALPH"))
        w->alpha_at = c->data - CHUNK_HEAD;
    return is(c, "VP8 ") || is(c, "VP8L") ? take_picture(w, c, error) : UP_OK;
}

static up_status take_frame(walk *w, const chunk *c, up_error *error)
{
    up_webp_layout *l = w->layout;
    uint8_t head[FRAME_HEAD];
    chunk inner;
    if (c->size < FRAME_HEAD)
        return UP_OK;
    l->frames++;
    if (l->pixels_at)
        return UP_OK;
    UP_TRY(up_reader_read_at(w->reader, c->data, head, sizeof head, error));
    l->x = 2 * (int)little(head, 3);
    l->y = 2 * (int)little(head + 3, 3);
    int64_t at = c->data + FRAME_HEAD;
    for (int i = 0; i < MOST_NAMED && next_chunk(w, &at, c->data + c->size, &inner); i++)
        UP_TRY(take_pixels(w, &inner, error));
    return UP_OK;
}

static up_status take_chunk(walk *w, const chunk *c, up_error *error)
{
    w->layout->cut |= c->cut;
    if (is(c, "VP8X"))
        return take_canvas(w, c, error);
    if (is(c, "ICCP") || is(c, "EXIF") || is(c, "XMP "))
        return take_metadata(w, c, error);
    if (is(c, "ANMF") && w->animated)
        return take_frame(w, c, error);
    if (is(c, "VP8 ") || is(c, "VP8L") || is(c, "ALPH"))
        return take_pixels(w, c, error);
    return is(c, "ANIM") ? UP_OK : name_lost(w->layout->metadata, c, error);
}

static up_status check(walk *w, up_error *error)
{
    up_webp_layout *l = w->layout;
    if (!l->pixels_at)
        return up_fail(error, UP_ERROR_INPUT, "%s: %s", up_reader_name(w->reader),
                       l->cut ? "truncated: the WebP file ends before its pixels"
                              : "damaged WebP: it holds no picture");
    if (!w->has_canvas) {
        l->width = l->columns;
        l->height = l->rows;
    }
    const bool inside = l->x <= l->width - l->columns && l->y <= l->height - l->rows;
    const bool same = l->columns == l->width && l->rows == l->height;
    if (w->animated ? !inside : !same)
        return fail(w, "the picture does not fit its canvas", error);
    return UP_OK;
}

up_status up_webp_read_layout(up_webp_layout *layout, up_reader *reader, up_error *error)
{
    walk w = { .layout = layout, .reader = reader };
    const int64_t size = up_reader_size(reader);
    uint8_t head[RIFF_HEAD];
    chunk c;
    int count = 0;
    UP_TRY(up_reader_read_at(reader, 0, head, sizeof head, error));
    const int64_t said = little(head + 4, 4) + CHUNK_HEAD;
    layout->cut = said > size;
    w.end = layout->cut ? size : said;
    int64_t at = RIFF_HEAD;
    while (count < MOST_CHUNKS && next_chunk(&w, &at, w.end, &c)) {
        UP_TRY(take_chunk(&w, &c, error));
        count++;
    }
    return check(&w, error);
}
