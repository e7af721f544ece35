/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/memory.h"
#include "io/held_rows.h"
#include "io/pixels.h"
#include "io/y4m/y4m_frame.h"
#include "io/y4m/y4m_header.h"

#include <string.h>

typedef struct {
    up_source base;
    up_reader *reader;
    up_video video;
    int size[2]; /* rows, columns */
    up_y4m_frame frame;
    int64_t number; /* of the frame that has begun; -1: none has */
    size_t taken;   /* bytes of it that have been read, or do not exist */
    size_t there;   /* that exist, as far as is known */
    uint8_t *first; /* row of it, which is looked at before it counts as a frame ... */
    size_t ahead;   /* ... its bytes, until they have been taken */
    int plane, y;   /* the next row */
} y4m_source;

static bool is_wide(const y4m_source *s)
{
    return s->video.yuv.depth > 8;
}

/* As pictures, or as planes, whose samples stay what they are. */
static void split(up_source *source, bool by_planes)
{
    y4m_source *s = (y4m_source *)source;
    const bool grey = by_planes || s->video.yuv.planes == 1;
    source->by_planes = by_planes;
    source->format = (up_format){ .width = s->size[1],
                                  .height = s->size[0],
                                  .channels = grey ? 1 : 3,
                                  .frames = 1,
                                  .color = grey ? UP_COLOR_GREY : UP_COLOR_RGB,
                                  .sample = is_wide(s) ? UP_SAMPLE_U16 : UP_SAMPLE_U8,
                                  .depth = is_wide(s) ? 16 : 8 };
    source->held_bytes = by_planes ? 0 : up_y4m_frame_bytes(&s->frame);
}

/* ---- frames */

static up_status note_left_out(y4m_source *s, int64_t number, up_error *error)
{
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                        "it breaks off as frame %lld, counted from 0, begins, which is left out",
                        (long long)number);
}

/* Behind the first, one without a row is none. */
static up_status look_ahead(y4m_source *s, bool *there, up_error *error)
{
    const size_t row = s->frame.row_bytes[0];
    if (s->number < 0)
        return UP_OK;
    if (!s->first)
        s->first = up_alloc(row, 1);
    if (!s->first)
        return up_fail_memory(error, up_reader_name(s->reader), row);
    s->ahead = up_reader_read(s->reader, s->first, row);
    *there = s->ahead == row;
    return up_reader_failed(s->reader) ? up_reader_fail(s->reader, error) : UP_OK;
}

static up_status begin_frame(y4m_source *s, bool *there, up_error *error)
{
    bool cut;
    UP_TRY(up_y4m_read_frame(s->reader, there, &cut, error));
    if (*there) {
        UP_TRY(look_ahead(s, there, error));
        cut = !*there;
    }
    if (cut)
        UP_TRY(note_left_out(s, s->number + 1, error));
    if (!*there)
        return UP_OK;
    s->number++;
    s->taken = 0;
    s->there = s->frame.bytes_all;
    s->plane = s->y = 0;
    return UP_OK;
}

/* Of the frame before what nobody has asked for. */
static up_status leave_frame(y4m_source *s, up_error *error)
{
    size_t left = s->there > s->taken ? s->there - s->taken - s->ahead : 0;
    const int64_t now = up_reader_position(s->reader), size = up_reader_size(s->reader);
    uint8_t rest[4096];
    s->ahead = 0;
    if (size >= 0 && left > 0)
        return up_reader_seek(s->reader, (int64_t)left < size - now ? now + (int64_t)left : size,
                              error);
    while (left > 0) {
        const size_t part = left < sizeof rest ? left : sizeof rest;
        if (up_reader_read(s->reader, rest, part) != part)
            return up_reader_failed(s->reader) ? up_reader_fail(s->reader, error) : UP_OK;
        left -= part;
    }
    return UP_OK;
}

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    y4m_source *s = (y4m_source *)source;
    UP_TRY(leave_frame(s, error));
    source->duration = (up_duration){ (uint32_t)s->video.rate[1], (uint32_t)s->video.rate[0] };
    return begin_frame(s, there, error);
}

/* Of one that was cut off the rest is grey; of the first next to nothing is no frame. */
static up_status note_missing(y4m_source *s, up_error *error)
{
    const int missing = s->size[0] - (int)(s->there / s->frame.row_bytes[0]);
    if (up_reader_failed(s->reader))
        return up_reader_fail(s->reader, error);
    if (s->number == 0 && missing > 0)
        return up_source_lacks_rows(&s->base, missing, error);
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                        "its frame %lld, counted from 0, breaks off: what is missing is grey",
                        (long long)s->number);
}

static size_t read_bytes(y4m_source *s, uint8_t *bytes, size_t size)
{
    const size_t from = s->ahead < size ? s->ahead : size; /* all of `first`, or nothing */
    if (from > 0)
        memcpy(bytes, s->first, from);
    s->ahead = 0;
    return from + up_reader_read(s->reader, bytes + from, size - from);
}

/* The next bytes of the frame; of what does not exist none. */
static up_status take(y4m_source *s, void *bytes, size_t size, size_t *got, up_error *error)
{
    const bool known = s->taken + size > s->there;
    *got = s->taken < s->there ? read_bytes(s, bytes, known ? 0 : size) : 0;
    s->taken += size;
    if (*got == size || known)
        return UP_OK;
    s->there = s->taken - size + *got;
    return note_missing(s, error);
}

