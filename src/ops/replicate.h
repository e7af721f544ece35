/* Ops that move whole pixels: raw rows in, raw rows out, every sample exact. */
#ifndef UP_OPS_REPLICATE_H
#define UP_OPS_REPLICATE_H

#include "ops/axis.h"
#include "ops/op.h"

/* Source index floor((o + shift) * step), shift 0 (PyTorch nearest) or 1/2 (nearest-exact), in
 * exact integers. `step` is inputs per output: rows, columns. */
up_status up_nearest_plan(up_op **op, const up_shape *in, int height, int width,
                          const up_ratio step[2], bool half_shift, up_error *error);

/* Each sample at the top left of a cell of scale[0] rows and scale[1] columns, zeros elsewhere. */
up_status up_nails_plan(up_op **op, const up_shape *in, const int scale[2], up_error *error);

#endif
