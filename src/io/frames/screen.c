/* SPDX-License-Identifier: MIT */
#include "io/frames/screen.h"

#include "base/memory.h"
#include "io/pixels.h"

#include <string.h>

bool up_screen_bytes(const up_format *format, bool goes_back, size_t *bytes)
{
    return up_frame_size(format, bytes) && up_mul(*bytes, goes_back ? 2 : 1, bytes) &&
           *bytes < PTRDIFF_MAX / 2;
}

up_status up_screen_begin(up_screen *canvas, const up_format *format, up_error *error)
{
    size_t bytes;
    canvas->format = *format;
    canvas->pixel = up_sample_size(format->sample) * (size_t)format->channels;
    canvas->last = (up_placed){ .width = 0 };
    if (!up_row_size(format, &canvas->row_bytes) || !up_screen_bytes(format, false, &bytes))
        return up_fail_memory(error, "a canvas", PTRDIFF_MAX);
    if (!canvas->pixels)
        canvas->pixels = up_alloc(bytes, 1);
    if (!canvas->pixels)
        return up_fail_memory(error, "a canvas", bytes);
    memset(canvas->pixels, 0, bytes);
    return UP_OK;
}

/* The part of a rectangle that is on the canvas. */
static up_placed clip(const up_screen *canvas, const up_placed *place)
{
    up_placed on = *place;
    on.width = place->x < canvas->format.width ? place->width : 0;
    on.height = place->y < canvas->format.height ? place->height : 0;
    on.width = up_min(on.width, canvas->format.width - up_min(place->x, canvas->format.width));
    on.height = up_min(on.height, canvas->format.height - up_min(place->y, canvas->format.height));
    return on;
}

static uint8_t *at(const up_screen *canvas, uint8_t *pixels, int x, int y)
{
    return pixels + (size_t)y * canvas->row_bytes + (size_t)x * canvas->pixel;
}

/* `from` NULL: transparent. */
static void restore(const up_screen *canvas, uint8_t *to, uint8_t *from, const up_placed *place)
{
    const up_placed on = clip(canvas, place);
    const size_t bytes = (size_t)on.width * canvas->pixel;
    for (int y = on.y; y < on.y + on.height && bytes > 0; y++)
        if (from)
            memcpy(at(canvas, to, on.x, y), at(canvas, from, on.x, y), bytes);
        else
            memset(at(canvas, to, on.x, y), 0, bytes);
}

up_status up_screen_place(up_screen *canvas, const up_placed *place, up_error *error)
{
    size_t bytes;
    if (canvas->last.dispose != UP_DISPOSE_NOT)
        restore(canvas, canvas->pixels,
                canvas->last.dispose == UP_DISPOSE_BACK ? canvas->before : NULL, &canvas->last);
    canvas->last = *place;
    if (place->dispose != UP_DISPOSE_BACK)
        return UP_OK;
    if (!canvas->before && up_screen_bytes(&canvas->format, false, &bytes))
        canvas->before = up_alloc(bytes, 1);
    if (!canvas->before)
        return up_fail_memory(error, "a canvas", bytes);
    restore(canvas, canvas->before, canvas->pixels, place);
    return UP_OK;
}

/* Straight alpha: what is below shows by as much as what is above lets through. All of it is exact,
 * and rounded once. */
#define DEFINE_OVER(name, type, wide, most)                                                        \
    static void name(type *to, const type *from, int colours)                                      \
    {                                                                                              \
        const wide alpha = from[colours], under = (wide)to[colours] * ((most)-alpha);              \
        const wide sum = alpha * (most) + under;                                                   \
        if (alpha == 0)                                                                            \
            return;                                                                                \
        if (alpha == (most) || to[colours] == 0) {                                                 \
            memcpy(to, from, ((size_t)colours + 1) * sizeof *to);                                  \
            return;                                                                                \
        }                                                                                          \
        for (int c = 0; c < colours; c++)                                                          \
            to[c] = (type)((from[c] * alpha * (most) + to[c] * under + sum / 2) / sum);            \
        to[colours] = (type)((sum + (most) / 2) / (most));                                         \
    }

DEFINE_OVER(over_u8, uint8_t, uint32_t, UINT8_MAX)
DEFINE_OVER(over_u16, uint16_t, uint64_t, UINT16_MAX)

void up_screen_put(up_screen *canvas, int y, const void *row)
{
    const up_placed on = clip(canvas, &canvas->last);
    if (y >= on.height || on.width <= 0)
        return;
    uint8_t *to = at(canvas, canvas->pixels, on.x, on.y + y);
    const uint8_t *from = row;
    const int colours = canvas->format.channels - 1;
    if (!on.over || !up_color_has_alpha(canvas->format.color)) {
        memcpy(to, from, (size_t)on.width * canvas->pixel);
        return;
    }
    for (int x = 0; x < on.width; x++, to += canvas->pixel, from += canvas->pixel)
        if (canvas->format.sample == UP_SAMPLE_U8)
            over_u8(to, from, colours);
        else
            over_u16((uint16_t *)(void *)to, (const uint16_t *)(const void *)from, colours);
}

void up_screen_get(const up_screen *canvas, int y, void *const *row, int count)
{
    for (int i = 0; i < count; i++)
        memcpy(row[i], canvas->pixels + (size_t)(y + i) * canvas->row_bytes, canvas->row_bytes);
}

void up_screen_end(up_screen *canvas)
{
    up_free(canvas->pixels);
    up_free(canvas->before);
    canvas->pixels = canvas->before = NULL;
}
