/* SPDX-License-Identifier: MIT */
/* Between channels and the pixels of cells of factor x factor. */
#ifndef UP_OPS_SHUFFLE_H
#define UP_OPS_SHUFFLE_H

#include "ops/op.h"

/* Which channel pixel (i, j) (row, column) of the cells of one of `channels` channels c is. */
typedef enum {
    UP_CELLS_INSIDE,  /* (c * factor + i) * factor + j: PyTorch, ONNX's CRD */
    UP_CELLS_OUTSIDE, /* (i * factor + j) * channels + c: ONNX's DCR and SpaceToDepth */
} up_cell_order;

/* Pixel shuffle. The channels must be a multiple of factor * factor. */
up_status up_shuffle_plan(up_op **op, const up_shape *in, int factor, up_cell_order order,
                          up_error *error);

/* Its inverse. Width and height must be multiples of the factor. */
up_status up_unshuffle_plan(up_op **op, const up_shape *in, int factor, up_cell_order order,
                            up_error *error);

#endif
