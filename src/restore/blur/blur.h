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

#include "restore/blur/blur_kernel.h"

/* As options say. `scale`: rows, columns; 0: not said, the blur's own, else 1. */
up_status up_blur_open(up_blur *blur, const up_options *options, const int scale[2],
                       up_error *error);
up_status up_blur_copy(up_blur *copy, const up_blur *blur, up_error *error);
void up_blur_close(up_blur *blur);

/* Whether the options name a blur at all. */
static inline bool up_blur_is_told(const up_options *options)
{
    return options->blur.name || options->blur.kernel_file;
}

#endif
