/* SPDX-License-Identifier: MIT */
/* The numbers of a blur: see blur.h. */
#ifndef UP_RESTORE_BLUR_KERNEL_H
#define UP_RESTORE_BLUR_KERNEL_H

#include "ops/op.h"

#define UP_MOST_KERNEL 255 /* rows or columns */

typedef struct {
    int kernel[2], stride[2], before[2]; /* rows, columns */
    up_edge edge;
    double *weight; /* [kernel[0]][kernel[1]] */
    float *axis[2]; /* whose outer product it is, [kernel[a]]; NULL: it is none */
    bool reduction; /* it has a stride by its name */
} up_blur;

double up_blur_sum(const up_blur *blur);

/* Of a product: line[kernel[a]], those of both axes multiplied being the weights. In double, and
 * from all weights, so that the roundings of a file's floats average out. */
void up_blur_line(const up_blur *blur, int a, double *line);

#endif
