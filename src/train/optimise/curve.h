/* SPDX-License-Identifier: MIT */
/* What a measure will come to that grows ever more slowly. */
#ifndef UP_TRAIN_CURVE_H
#define UP_TRAIN_CURVE_H

/* The value at place `at` of a - b x^-c, b and c above 0, through points (x, value) with least
 * squares, those further on counting more; NaN of fewer than four points. Without a curve that
 * grows it is the last value. */
double up_curve_expected(const float (*point)[2], int count, double at);

#endif
