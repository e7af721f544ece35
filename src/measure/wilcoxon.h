/* SPDX-License-Identifier: MIT */
/* Wilcoxon's signed-rank test (1945) of whether differences lie about zero. */
#ifndef UP_MEASURE_WILCOXON_H
#define UP_MEASURE_WILCOXON_H

#include "base/status.h"

/* Differences up to which all signs are counted. */
#define UP_WILCOXON_EXACT 25

/* The two-sided p of `count` differences, none NaN. Those that are 0 are left out; equal sizes
 * share the mean of their ranks. Up to UP_WILCOXON_EXACT of the rest: the share of all choices of
 * signs that lie as far out, ties or not; above: normal, its variance less sum(t^3 - t) / 48 over
 * groups of t equal sizes, without a correction for continuity. 1 where nothing is left. */
up_status up_wilcoxon(double *p, const double *difference, int count, up_error *error);

#endif
