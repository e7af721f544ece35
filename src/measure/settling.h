/* SPDX-License-Identifier: MIT */
/* Whether measured times repeat well enough to be told. Values are sorted, count >= 1. */
#ifndef UP_MEASURE_SETTLING_H
#define UP_MEASURE_SETTLING_H

double up_median_of(const double *sorted, int count);

/* up_timing.median_spread and processor_spread. */
double up_median_spread(const double *sorted, int count);
double up_least_spread(const double *sorted, int count);

#endif
