/* SPDX-License-Identifier: MIT */
/* Where to look: the regions in which the results differ most. */
#ifndef UP_COMPARE_REGIONS_H
#define UP_COMPARE_REGIONS_H

#include "io/pixels.h"
#include "upscale_compare.h"

/* Luma of a few million pixels of every result, the same ones of each. */
typedef struct {
    int width, height; /* of the pictures */
    int step;          /* one sample out of step x step pixels */
    int columns, rows, count;
    uint8_t *luma; /* [result][row][column] */
    up_format format;
    int filling; /* the result that rows are given of */
} up_regions;

up_status up_regions_init(up_regions *regions, int width, int height, int results, up_error *error);
void up_regions_clear(up_regions *regions);

/* The rows that follow are those of this result. */
void up_regions_begin(up_regions *regions, int result, const up_format *format);
void up_regions_watch(void *regions, int y, const void *row); /* an up_tiling.watch */

/* Up to `most` boxes of side x side (or less, in small pictures) with some distance between them
 * and to the `taken` ones. How much results differ at a pixel is the range of the middle half of
 * them, so that one that is unlike all others does not decide alone. Returns how many it found. */
int up_regions_find(up_regions *regions, up_box *box, int most, int side, const up_box *taken,
                    int taken_count);

#endif
