/* SPDX-License-Identifier: MIT */
#include "io/gif/gif_layout.h"

#include "io/gif/gif_extension.h"

#include <string.h>

enum { EXTENSION = 0x21, PICTURE = 0x2c, TRAILER = 0x3b };
enum { MOST_STRAYS = 64, DESCRIPTOR = 10, SIZE_AT = 6, PALETTE = 0x80 };

static int little(const uint8_t *at)
{
    return at[0] | at[1] << 8;
}

/* Bytes of the palette that flags tell of. */
static int palette_bytes(uint8_t flags)
{
    return flags & PALETTE ? 3 << ((flags & 7) + 1) : 0;
}

static bool take_picture(up_gif_walk *walk, up_gif_picture *picture)
{
    uint8_t data[DESCRIPTOR], code_size;
    walk->cut = up_reader_read_at(walk->reader, walk->at - 1, data, sizeof data, NULL) != UP_OK;
    if (walk->cut)
        return false;
    *picture = walk->control;
    picture->at = walk->at - 1;
    picture->place.x = little(data + 1);
    picture->place.y = little(data + 3);
    picture->place.width = little(data + 5);
    picture->place.height = little(data + 7);
    picture->place.over = picture->transparent >= 0;
    walk->at += DESCRIPTOR - 1 + palette_bytes(data[9]);
    walk->control = (up_gif_picture){ .transparent = -1, .duration = { 10, 100 } };
    picture->cut = !up_gif_block(walk, &code_size) || !up_gif_pass(walk);
    picture->end = walk->at;
    return true;
}

bool up_gif_walk_next(up_gif_walk *walk, up_gif_picture *picture, up_error *error)
{
    uint8_t kind;
    int strays = 0;
    up_status status = UP_OK;
    if (walk->control.duration.den == 0)
        walk->control = (up_gif_picture){ .transparent = -1, .duration = { 10, 100 } };
    while (!walk->cut && status == UP_OK && up_gif_block(walk, &kind)) {
        if (kind == TRAILER)
            return false;
        if (kind == PICTURE) {
            if (!take_picture(walk, picture))
                return false;
            if (picture->place.width > 0 && picture->place.height > 0)
                return true;
        } else if (kind == EXTENSION) {
            if (!up_gif_extension(walk, &status, error))
                return false;
        } else {
            walk->cut = strays++ == MOST_STRAYS; /* a few are passed over, as viewers do */
        }
    }
    return false;
}

static void count(up_gif_layout *l, const up_gif_picture *now, const up_gif_picture *before)
{
    const up_placed *p = &now->place;
    if (l->sequence.frames == 0) {
        l->width = l->width ? l->width : p->x + p->width;
        l->height = l->height ? l->height : p->y + p->height;
        l->clears |=
            p->over || p->x > 0 || p->y > 0 || p->width < l->width || p->height < l->height;
    } else {
        const bool first = l->sequence.frames == 1;
        l->clears |= before->place.dispose == UP_DISPOSE_CLEAR ||
                     (first && before->place.dispose == UP_DISPOSE_BACK);
    }
    l->goes_back |= p->dispose == UP_DISPOSE_BACK;
    l->widest = p->width > l->widest ? p->width : l->widest;
    l->sequence.seconds += (double)now->duration.num / now->duration.den;
    l->sequence.frames++;
}

up_status up_gif_read_layout(up_gif_layout *l, up_reader *reader, up_metadata *metadata,
                             up_error *error)
{
    up_error failure = { .status = UP_OK };
    up_gif_picture picture = { 0 }, before = { 0 };
    *l = (up_gif_layout){ .sequence.loops = 1 };
    UP_TRY(up_reader_read_at(reader, 0, l->front, UP_GIF_SCREEN, error));
    l->width = little(l->front + SIZE_AT);
    l->height = little(l->front + SIZE_AT + 2);
    const size_t palette = (size_t)palette_bytes(l->front[10]);
    l->front_size = UP_GIF_SCREEN + palette;
    UP_TRY(up_reader_read_at(reader, UP_GIF_SCREEN, l->front + UP_GIF_SCREEN, palette, error));
    up_gif_walk walk = { .reader = reader,
                         .at = (int64_t)l->front_size,
                         .metadata = metadata,
                         .sequence = &l->sequence };
    while (up_gif_walk_next(&walk, &picture, &failure)) {
        count(l, &picture, &before);
        before = picture;
    }
    l->cut = walk.cut;
    if (failure.status != UP_OK)
        return up_fail(error, failure.status, "%s", failure.message);
    if (up_reader_failed(reader))
        return up_reader_fail(reader, error);
    if (l->sequence.frames > 0)
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: %s", up_reader_name(reader),
                   l->cut ? "truncated: the GIF file ends before its picture"
                          : "damaged GIF: it holds no picture");
}
