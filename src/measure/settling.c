/* SPDX-License-Identifier: MIT */
#include "measure/settling.h"

#include <math.h>

double up_median_of(const double *sorted, int count)
{
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* The interval's ends are values of opposite ranks (Conover 1999, 3.2); of few they are the ends.
 */
double up_median_spread(const double *sorted, int count)
{
    const double median = up_median_of(sorted, count);
    const int rank = (int)ceil((count - 1.96 * sqrt(count)) / 2);
    const int first = rank > 1 ? rank - 1 : 0;
    const double below = median - sorted[first], above = sorted[count - 1 - first] - median;
    return median > 0 ? fmax(below, above) / median : 0;
}

double up_least_spread(const double *sorted, int count)
{
    const int third = count < 3 ? count - 1 : 2;
    return sorted[0] > 0 ? sorted[third] / sorted[0] - 1 : 0;
}