/* ---- rows */

static up_status plane_row(y4m_source *s, void *row, up_error *error)
{
    const up_yuv *yuv = &s->video.yuv;
    const size_t bytes = s->frame.row_bytes[s->plane];
    size_t got;
    UP_TRY(take(s, row, bytes, &got, error));
    for (size_t i = got; i < bytes; i++)
        ((uint8_t *)row)[i] =
            (uint8_t)(is_wide(s) ? (128u << (yuv->depth - 8)) >> (8 * (i % 2)) : 128);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (size_t i = 0; is_wide(s) && i < bytes / 2; i++)
        ((uint16_t *)row)[i] = __builtin_bswap16(((uint16_t *)row)[i]);
#endif
    if (++s->y < up_plane_side(yuv, s->plane, 0, s->size[0]))
        return UP_OK;
    s->y = 0;
    s->plane++;
    return UP_OK;
}

static up_status hold_frame(y4m_source *s, up_error *error)
{
    size_t got;
    UP_TRY(up_y4m_frame_hold(&s->frame, error));
    UP_TRY(take(s, s->frame.bytes, s->frame.bytes_all, &got, error));
    up_y4m_frame_fill(&s->frame, got);
    return UP_OK;
}

static up_status picture_row(y4m_source *s, void *row, up_error *error)
{
    if (s->y == 0)
        UP_TRY(hold_frame(s, error));
    up_y4m_frame_row(&s->frame, s->y++, row);
    return UP_OK;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    y4m_source *s = (y4m_source *)source;
    if (s->number < 0) {
        bool there;
        UP_TRY(begin_frame(s, &there, error));
        if (!there)
            return up_fail(error, UP_ERROR_INPUT, "%s: holds no frame", up_reader_name(s->reader));
    }
    for (int i = 0; i < count; i++)
        UP_TRY(source->by_planes ? plane_row(s, row[i], error) : picture_row(s, row[i], error));
    return UP_OK;
}

/* ---- opening */

/* At `at`, of which `rest` bytes are there. */
static bool begins_plainly(const y4m_source *s, int64_t at, int64_t rest)
{
    char line[sizeof UP_Y4M_FRAME];
    const size_t size = rest < (int64_t)sizeof line ? (size_t)rest : sizeof line;
    return up_reader_read_at(s->reader, at, line, size, NULL) == UP_OK &&
           memcmp(line, UP_Y4M_FRAME "\n", size) == 0;
}

/* Of a file, where no frame says more than that it is one; else nobody knows before the end. */
static up_status count_frames(y4m_source *s, up_error *error)
{
    up_sequence *sequence = &s->base.sequence;
    const int64_t first = up_reader_position(s->reader), size = up_reader_size(s->reader) - first;
    const int64_t each = (int64_t)sizeof UP_Y4M_FRAME + (int64_t)s->frame.bytes_all;
    const int64_t whole = size / each, rest = size % each;
    const int64_t least = (int64_t)sizeof UP_Y4M_FRAME + (int64_t)s->frame.row_bytes[0];
    const int64_t frames = whole + (rest > 0 && (whole == 0 || rest >= least));
    sequence->frames = UP_FRAMES_UNTIL_END;
    if (size <= 0 || !begins_plainly(s, first, size) ||
        !begins_plainly(s, first + (frames - 1) * each, each) ||
        !begins_plainly(s, first + whole * each, rest))
        return UP_OK;
    sequence->frames = frames;
    if (s->video.rate[0] > 0)
        sequence->seconds = (double)frames * s->video.rate[1] / s->video.rate[0];
    return frames == whole && rest > 0 ? note_left_out(s, whole, error) : UP_OK;
}

static up_status begin(y4m_source *s, up_error *error)
{
    UP_TRY(up_y4m_read_header(&s->video, &s->size[1], &s->size[0], s->reader, error));
    split(&s->base, false);
    size_t all;
    if (!up_frame_size(&s->base.format, &all) ||
        !up_y4m_frame_size(&s->frame, &s->video.yuv, s->size))
        return up_fail_size(up_reader_name(s->reader), &s->base.format, error);
    split(&s->base, false);
    return count_frames(s, error);
}

static void close_y4m(up_source *source)
{
    y4m_source *s = (y4m_source *)source;
    up_y4m_frame_free(&s->frame);
    up_free(s->first);
}

static up_status open_y4m(up_source **source, up_reader *reader, up_error *error)
{
    y4m_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "y4m";
    s->base.planes = &s->video;
    s->base.read = read_rows;
    s->base.next = next_frame;
    s->base.split = split;
    s->base.close = close_y4m;
    s->reader = reader;
    s->number = -1;
    up_metadata_init(&s->base.metadata);
    return up_source_opened(source, &s->base, begin(s, error));
}

static bool probe(const uint8_t *head, size_t size)
{
    return size >= 10 && memcmp(head, UP_Y4M_MAGIC " ", 10) == 0;
}

const up_source_format up_y4m_source = { .type = "y4m", .probe = probe, .open = open_y4m };
