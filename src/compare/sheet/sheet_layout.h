/* SPDX-License-Identifier: MIT */
/* Where things lie on a sheet, in the units of its figure. */
#ifndef UP_COMPARE_SHEET_LAYOUT_H
#define UP_COMPARE_SHEET_LAYOUT_H

#include "compare/sheet/sheet.h"

/* How large things are, of pixels and of points. */
typedef struct {
    double text, numbers;      /* height of letters */
    double margin, gap, frame; /* around, between, and the lines of frames */
    double width;              /* of all, without the margin; 0: as pixels and zoom make it */
    double line;               /* from line to line of captions */
    int zoom;                  /* of pixels; 0: so that a crop fills its place well */
} up_sheet_look;

/* Of one crop. */
typedef struct {
    double y, width, height; /* from the top of the block; of a cell */
    bool captioned;          /* of several in one row each the last, for all */
} up_band_place;

/* Of one picture. */
typedef struct {
    int columns, rows; /* of each band */
    bool beside;       /* maps stand beside the results, not each below its own */
    double whole_x, whole_width, whole_height; /* the whole picture: left of its crops, or above */
    double bands_x;                            /* from the margin on, as whole_x */
    up_band_place band[UP_MOST_BOXES];
    double width, height;
} up_block_place;

up_sheet_look up_sheet_look_of(const up_sheet *sheet);
/* How high the captions of a row of cells are, or those of the whole picture, its legend included.
 */
double up_caption_height(const up_block_place *place, const up_sheet *sheet,
                         const up_sheet_look *look, int band, int row);
/* Where cell `i` of a band lies, maps behind the results. */
void up_cell_grid(int *row, int *column, const up_block_place *place, const up_sheet *sheet,
                  const up_sheet_block *block, int i);
void up_block_lay_out(up_block_place *place, const up_sheet *sheet, const up_sheet_block *block,
                      const up_sheet_look *look);

#endif
