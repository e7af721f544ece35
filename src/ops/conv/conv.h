/* SPDX-License-Identifier: MIT */
/*
 * Convolution and transposed convolution with PyTorch's meaning and weight layouts.
 *
 * Both are made as sums over taps: a weight times an input row, shifted by whole columns. The
 * outputs that use the same shifts form a phase: a convolution has one, a transposed convolution
 * one per row and column of its stride. Nothing is multiplied by zeros in between, and a
 * convolution of a stride makes nothing that it does not keep: it takes its input rows apart.
 * Where that is allowed, and faster, a 3x3 convolution is made by tiles instead: see
 * conv_winograd.h.
 */
#ifndef UP_OPS_CONV_H
#define UP_OPS_CONV_H

#include "ops/conv/conv_parameters.h"

/* The weights are copied. */
up_status up_conv_plan(up_op **op, const up_shape *in, const up_conv *conv, up_error *error);

#endif
