/* SPDX-License-Identifier: MIT */
/*
 * A transposed convolution in two ops where that is faster: its phases as channels, made by tiles
 * from the input's 3x3 pixels, then a pixel shuffle. Of 64 channels and a kernel of 4x4 with stride
 * 2 that takes half the products, though of every phase's 3x3 weights only 2x2 are not 0.
 */
#ifndef UP_OPS_CONV_PHASES_H
#define UP_OPS_CONV_PHASES_H

#include "ops/conv/conv.h"

/* Whether it can be made so, and pays. */
bool up_conv_phases_suit(const up_conv *conv, const up_shape *in);

/* The first op; the second is up_shuffle_plan() by the stride, channels UP_CELLS_INSIDE. */
up_status up_conv_phases_plan(up_op **op, const up_shape *in, const up_conv *conv, up_error *error);

#endif
