/* SPDX-License-Identifier: MIT */
/* Lines and flat areas with smooth edges. */

#include "train/photo/rendered.h"

#include "base/memory.h"

#include <math.h>

typedef struct {
    double x, y;
} point;

static double draw_between(const up_canvas *canvas, double least, double most)
{
    return least + (most - least) * up_random_unit(canvas->random);
}

static point draw_point(const up_canvas *canvas)
{
    const double x = draw_between(canvas, -0.2, 1.2) * canvas->side;
    return (point){ x, draw_between(canvas, -0.2, 1.2) * canvas->side };
}

static double distance_to_line(point a, point b, double x, double y)
{
    const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    const double along =
        length > 0 ? fmin(fmax(((x - a.x) * dx + (y - a.y) * dy) / length, 0), 1) : 0;
    return hypot(x - a.x - along * dx, y - a.y - along * dy);
}

static float cover_of(double inside)
{
    return (float)fmin(fmax(inside + 0.5, 0), 1);
}

/* A line or, where `round`, a circle around a through b. */
static void draw_line(const up_canvas *canvas, point a, point b, double width, bool round,
                      const float color[3])
{
    const double radius = hypot(b.x - a.x, b.y - a.y);
    for (int y = 0; y < canvas->side; y++)
        for (int x = 0; x < canvas->side; x++) {
            const double away =
                round ? fabs(hypot(x - a.x, y - a.y) - radius) : distance_to_line(a, b, x, y);
            const float cover = cover_of(width / 2 - away);
            if (cover > 0)
                up_canvas_put(canvas, x, y, color, cover);
        }
}

void up_draw_lines(const up_canvas *canvas)
{
    const uint64_t lines = 3 + up_random_below(canvas->random, 8);
    for (uint64_t i = 0; i < lines; i++) {
        const point a = draw_point(canvas), b = draw_point(canvas);
        const uint64_t kind = up_random_below(canvas->random, 6);
        const point straight = { kind == 0 ? a.x : b.x, kind == 1 ? a.y : b.y };
        const double width = canvas->scale * draw_between(canvas, 0.5, 3);
        draw_line(canvas, a, straight, width, kind == 2, canvas->ink);
    }
}

/* ---------------------------------------------------------------- areas */

/* How far inside a shape a place is, in pixels; negative outside. */
static double inside_rectangle(point a, point b, double x, double y)
{
    const double left = fmin(a.x, b.x), right = fmax(a.x, b.x);
    const double top = fmin(a.y, b.y), bottom = fmax(a.y, b.y);
    return fmin(fmin(x - left, right - x), fmin(y - top, bottom - y));
}

static double inside_ellipse(point a, point b, double x, double y)
{
    const double wide = fabs(b.x - a.x) / 2 + 1, high = fabs(b.y - a.y) / 2 + 1;
    const double u = (x - (a.x + b.x) / 2) / wide, v = (y - (a.y + b.y) / 2) / high;
    return (1 - hypot(u, v)) * fmin(wide, high);
}

/* The half plane to one side of a line. */
static double inside_half(point a, point b, double x, double y)
{
    const double length = hypot(b.x - a.x, b.y - a.y) + 1e-3;
    return ((x - a.x) * (b.y - a.y) - (y - a.y) * (b.x - a.x)) / length;
}

void up_draw_shapes(const up_canvas *canvas)
{
    static double (*const kinds[])(point a, point b, double x,
                                   double y) = { inside_rectangle, inside_rectangle, inside_ellipse,
                                                 inside_half };
    const uint64_t shapes = 2 + up_random_below(canvas->random, 7);
    for (uint64_t i = 0; i < shapes; i++) {
        const point a = draw_point(canvas), b = draw_point(canvas);
        const uint64_t kind = up_random_below(canvas->random, sizeof kinds / sizeof *kinds);
        float color[3];
        up_canvas_color(canvas->random, color);
        for (int y = 0; y < canvas->side; y++)
            for (int x = 0; x < canvas->side; x++) {
                const float cover = cover_of(kinds[kind](a, b, x, y));
                if (cover > 0)
                    up_canvas_put(canvas, x, y, color, cover);
            }
    }
}

/* ---------------------------------------------------------------- signs */

/* A sign of a few strokes between points of a grid of 3 x 4, in the box at (x, y). */
static void draw_sign(const up_canvas *canvas, double x, double y, double size, double weight)
{
    enum { POINTS = 12 };
    const uint64_t strokes = 2 + up_random_below(canvas->random, 3);
    uint64_t at = up_random_below(canvas->random, POINTS);
    for (uint64_t i = 0; i < strokes; i++) {
        const uint64_t to = up_random_below(canvas->random, POINTS);
        const point a = { x + (double)(at % 3) * size / 4, y + (double)(at / 3) * size / 4 };
        const point b = { x + (double)(to % 3) * size / 4, y + (double)(to / 3) * size / 4 };
        for (int v = up_max(0, (int)(y - weight));
             v < up_min(canvas->side, (int)(y + size + weight)); v++)
            for (int u = up_max(0, (int)(x - weight));
                 u < up_min(canvas->side, (int)(x + size + weight)); u++)
                up_canvas_put(canvas, u, v, canvas->ink,
                              cover_of(weight / 2 - distance_to_line(a, b, u, v)));
        at = to;
    }
}

void up_draw_strokes(const up_canvas *canvas)
{
    const double size = canvas->scale * draw_between(canvas, 6, 20);
    const double weight = size * draw_between(canvas, 0.08, 0.2);
    for (double y = -draw_between(canvas, 0, size); y < canvas->side; y += 1.5 * size)
        for (double x = -draw_between(canvas, 0, size); x < canvas->side; x += 0.8 * size)
            if (up_random_below(canvas->random, 6) > 0)
                draw_sign(canvas, x, y, size, weight);
}
