/* SPDX-License-Identifier: MIT */
/* Frames that are put together as a viewer does: each changes a rectangle of what was shown before
 * it. */
#ifndef UP_IO_FRAMES_SCREEN_H
#define UP_IO_FRAMES_SCREEN_H

#include "base/status.h"

/* What becomes of a frame's rectangle when its time is over. */
typedef enum {
    UP_DISPOSE_NOT,
    UP_DISPOSE_CLEAR, /* it is transparent */
    UP_DISPOSE_BACK,  /* it is as it was before the frame */
} up_dispose;

/* A frame's rectangle, which may reach beyond the canvas. */
typedef struct {
    int x, y, width, height;
    up_dispose dispose;
    bool over; /* put upon what is there by its alpha, in place of replacing it */
} up_placed;

typedef struct {
    up_format format; /* interleaved, 8 or 16 bits; transparent parts need alpha in it */
    uint8_t *pixels;  /* NULL: not begun */
    uint8_t *before;  /* the canvas as it was before a frame that goes back; NULL: none did */
    size_t pixel, row_bytes;
    up_placed last;
} up_screen;

/* Bytes that a canvas of this format takes, with one to go back to if `goes_back`. False: too many.
 */
bool up_screen_bytes(const up_format *format, bool goes_back, size_t *bytes);

/* A transparent canvas; without alpha it is black. Also to begin anew. */
up_status up_screen_begin(up_screen *canvas, const up_format *format, up_error *error);

/* Disposes of the frame before, and makes room for this one. */
up_status up_screen_place(up_screen *canvas, const up_placed *place, up_error *error);

/* Row y of the frame that was placed, `width` pixels in the format of the canvas. */
void up_screen_put(up_screen *canvas, int y, const void *row);

/* Copies rows of the canvas. */
void up_screen_get(const up_screen *canvas, int y, void *const *row, int count);

void up_screen_end(up_screen *canvas);

#endif
