/* SPDX-License-Identifier: MIT */
/* Where things lie on a sheet, in the units of its figure. */
#ifndef UP_COMPARE_SHEET_LAYOUT_H
#define UP_COMPARE_SHEET_LAYOUT_H

#include "compare/sheet/sheet.h"

#define UP_ROWS_OF_BAND 2 /* at most */

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
    double caption[UP_ROWS_OF_BAND];
} up_band_place;

/* Of one picture. */
typedef struct {
    int columns, rows; /* of each band */
    double whole_width, whole_height;
    up_band_place band[UP_MOST_BOXES];
    double width, height;
} up_block_place;

up_sheet_look up_sheet_look_of(const up_sheet *sheet);
void up_block_lay_out(up_block_place *place, const up_sheet *sheet, const up_sheet_block *block,
                      const up_sheet_look *look);

#endif
