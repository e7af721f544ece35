/* SPDX-License-Identifier: MIT */
/* Where a result is wrong: a picture of its differences from the reference. */
#ifndef UP_COMPARE_CELL_MAP_H
#define UP_COMPARE_CELL_MAP_H

#include "compare/sheet/figure.h"
#include "upscale_compare.h"

/* The largest of 1, 2, 4 ... 32 by which no difference of a sample leaves its range. */
int up_cell_gain(const up_cell_pixels *reference, const up_cell_pixels *result, int most);

/* UP_MAP_ERROR: |result - reference| of luma (BT.601) times the gain, black over red and yellow to
 * white; UP_MAP_DIFFERENCE: result - reference of each channel times the gain, grey where there is
 * none. Both are of one size. */
up_status up_cell_map(up_cell_pixels *map, const up_cell_pixels *reference,
                      const up_cell_pixels *result, up_sheet_map kind, int gain, up_error *error);

/* The colours from the least to the most that a map shows, into a row of two pixels or more. */
void up_cell_map_scale(const up_cell_pixels *scale, up_sheet_map kind);

#endif
