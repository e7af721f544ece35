/* SPDX-License-Identifier: MIT */
#include "train/photo/rendered.h"

#include <string.h>

/* ---------------------------------------------------------------- colours */

void up_canvas_color(up_random *random, float color[3])
{
    for (int c = 0; c < 3; c++)
        color[c] = (float)up_random_below(random, 256);
}

static void set_grey(float color[3], float level)
{
    color[0] = color[1] = color[2] = level;
}

/* Mostly dark on white, as most of what people read is. */
static void choose_colors(up_canvas *canvas)
{
    const uint64_t kind = up_random_below(canvas->random, 8);
    const float dark = (float)up_random_below(canvas->random, 64);
    const float light = 255 - (float)up_random_below(canvas->random, 48);
    float other[3];
    up_canvas_color(canvas->random, other);
    set_grey(canvas->paper, kind == 0 ? 255 : light);
    set_grey(canvas->ink, kind == 0 ? 0 : dark);
    if (kind == 1 || kind == 2) { /* light on dark */
        set_grey(canvas->paper, dark);
        set_grey(canvas->ink, light);
    } else if (kind == 3) {
        memcpy(canvas->ink, other, sizeof other);
    } else if (kind == 4) {
        memcpy(canvas->paper, other, sizeof other);
    } else if (kind == 5) {
        memcpy(canvas->ink, other, sizeof other);
        up_canvas_color(canvas->random, canvas->paper);
    }
}

void up_canvas_put(const up_canvas *canvas, int x, int y, const float color[3], float cover)
{
    uint8_t *to = canvas->pixel + ((size_t)y * canvas->side + x) * 3;
    for (int c = 0; c < 3; c++)
        to[c] = (uint8_t)((float)to[c] + cover * (color[c] - (float)to[c]) + 0.5f);
}

static void clear(const up_canvas *canvas)
{
    for (int i = 0; i < canvas->side * canvas->side; i++)
        for (int c = 0; c < 3; c++)
            canvas->pixel[(size_t)i * 3 + c] = (uint8_t)canvas->paper[c];
}

/* ---------------------------------------------------------------- text */

static void draw_text(const up_canvas *canvas, const up_text_pages *text)
{
    const size_t page = up_random_below(canvas->random, (uint64_t)text->count);
    const uint8_t *cover = text->cover + page * UP_TEXT_PAGE * UP_TEXT_PAGE;
    const int left = (int)up_random_below(canvas->random, UP_TEXT_PAGE);
    const int top = (int)up_random_below(canvas->random, UP_TEXT_PAGE);
    const bool bilevel = up_random_below(canvas->random, 4) == 0;
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++) {
            const int at = (top + y) % UP_TEXT_PAGE * UP_TEXT_PAGE + (left + x) % UP_TEXT_PAGE;
            const float share = bilevel ? cover[at] >= 128 : (float)cover[at] / 255;
            up_canvas_put(canvas, x, y, canvas->ink, share);
        }
}

/* ---------------------------------------------------------------- one of all */

void up_render(const up_text_pages *text, uint8_t *pixel, int side, int scale, up_random *random)
{
    static void (*const kinds[])(const up_canvas *canvas) = {
        up_draw_lines,  up_draw_shapes,    up_draw_hatching, up_draw_checkerboard,
        up_draw_dither, up_draw_pixel_art, up_draw_gradient,
    };
    enum { KINDS = sizeof kinds / sizeof *kinds, OF_TEXT = 6 };
    up_canvas canvas = { .pixel = pixel, .side = side, .scale = scale, .random = random };
    const uint64_t kind = up_random_below(random, KINDS + OF_TEXT);
    choose_colors(&canvas);
    clear(&canvas);
    if (kind < KINDS)
        kinds[kind](&canvas);
    else if (text->count > 0)
        draw_text(&canvas, text);
    else
        up_draw_strokes(&canvas);
}
