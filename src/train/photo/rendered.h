/* SPDX-License-Identifier: MIT */
/*
 * Drawn pictures to learn from, beside photographs: text, lines, hatching, dither, checkerboards,
 * flat graphics, pixel art and gradients, in colours and without, light on dark and dark on light.
 */
#ifndef UP_TRAIN_RENDERED_H
#define UP_TRAIN_RENDERED_H

#include "base/random.h"
#include "train/photo/rendered_text.h"

/* A picture being drawn: pixel[side][side][3]. What is drawn is as large as `scale` asks for. */
typedef struct {
    uint8_t *pixel;
    int side, scale;
    up_random *random;
    float paper[3], ink[3]; /* colours, 0..255 */
} up_canvas;

/* Draws one of all kinds; `text` may hold no pages. */
void up_render(const up_text_pages *text, uint8_t *pixel, int side, int scale, up_random *random);

/* A colour of its own, 0..255. */
void up_canvas_color(up_random *random, float color[3]);
/* So much of a colour onto a pixel, 0..1. */
void up_canvas_put(const up_canvas *canvas, int x, int y, const float color[3], float cover);
/* rendered_patterns.c */
void up_draw_hatching(const up_canvas *canvas);
void up_draw_checkerboard(const up_canvas *canvas);
void up_draw_dither(const up_canvas *canvas);
void up_draw_pixel_art(const up_canvas *canvas);
void up_draw_gradient(const up_canvas *canvas);

/* rendered_shapes.c */
void up_draw_lines(const up_canvas *canvas);
void up_draw_shapes(const up_canvas *canvas);
void up_draw_strokes(const up_canvas *canvas); /* rows of signs, where there are no fonts */

#endif
