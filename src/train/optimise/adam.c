/* SPDX-License-Identifier: MIT */
#include "train/optimise/adam.h"

#include <math.h>

#define WARM_UP 200 /* steps */
#define LEAST 0.005 /* of the rate, at the end */

double up_learning_rate(double most, int64_t step, int64_t steps)
{
    double part = (double)step / (double)steps;
    double rate = most * (LEAST + (1 - LEAST) * 0.5 * (1 + cos(3.141592653589793 * part)));
    return step < WARM_UP ? rate * (double)(step + 1) / WARM_UP : rate;
}

void up_adam(float *restrict parameter, float *restrict mean, float *restrict square,
             const float *restrict gradient, size_t first, size_t end, double rate, int64_t step)
{
    const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
    const double t = (double)step + 1;
    const float unbias = (float)(1 / (1 - pow(0.999, t)));
    const float size = (float)(rate / (1 - pow(0.9, t)));
    for (size_t i = first; i < end; i++) {
        mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i];
        square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i];
        parameter[i] -= size * mean[i] / (sqrtf(square[i] * unbias) + epsilon);
    }
}
