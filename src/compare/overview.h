/* SPDX-License-Identifier: MIT */
/*
 * The page over many pictures. Its data, in index.html and in results.json:
 *   program, protocol  as in compare/comparison.h
 *   pictures           name, page and thumb (paths), best (the name of the method with the highest
 *                      PSNR, with a reference) and best_psnr_y
 *   measures           as in compare/comparison.h
 *   means              name, those measures, psnr_y, psnr_rgb, ssim, ms_ssim, seconds,
 * multiply_adds
 */
#ifndef UP_COMPARE_OVERVIEW_H
#define UP_COMPARE_OVERVIEW_H

#include "compare/comparison.h"

typedef struct {
    const up_report_options *options;
    json_t *pictures, *protocol;
    up_report_row sum[UP_MOST_CONTENDERS]; /* of each method */
    int methods, count;                    /* pictures */
} up_overview;

up_status up_overview_init(up_overview *overview, const up_report_options *options,
                           up_error *error);
/* A picture whose page lies in the folder `place` of the report. */
up_status up_overview_add(up_overview *overview, const up_comparison *comparison, const char *place,
                          up_error *error);
up_status up_overview_write(const up_overview *overview, const char *folder, up_error *error);
void up_overview_clear(up_overview *overview);

#endif
