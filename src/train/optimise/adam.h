/* SPDX-License-Identifier: MIT */
/* Adam (Kingma and Ba 2015), with a rate that warms up and then falls by a cosine. */
#ifndef UP_TRAIN_ADAM_H
#define UP_TRAIN_ADAM_H

#include <stddef.h>
#include <stdint.h>

/* The rate of step 0 .. steps - 1. */
double up_learning_rate(double most, int64_t step, int64_t steps);

/* One step on parameters first .. end - 1; `step` counts from 0. */
void up_adam(float *parameter, float *mean, float *square, const float *gradient, size_t first,
             size_t end, double rate, int64_t step);

#endif
