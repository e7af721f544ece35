/* SPDX-License-Identifier: MIT */
#include "io/webp/webp_frame.h"

#include <string.h>
#include <webp/decode.h>

enum { CHUNK_HEAD = 8, FRAME_HEAD = 16, MOST_CHUNKS = 16 };
enum { HEAD_MOST = CHUNK_HEAD + 32 }; /* bytes of a chunk that tell what picture it is */
enum { CLEARED = 1, NOT_BLENDED = 2 };

int64_t up_webp_little(const uint8_t *at, int bytes)
{
    int64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

bool up_webp_next_chunk(up_webp_chunk *c, up_reader *reader, int64_t *at, int64_t end)
{
    uint8_t head[CHUNK_HEAD];
    if (end - *at < CHUNK_HEAD || up_reader_read_at(reader, *at, head, sizeof head, NULL) != UP_OK)
        return false;
    const int64_t size = up_webp_little(head + 4, 4), there = end - *at - CHUNK_HEAD;
    memcpy(c->type, head, 4);
    c->type[4] = 0;
    c->data = *at + CHUNK_HEAD;
    c->cut = size > there;
    c->size = c->cut ? there : size;
    *at = c->data + c->size + (c->size & 1);
    return true;
}

bool up_webp_is(const up_webp_chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

/* A VP8 or VP8L chunk. */
static up_status take_picture(up_webp_pixels *p, const up_webp_chunk *c, up_reader *reader,
                              up_error *error)
{
    uint8_t head[HEAD_MOST];
    WebPBitstreamFeatures found;
    const int64_t start = c->data - CHUNK_HEAD;
    const size_t size =
        (size_t)(c->size < HEAD_MOST - CHUNK_HEAD ? c->size + CHUNK_HEAD : HEAD_MOST);
    UP_TRY(up_reader_read_at(reader, start, head, size, error));
    if (WebPGetFeatures(head, size, &found) != VP8_STATUS_OK)
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: damaged WebP: the head of its pixels makes no sense",
                       up_reader_name(reader));
    p->columns = found.width;
    p->rows = found.height;
    p->lossless = up_webp_is(c, "VP8L");
    p->alpha = found.has_alpha || (p->alpha_at && !p->lossless);
    p->at = p->alpha_at && !p->lossless ? p->alpha_at : start;
    p->end = c->data + c->size;
    p->cut = c->cut;
    return UP_OK;
}

up_status up_webp_take_pixels(up_webp_pixels *pixels, const up_webp_chunk *chunk, up_reader *reader,
                              up_error *error)
{
    if (pixels->at)
        return UP_OK;
    if (up_webp_is(chunk, "ALPH"))
        pixels->alpha_at = chunk->data - CHUNK_HEAD;
    return up_webp_is(chunk, "VP8 ") || up_webp_is(chunk, "VP8L")
               ? take_picture(pixels, chunk, reader, error)
               : UP_OK;
}

bool up_webp_read_frame(up_webp_frame *f, const up_webp_chunk *c, up_reader *reader,
                        up_error *error)
{
    uint8_t head[FRAME_HEAD];
    up_webp_chunk inner;
    *f = (up_webp_frame){ .duration = { 0, 1000 } };
    if (c->size < FRAME_HEAD ||
        up_reader_read_at(reader, c->data, head, sizeof head, error) != UP_OK)
        return false;
    f->place = (up_placed){ .x = 2 * (int)up_webp_little(head, 3),
                            .y = 2 * (int)up_webp_little(head + 3, 3),
                            .width = (int)up_webp_little(head + 6, 3) + 1,
                            .height = (int)up_webp_little(head + 9, 3) + 1,
                            .dispose = head[15] & CLEARED ? UP_DISPOSE_CLEAR : UP_DISPOSE_NOT,
                            .over = !(head[15] & NOT_BLENDED) };
    f->duration.num = (uint32_t)up_webp_little(head + 12, 3);
    int64_t at = c->data + FRAME_HEAD;
    for (int i = 0; i < MOST_CHUNKS && up_webp_next_chunk(&inner, reader, &at, c->data + c->size);
         i++)
        if (up_webp_take_pixels(&f->pixels, &inner, reader, error) != UP_OK)
            break;
    if (f->pixels.columns != f->place.width || f->pixels.rows != f->place.height)
        f->pixels.at = 0;
    return true;
}
