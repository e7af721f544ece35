/* SPDX-License-Identifier: MIT */
/*
 * The page over many pictures. Its data, in index.html and in results.json:
 *   program, protocol  as in compare/comparison.h
 *   machine            see compare/numbers/result_times.h
 *   pictures           name, page and thumb (paths), best (the name of the method with the highest
 *                      PSNR, with a reference) and best_psnr_y; scale, or null; set (the folder it
 *                      lies in); width and height of the results; results: name, the numbers
 *                      and times of compare/comparison.h
 *   measures           as in compare/comparison.h
 *   means              of the first scale: name, those measures, psnr_y, psnr_rgb, ssim, ms_ssim,
 *                      seconds, multiply_adds
 *   baseline           what others are compared with, or null
 *   seed               of the intervals
 *   files              see compare/files/other_files.h
 *   statistics         of every scale and set: see compare/numbers/gathered.h
 */
#ifndef UP_COMPARE_OVERVIEW_H
#define UP_COMPARE_OVERVIEW_H

#include "compare/numbers/gathered.h"

typedef struct {
    json_t *pictures, *protocol;
    up_gathered gathered;
} up_overview;

up_status up_overview_init(up_overview *overview, const up_report_options *options,
                           up_error *error);
/* A picture whose page lies in the folder `place` of the report. */
up_status up_overview_add(up_overview *overview, const up_comparison *comparison, const char *place,
                          up_error *error);
/* `files` as in compare/files/other_files.h. */
up_status up_overview_write(const up_overview *overview, const char *folder, json_t *files,
                            up_error *error);
void up_overview_clear(up_overview *overview);

#endif
