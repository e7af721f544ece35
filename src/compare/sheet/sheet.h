/* SPDX-License-Identifier: MIT */
/* A contact sheet like the figures in papers on super-resolution: for each picture the whole of it
 * with its crops framed, and these crops of every result side by side, pixels enlarged to squares.
 * Captions are names, PSNR and SSIM; below them may stand maps of where results are wrong. */
#ifndef UP_COMPARE_SHEET_H
#define UP_COMPARE_SHEET_H

#include "compare/comparison.h"
#include "compare/sheet/figure.h"

typedef struct {
    up_cell_pixels pixels;
    char *name, *numbers; /* captions; NULL: none */
} up_sheet_cell;

/* One crop of a picture, by all results that are shown. */
typedef struct {
    up_box box;
    up_sheet_cell *cell; /* `columns`, and below each its map if there are maps */
} up_sheet_band;

typedef struct {
    char *caption;
    up_cell_pixels whole; /* reduced where it is large */
    int width, height;    /* of the results */
    up_sheet_band *band;
    int bands;
    int gain; /* of its maps: see up_cell_map() */
} up_sheet_block;

typedef struct {
    const up_report_options *options;
    up_figure_format format;
    up_sheet_block *block;
    int blocks, columns;
    bool maps;
    size_t held; /* bytes of pictures */
} up_sheet;

/* Which results a sheet shows are asked for by name: UP_ERROR_ARGUMENT if one is missing. */
up_status up_sheet_init(up_sheet *sheet, const up_report_options *options, up_error *error);
/* Another picture. */
up_status up_sheet_add(up_sheet *sheet, const up_comparison *comparison, up_error *error);
/* Draws what was added. */
up_status up_sheet_write(const up_sheet *sheet, up_error *error);
void up_sheet_clear(up_sheet *sheet);

#endif
