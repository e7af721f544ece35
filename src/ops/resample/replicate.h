/* SPDX-License-Identifier: MIT */
/* Ops that move whole pixels: raw rows in, raw rows out, every sample exact. */
#ifndef UP_OPS_REPLICATE_H
#define UP_OPS_REPLICATE_H

#include "ops/op.h"
#include "ops/resample/axis.h"

/* The nearest sample in exact integers: `at` is rows, columns. PyTorch's nearest is UP_ASYMMETRIC
 * and UP_ROUND_FLOOR, nearest-exact UP_HALF_PIXEL and UP_ROUND_HALF_UP. */
up_status up_nearest_plan(up_op **op, const up_shape *in, const up_positions at[2],
                          up_rounding rounding, up_error *error);

/* Each sample at the top left of a cell of scale[0] rows and scale[1] columns, zeros elsewhere. */
up_status up_nails_plan(up_op **op, const up_shape *in, const int scale[2], up_error *error);

#endif
