/* SPDX-License-Identifier: MIT */
/*
 * A known convolution that a picture went through: seen[o] = sum over k of weight[k] *
 * sharp[o * stride - before + k] on both axes, as PyTorch's conv2d does it (the kernel is not
 * turned), with a rule for what lies beyond the edges.
 *
 * Names, in pixels of the sharp picture:
 *   gaussian:SIGMA    radius floor(4 SIGMA + 0.5)
 *   disk:RADIUS       each pixel's share of a disk
 *   motion:LENGTH,ANGLE   a line, ANGLE in degrees counterclockwise from the right
 *   bicubic:N, lanczos:N, box:N   reductions to 1/N; bicubic is MATLAB's imresize, antialiased
 * All but kernels from files sum to 1, and lie so that cells of `stride` pixels shrink to one each.
 */
#ifndef UP_RESTORE_BLUR_H
#define UP_RESTORE_BLUR_H

#include "ops/op.h"

#define UP_MOST_KERNEL 255 /* rows or columns */

typedef struct {
    int kernel[2], stride[2], before[2]; /* rows, columns */
    up_edge edge;
    double *weight; /* [kernel[0]][kernel[1]] */
    float *axis[2]; /* whose outer product it is, [kernel[a]]; NULL: it is none */
    bool reduction; /* it has a stride by its name */
} up_blur;

/* As options say. `scale`: rows, columns; 0: not said, the blur's own, else 1. */
up_status up_blur_open(up_blur *blur, const up_options *options, const int scale[2],
                       up_error *error);
up_status up_blur_copy(up_blur *copy, const up_blur *blur, up_error *error);
void up_blur_close(up_blur *blur);

double up_blur_sum(const up_blur *blur);

/* Of a product: line[kernel[a]], those of both axes multiplied being the weights. In double, and
 * from all weights, so that the roundings of a file's floats average out. */
void up_blur_line(const up_blur *blur, int a, double *line);

/* Whether the options name a blur at all. */
static inline bool up_blur_is_told(const up_options *options)
{
    return options->blur.name || options->blur.kernel_file;
}

#endif
