/* SPDX-License-Identifier: MIT */
/* Quality against time with the Pareto front, as SVG: what the overview draws, for other programs.
 */
#ifndef UP_COMPARE_QUALITY_PLOT_H
#define UP_COMPARE_QUALITY_PLOT_H

#include "base/status.h"

typedef struct {
    const char *name; /* any bytes */
    double seconds, psnr;
} up_quality_point;

/* `time` is what the axis is called. For free(). *svg is NULL, without an error, where fewer than
 * two points have both numbers. Drawn in the colour of the text around it; it holds no scripts,
 * styles or links. */
up_status up_quality_plot(char **svg, const up_quality_point *point, int count, const char *time,
                          up_error *error);

#endif
