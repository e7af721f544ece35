/* SPDX-License-Identifier: MIT */
/* What is measured of a result. */
#ifndef UP_COMPARE_COMPARISON_NUMBERS_H
#define UP_COMPARE_COMPARISON_NUMBERS_H

#include "compare/comparison.h"

/* Fills in the row of a result of a method, which lies in its PNG, against the original or the
 * reference; without one there is nothing to measure. */
up_status up_comparison_measure(const up_comparison *comparison, up_compared *result,
                                up_error *error);

#endif
