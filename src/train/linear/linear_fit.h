/* SPDX-License-Identifier: MIT */
/* From sums over pictures to the filter of least squares. */
#ifndef UP_TRAIN_LINEAR_FIT_H
#define UP_TRAIN_LINEAR_FIT_H

#include "train/linear/linear_statistics.h"

/* weight[phase][tap] is to be added to bicubic's. It is the least squares of the residuals over
 * filters whose taps sum to zero in every phase and that flips and transposition leave as they are,
 * both exactly. `ridge` is added to the diagonal, relative to its mean. Fails where the pictures do
 * not tell the weights: they are flat. */
up_status up_linear_fit(double *weight, const up_linear_statistics *s, double ridge,
                        up_error *error);

/* The mean square of what such weights leave of the residuals of pictures. */
double up_linear_error(const double *weight, const up_linear_statistics *s);

/* The transposed convolution of window * scale taps on an axis, to be cropped by (window - 1) *
 * scale on every side: bicubic (Keys, a = -0.5) plus `weight`. window >= 5. */
void up_linear_kernel(float *kernel, const double *weight, int scale, int window);

#endif
