/* SPDX-License-Identifier: MIT */
#include "compare/sheet/sheet_layout.h"

#include "base/memory.h"

#include <math.h>

enum {
    CELL = 190, /* pixels: about as wide as a crop is shown where no zoom is asked for */
    MOST_ZOOM = 32,
};

/* Points: the columns of IEEE's and CVPR's two-column pages are 3.5 and 3.25 inches wide. */
#define WIDE 496.0
#define NARROW 236.0

/* Of the width of a sheet of points: a panorama would dwarf its crops. */
#define MOST_WHOLE 0.42

up_sheet_look up_sheet_look_of(const up_sheet *s)
{
    static const up_sheet_look pixels = { 15, 14, 24, 12, 3, 0, 21, 0 };
    static const up_sheet_look points = { 7, 6.5, 1, 4, 0.8, WIDE, 9.5, 0 };
    up_sheet_look look = s->format == UP_FIGURE_PNG ? pixels : points;
    look.zoom = s->options->zoom;
    if (look.width > 0 && s->options->sheet_narrow)
        look.width = NARROW;
    return look;
}

/* Maps stand below their results; of several crops beside them, for then rows are many. */
static void place_cells(up_block_place *p, const up_sheet *s, const up_sheet_block *b)
{
    const bool beside = s->maps && b->bands > 1;
    p->rows = beside ? 1 : s->maps || s->columns > 3 ? 2 : 1;
    p->columns = s->maps ? s->columns : (s->columns + p->rows - 1) / p->rows;
    for (int i = 0; i < s->columns && beside; i++)
        p->columns += b->band[0].cell[s->columns + i].pixels.rgb != NULL;
}

/* Below results stand name and numbers, below maps what they are. */
static void place_captions(up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                           const up_sheet_look *look)
{
    const double two = 2 * look->line + 8 * look->text / 15, one = look->line + 4;
    for (int k = 0; k < b->bands; k++) {
        p->band[k].caption[0] = two;
        p->band[k].caption[1] = s->maps ? one : two; /* where there is a second row */
    }
}

/* All captions, and what lies between rows and bands. */
static double fixed_height(const up_block_place *p, const up_sheet_block *b,
                           const up_sheet_look *look)
{
    double sum = (b->bands * p->rows - 1) * look->gap;
    for (int k = 0; k < b->bands; k++)
        for (int r = 0; r < p->rows; r++)
            sum += p->band[k].caption[r];
    return sum;
}

static double last_caption(const up_block_place *p)
{
    return p->band[0].caption[p->rows - 1];
}

/* Pixels: cells are whole multiples of their crops. */
static void size_by_zoom(up_block_place *p, const up_sheet_block *b, const up_sheet_look *look)
{
    double rows = 0, widest = 0;
    for (int k = 0; k < b->bands; k++) {
        const up_box *box = &b->band[k].box;
        const int fitting = (int)lround((double)CELL / up_max(box->width, box->height));
        const int zoom = look->zoom ? look->zoom : up_clamp(fitting, 1, MOST_ZOOM);
        p->band[k].width = (double)box->width * zoom;
        p->band[k].height = (double)box->height * zoom;
        rows += p->rows * p->band[k].height;
        widest = fmax(widest, p->band[k].width);
    }
    const double most = 2.5 * p->columns * (widest + look->gap),
                 shape = (double)b->width / b->height;
    p->whole_height = rows + fixed_height(p, b, look) - last_caption(p);
    p->whole_width = fmin(p->whole_height * shape, most);
    p->whole_height = fmax(round(p->whole_width / shape), 1);
    p->whole_width = fmax(round(p->whole_width), 1);
}

/* Points: as wide as the page, the whole picture as high as its crops if that leaves them room. */
static void size_by_width(up_block_place *p, const up_sheet_block *b, const up_sheet_look *look)
{
    const double shape = (double)b->width / b->height, n = p->columns;
    const double fixed = fixed_height(p, b, look) - last_caption(p);
    double high = 0; /* of all rows, by the width of a cell */
    for (int k = 0; k < b->bands; k++)
        high += (double)p->rows * b->band[k].box.height / b->band[k].box.width;
    double cell = (look->width - shape * fixed - n * look->gap) / (n + shape * high);
    p->whole_width = shape * (cell * high + fixed);
    if (p->whole_width > MOST_WHOLE * look->width || cell <= 0) {
        p->whole_width = MOST_WHOLE * look->width;
        cell = (look->width - p->whole_width) / n - look->gap;
    }
    p->whole_height = p->whole_width / shape;
    for (int k = 0; k < b->bands; k++) {
        p->band[k].width = cell;
        p->band[k].height = cell * b->band[k].box.height / b->band[k].box.width;
    }
}

void up_block_lay_out(up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                      const up_sheet_look *look)
{
    *p = (up_block_place){ 0 };
    place_cells(p, s, b);
    place_captions(p, s, b, look);
    (look->width > 0 ? size_by_width : size_by_zoom)(p, b, look);
    double y = 0, widest = 0;
    for (int k = 0; k < b->bands; k++) {
        up_band_place *band = &p->band[k];
        band->y = y;
        for (int r = 0; r < p->rows; r++)
            y += band->height + band->caption[r] + look->gap;
        widest = fmax(widest, band->width);
    }
    p->width = p->whole_width + p->columns * (widest + look->gap);
    p->height = fmax(y - look->gap, p->whole_height + last_caption(p));
}
