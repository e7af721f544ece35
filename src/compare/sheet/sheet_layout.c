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

/* Points: in less width captions are not read. */
#define LEAST_CELL 50.0

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

/* -------------------------------------------------------------- rows and columns */

static int maps_of(const up_sheet *s, const up_sheet_block *b)
{
    int maps = 0;
    for (int i = 0; i < s->columns && s->maps; i++)
        maps += b->band[0].cell[s->columns + i].pixels.rgb != NULL;
    return maps;
}

/* Maps stand below their results; of several crops beside them, for then rows are many. */
static void place_cells(up_block_place *p, const up_sheet *s, const up_sheet_block *b)
{
    const int lines = s->maps || s->columns <= 3 ? 1 : 2;
    p->beside = s->maps && b->bands > 1;
    p->rows = s->maps && !p->beside ? 2 : lines;
    p->columns = p->beside ? s->columns + maps_of(s, b) : (s->columns + lines - 1) / lines;
}

/* As the same in fewer columns; false: there is but one. */
static bool fold(up_block_place *p, const up_sheet *s)
{
    const int each = s->maps ? 2 : 1, lines = p->beside ? 0 : p->rows / each;
    if (!p->beside && p->columns == 1)
        return false;
    p->beside = false;
    p->rows = (lines + 1) * each;
    p->columns = (s->columns + lines) / (lines + 1);
    return true;
}

void up_cell_grid(int *row, int *column, const up_block_place *p, const up_sheet *s,
                  const up_sheet_block *b, int i)
{
    const bool map = i >= s->columns;
    const int result = map ? i - s->columns : i;
    *row = (s->maps ? 2 : 1) * (result / p->columns) + map;
    *column = result % p->columns;
    if (!p->beside)
        return;
    *row = 0;
    *column = i;
    for (int k = s->columns; k < i; k++)
        *column -= !b->band[0].cell[k].pixels.rgb; /* the reference has no map: no gap for it */
}

/* -------------------------------------------------------------- captions */

/* Below results stand name and numbers, below maps what they are. */
double up_caption_height(const up_block_place *p, const up_sheet *s, const up_sheet_look *look,
                         int band, int row)
{
    if (!p->band[band].captioned)
        return 0;
    const bool map = s->maps && !p->beside && row % 2 == 1;
    return map ? look->line + 4 : 2 * look->line + 8 * look->text / 15;
}

static double whole_caption_height(const up_sheet *s, const up_sheet_look *look)
{
    return (s->maps ? 4 : 2) * look->line + 8 * look->text / 15;
}

/* All captions, and what lies between rows and bands. */
static double fixed_height(const up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                           const up_sheet_look *look)
{
    double sum = (b->bands * p->rows - 1) * look->gap;
    for (int k = 0; k < b->bands; k++)
        for (int r = 0; r < p->rows; r++)
            sum += up_caption_height(p, s, look, k, r);
    return sum;
}

static double last_caption(const up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                           const up_sheet_look *look)
{
    return up_caption_height(p, s, look, b->bands - 1, p->rows - 1);
}

static void place_captions(up_block_place *p, const up_sheet_block *b)
{
    for (int k = 0; k < b->bands; k++)
        p->band[k].captioned = p->rows > 1 || k == b->bands - 1;
}

/* -------------------------------------------------------------- sizes */

/* Pixels: cells are whole multiples of their crops. */
static void size_by_zoom(up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                         const up_sheet_look *look)
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
    p->whole_height = rows + fixed_height(p, s, b, look) - last_caption(p, s, b, look);
    p->whole_width = fmin(p->whole_height * shape, most);
    p->whole_height = fmax(round(p->whole_width / shape), 1);
    p->whole_width = fmax(round(p->whole_width), 1);
}

/* Points: as wide as the page, the whole picture as high as its crops if that leaves them room. */
static void size_by_width(up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                          const up_sheet_look *look)
{
    const double shape = (double)b->width / b->height, n = p->columns;
    const double fixed = fixed_height(p, s, b, look) - last_caption(p, s, b, look);
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

/* Points, where cells beside the whole picture would be too narrow: over the whole width below it.
 */
static void size_below(up_block_place *p, const up_sheet *s, const up_sheet_block *b,
                       const up_sheet_look *look)
{
    const double shape = (double)b->width / b->height;
    double cell;
    do
        cell = (look->width - (p->columns - 1) * look->gap) / p->columns;
    while (cell < LEAST_CELL && fold(p, s));
    p->whole_width = fmin(look->width, look->width / 2 * shape);
    p->whole_height = p->whole_width / shape;
    p->whole_x = (look->width - p->whole_width) / 2;
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
    place_captions(p, b);
    (look->width > 0 ? size_by_width : size_by_zoom)(p, s, b, look);
    const bool below = look->width > 0 && p->band[0].width < LEAST_CELL;
    if (below)
        size_below(p, s, b, look);
    place_captions(p, b);
    const double whole = p->whole_height + whole_caption_height(s, look);
    double y = below ? whole + look->gap : 0, widest = 0;
    for (int k = 0; k < b->bands; k++) {
        up_band_place *band = &p->band[k];
        band->y = y;
        for (int r = 0; r < p->rows; r++)
            y += band->height + up_caption_height(p, s, look, k, r) + look->gap;
        widest = fmax(widest, band->width);
    }
    p->bands_x = below ? 0 : p->whole_width + look->gap;
    p->width = p->bands_x + p->columns * (widest + look->gap) - (below ? look->gap : 0);
    p->height = fmax(y - look->gap, whole);
}
