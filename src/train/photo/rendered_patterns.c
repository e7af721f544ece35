/* SPDX-License-Identifier: MIT */
/* What repeats, and what is made of pixels. */

#include "train/photo/rendered.h"

#include "base/memory.h"

#include <math.h>

/* `least` to `most` pixels of the low resolution, in those of the canvas. */
static double draw_size(const up_canvas *canvas, double least, double most)
{
    return canvas->scale * (least + (most - least) * up_random_unit(canvas->random));
}

static double draw_angle(const up_canvas *canvas)
{
    const uint64_t kind = up_random_below(canvas->random, 4);
    return kind < 2 ? 1.5707963 * (double)kind : 3.1415927 * up_random_unit(canvas->random);
}

/* How much of a stripe of `width`, every `period`, covers a pixel at `place`. */
static float stripe(double place, double period, double width)
{
    const double at = place - period * floor(place / period);
    return (float)fmin(fmax(fmin(at + 0.5, width - at + 0.5), 0), 1);
}

void up_draw_hatching(const up_canvas *canvas)
{
    const double angle = draw_angle(canvas), period = draw_size(canvas, 2, 10);
    const double width = period * (0.2 + 0.5 * up_random_unit(canvas->random));
    const double across = cos(angle), down = sin(angle);
    const bool twice = up_random_below(canvas->random, 3) == 0;
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++) {
            const float one = stripe(x * across + y * down, period, width);
            const float two = twice ? stripe(y * across - x * down, period, width) : 0;
            up_canvas_put(canvas, x, y, canvas->ink, fmaxf(one, two));
        }
}

void up_draw_checkerboard(const up_canvas *canvas)
{
    const int cell = up_max(1, (int)lrint(draw_size(canvas, 1, 9)));
    const int left = (int)up_random_below(canvas->random, (uint64_t)cell);
    const int top = (int)up_random_below(canvas->random, (uint64_t)cell);
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++)
            if (((x + left) / cell + (y + top) / cell) % 2)
                up_canvas_put(canvas, x, y, canvas->ink, 1);
}

/* A slope from 0 to 1 across the canvas, straight or round. */
typedef struct {
    double across, down, x, y;
    bool round;
} slope;

static slope draw_slope(const up_canvas *canvas)
{
    const double angle = 6.2831853 * up_random_unit(canvas->random), length = canvas->side;
    return (slope){ .across = cos(angle) / length,
                    .down = sin(angle) / length,
                    .x = length * up_random_unit(canvas->random),
                    .y = length * up_random_unit(canvas->random),
                    .round = up_random_below(canvas->random, 3) == 0 };
}

static float slope_at(const slope *s, const up_canvas *canvas, int x, int y)
{
    const double straight = 0.5 + (x - s->x) * s->across + (y - s->y) * s->down;
    const double round = hypot(x - s->x, y - s->y) / canvas->side;
    return (float)fmin(fmax(s->round ? round : straight, 0), 1);
}

/* Rank of a pixel among the 64 of a cell, Bayer's. */
static int bayer(int x, int y)
{
    int rank = 0;
    for (int bit = 0; bit < 3; bit++)
        rank |= ((x >> bit & 1) ^ (y >> bit & 1)) << (5 - 2 * bit) | (y >> bit & 1)
                                                                         << (4 - 2 * bit);
    return rank;
}

/* In dots of the size of a pixel of the low resolution, or of the canvas. */
void up_draw_dither(const up_canvas *canvas)
{
    const slope s = draw_slope(canvas);
    const int dot = up_random_below(canvas->random, 2) ? canvas->scale : 1;
    const bool ordered = up_random_below(canvas->random, 3) > 0;
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++) {
            up_random own =
                up_random_make(canvas->random->state, (uint64_t)(x / dot), (uint64_t)(y / dot));
            const double threshold =
                ordered ? (bayer(x / dot, y / dot) + 0.5) / 64 : up_random_unit(&own);
            if (slope_at(&s, canvas, x, y) > threshold)
                up_canvas_put(canvas, x, y, canvas->ink, 1);
        }
}

void up_draw_gradient(const up_canvas *canvas)
{
    const slope s = draw_slope(canvas);
    const float steps =
        up_random_below(canvas->random, 3) ? 0 : 2 + (float)up_random_below(canvas->random, 14);
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++) {
            const float at = slope_at(&s, canvas, x, y);
            up_canvas_put(canvas, x, y, canvas->ink, steps > 0 ? floorf(at * steps) / steps : at);
        }
}

/* Signs of few colours, half of them mirrored, as sprites are. */
void up_draw_pixel_art(const up_canvas *canvas)
{
    enum { PALETTE = 6, SPRITE = 16 };
    float palette[PALETTE][3];
    const int dot = up_max(1, (int)lrint(draw_size(canvas, 1, 5)));
    const uint64_t seed = up_random_bits(canvas->random);
    const bool mirrored = up_random_below(canvas->random, 2);
    const uint64_t colors = 2 + up_random_below(canvas->random, PALETTE - 1);
    for (int i = 0; i < PALETTE; i++)
        up_canvas_color(canvas->random, palette[i]);
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++) {
            const int column = x / dot, row = y / dot, in = column % SPRITE;
            const int from = mirrored && in >= SPRITE / 2 ? column - in + SPRITE - 1 - in : column;
            up_random own = up_random_make(seed, (uint64_t)(from / 2), (uint64_t)row);
            const uint64_t color = up_random_below(&own, 2 * colors);
            if (color < colors) /* the rest is paper */
                up_canvas_put(canvas, x, y, palette[color], 1);
        }
}
