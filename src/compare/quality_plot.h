/* SPDX-License-Identifier: MIT */
/* Quality against time, as SVG. */
#ifndef UP_COMPARE_QUALITY_PLOT_H
#define UP_COMPARE_QUALITY_PLOT_H

#include "base/status.h"
#include "upscale_compare.h"

typedef struct {
    const char *name; /* any bytes */
    double seconds, psnr;
} up_quality_point;

static inline up_quality_point up_quality_point_of(const up_report_row *row)
{
    return (up_quality_point){ row->name, row->seconds, row->psnr_y };
}

/* For free(). *svg is NULL, without an error, where fewer than two points have both numbers. Drawn
 * in the colour of the text around it; it holds no scripts, styles or links. */
up_status up_quality_plot(char **svg, const up_quality_point *point, int count, up_error *error);

#endif
