/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/gif/gif_picture.h"
#include "io/held_rows.h"
#include "io/pixels.h"

#include <string.h>

enum { SIGNATURE = 6, CHANNELS = 4, GREY = 128 };

typedef struct {
    up_source base;
    up_reader *reader;
    up_gif_layout layout;
    up_gif_walk walk;
    up_screen screen; /* always with alpha */
    int64_t shown;    /* pictures that have been put on it */
    int y;            /* next row to deliver */
} gif_source;

static up_status begin_screen(gif_source *s, up_error *error)
{
    up_format format = s->base.format;
    format.channels = CHANNELS;
    format.color = UP_COLOR_RGBA;
    s->walk = (up_gif_walk){ .reader = s->reader, .at = (int64_t)s->layout.front_size };
    return up_screen_begin(&s->screen, &format, error);
}

/* Of what is opaque the rows that are missing are grey, else what was there stays. */
static up_status note_damage(gif_source *s, const up_gif_picture *picture, int rows,
                             up_error *error)
{
    const int missing = picture->place.height - rows;
    if (s->layout.sequence.frames > 1)
        UP_TRY(up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                            "its frame %lld, counted from 0, %s", (long long)s->shown,
                            picture->cut ? "breaks off" : "is damaged"));
    else if (missing > 0)
        UP_TRY(up_source_lacks_rows(&s->base, missing, error));
    else
        UP_TRY(up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its end is missing"));
    if (s->shown > 0 || s->base.format.channels == CHANNELS)
        return UP_OK;
    const size_t bytes = s->screen.row_bytes;
    for (int y = up_min(rows, s->base.format.height); y < s->base.format.height; y++)
        memset(s->screen.pixels + (size_t)y * bytes, GREY, bytes);
    return UP_OK;
}

static up_status next_picture(gif_source *s, bool *there, up_error *error)
{
    up_gif_picture picture;
    int rows;
    if (s->shown == 0)
        UP_TRY(begin_screen(s, error));
    *there = s->shown < s->layout.sequence.frames && up_gif_walk_next(&s->walk, &picture, error);
    if (!*there)
        return UP_OK;
    UP_TRY(up_screen_place(&s->screen, &picture.place, error));
    UP_TRY(up_gif_put_picture(&s->screen, &s->layout, &picture, s->reader, &rows, error));
    if (rows < picture.place.height || picture.cut)
        UP_TRY(note_damage(s, &picture, rows, error));
    s->base.duration = picture.duration;
    s->shown++;
    s->y = 0;
    return UP_OK;
}

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    return next_picture((gif_source *)source, there, error);
}

static void deliver(const gif_source *s, int y, uint8_t *to)
{
    const uint8_t *from = s->screen.pixels + (size_t)y * s->screen.row_bytes;
    const int width = s->base.format.width, channels = s->base.format.channels;
    if (channels == CHANNELS) {
        memcpy(to, from, s->screen.row_bytes);
        return;
    }
    for (int x = 0; x < width; x++, to += channels, from += CHANNELS)
        memcpy(to, from, (size_t)channels);
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    gif_source *s = (gif_source *)source;
    bool there = true;
    if (s->shown == 0)
        UP_TRY(next_picture(s, &there, error));
    if (!there)
        return up_fail(error, UP_ERROR_INPUT, "%s: was replaced while it was read", source->name);
    for (int i = 0; i < count; i++)
        deliver(s, s->y + i, row[i]);
    s->y += count;
    return UP_OK;
}

static void close_gif(up_source *source)
{
    up_screen_end(&((gif_source *)source)->screen);
}

static up_status set_format(gif_source *s, up_error *error)
{
    const up_gif_layout *l = &s->layout;
    up_format *f = &s->base.format, screen;
    size_t row;
    *f = (up_format){ .width = l->width,
                      .height = l->height,
                      .channels = l->clears ? CHANNELS : CHANNELS - 1,
                      .frames = 1,
                      .sample = UP_SAMPLE_U8,
                      .depth = 8 };
    f->color = up_color_of_channels(f->channels);
    screen = *f;
    screen.channels = CHANNELS;
    if (!up_screen_bytes(&screen, l->goes_back, &s->base.held_bytes) ||
        !up_mul((size_t)l->widest, CHANNELS + 1, &row) ||
        !up_add(s->base.held_bytes, row + UP_GIF_LIBRARY_BYTES, &s->base.held_bytes) ||
        !up_add(s->base.held_bytes, up_reader_held(s->reader), &s->base.held_bytes))
        return up_fail_size(up_reader_name(s->reader), f, error);
    s->base.lossless = true;
    if (l->sequence.frames > 1) {
        s->base.sequence = l->sequence;
        s->base.next = next_frame;
    }
    return l->cut ? up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its end is missing")
                  : UP_OK;
}

static up_status begin(gif_source *s, up_error *error)
{
    UP_TRY(up_reader_hold(s->reader, up_machine_memory_limit(0), error));
    UP_TRY(up_gif_read_layout(&s->layout, s->reader, &s->base.metadata, error));
    return set_format(s, error);
}

static up_status open_gif(up_source **source, up_reader *reader, up_error *error)
{
    gif_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "gif";
    s->base.read = read_rows;
    s->base.close = close_gif;
    s->reader = reader;
    up_metadata_init(&s->base.metadata);
    return up_source_opened(source, &s->base, begin(s, error));
}

static bool probe(const uint8_t *head, size_t size)
{
    return size >= SIGNATURE &&
           (memcmp(head, "GIF87a", SIGNATURE) == 0 || memcmp(head, "GIF89a", SIGNATURE) == 0);
}

const up_source_format up_gif_source = { .type = "gif", .probe = probe, .open = open_gif };
