/* SPDX-License-Identifier: MIT */
/* A contact sheet like the figures in papers on super-resolution. */
#ifndef UP_COMPARE_SHEET_H
#define UP_COMPARE_SHEET_H

#include "compare/comparison.h"

/* The whole picture with the first crop framed, then that crop of every result in a grid, its
 * pixels enlarged to squares, and the same for further crops that were asked for (without any: the
 * place where results differ most). Captions are names, PSNR and SSIM. */
up_status up_sheet_draw(const up_comparison *comparison, const char *path, int zoom, bool overwrite,
                        up_error *error);

#endif
