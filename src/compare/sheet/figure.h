/* SPDX-License-Identifier: MIT */
/* What a sheet is drawn on: a page of vectors or of pixels, by the extension of its name. Places
 * and sizes are in units: pixels of a PNG, points (1/72 inch) of PDF and SVG; y goes down. */
#ifndef UP_COMPARE_FIGURE_H
#define UP_COMPARE_FIGURE_H

#include "base/status.h"

/* RGB of 8 bits, tightly packed. */
typedef struct {
    uint8_t *rgb; /* for up_free() */
    int width, height;
} up_cell_pixels;

typedef struct {
    double x, y, width, height;
} up_rectangle;

typedef struct {
    double size; /* of the letters */
    bool bold;
    uint8_t ink[3];
} up_text_style;

typedef struct up_figure up_figure;

typedef struct {
    /* Into the rectangle; `exact`: pixels become squares, else they are smoothed. */
    up_status (*image)(up_figure *figure, const up_rectangle *to, const up_cell_pixels *pixels,
                       bool exact, up_error *error);
    void (*fill)(up_figure *figure, const up_rectangle *area, const uint8_t ink[3]);
    /* One line in the middle of the rectangle's width, from its top on: smaller letters where it is
     * too long, and without its middle where that does not suffice. Any bytes. */
    up_status (*text)(up_figure *figure, const up_rectangle *to, const up_text_style *style,
                      const char *text, up_error *error);
    /* Begins another page, as wide as the first; NULL: there is but one. */
    void (*turn)(up_figure *figure, double height);
    /* Writes it whole or not at all. */
    up_status (*write)(up_figure *figure, const char *path, bool overwrite, up_error *error);
    void (*close)(up_figure *figure);
} up_figure_kind;

struct up_figure {
    const up_figure_kind *kind;
    double width, height;
};

typedef enum {
    UP_FIGURE_PNG,
    UP_FIGURE_PDF,
    UP_FIGURE_SVG,
} up_figure_format;

/* false: the name's extension is none of them. */
bool up_figure_format_of(up_figure_format *format, const char *path);

/* Its first page, white. PNG and PDF are drawn by Cairo: UP_ERROR_UNSUPPORTED where there is none,
 * or no font. */
up_status up_figure_open(up_figure **figure, up_figure_format format, double width, double height,
                         up_error *error);
up_status up_figure_open_svg(up_figure **figure, double width, double height, up_error *error);
up_status up_figure_open_cairo(up_figure **figure, bool pdf, double width, double height,
                               up_error *error);

void up_figure_close(up_figure **figure);

/* The lines of a rectangle, inside it. */
void up_figure_frame(up_figure *figure, const up_rectangle *area, double line,
                     const uint8_t ink[3]);

/* Each pixel `times` x `times` times, so that viewers that smooth show squares all the same. */
up_status up_cell_enlarge(up_cell_pixels *large, const up_cell_pixels *pixels, int times,
                          up_error *error);

#endif
