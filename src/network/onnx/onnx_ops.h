/* SPDX-License-Identifier: MIT */
/* The ops of ONNX (opsets 9 to 21) that can be run, and what several of them read alike. A new op
 * is a function, declared here, and a line in onnx_ops.c. */
#ifndef UP_NETWORK_ONNX_OPS_H
#define UP_NETWORK_ONNX_OPS_H

#include "network/onnx/onnx_view.h"

/* ---------------------------------------------------------------- what several read */

/* Attribute `perm` of Transpose; reversed axes where it is left out. */
up_status up_onnx_perm(const up_onnx *onnx, int dims, int *perm);

/* Axes from an attribute or an input; *count is -1 where they are left out. `more`: of the result,
 * which has so many axes more than `dims`. */
up_status up_onnx_axes(up_onnx *onnx, int input, int dims, bool more, bool chosen[UP_ONNX_RANK],
                       int *count);

typedef struct {
    int count;
    int axis[UP_ONNX_RANK];
    up_onnx_size start[UP_ONNX_RANK], end[UP_ONNX_RANK];
    int step[UP_ONNX_RANK]; /* not 0 */
} up_onnx_slicing;

up_status up_onnx_read_slice(up_onnx *onnx, int dims, up_onnx_slicing *slice);

/* Sizes of the outputs of Split along an axis of this size. */
up_status up_onnx_split_sizes(up_onnx *onnx, int size, int **sizes);

/* Indices of an input, each of 0 .. size - 1. */
up_status up_onnx_indices(up_onnx *onnx, int input, size_t size, int **index);

/* What an output has been set to. */
up_onnx_value up_onnx_output(const up_onnx *onnx, int output);

/* A constant spread over a picture's axes as one number for each channel; *spread may have become
 * larger than the picture, which then is repeated. */
up_status up_onnx_per_channel(up_onnx *onnx, const up_onnx_constant *constant,
                              up_onnx_view *picture, double **number, int *count);

/* Pads of a convolution or pool from `auto_pad`, if it says any, for windows that span so many
 * pixels. */
up_status up_onnx_auto_pad(up_onnx *onnx, int node, const int64_t span[2], const int *stride,
                           int *pads);

/* A node of one input that has the same view. */
up_status up_onnx_plain(up_onnx *onnx, const up_layer_kind *kind, const void *fields);

/* weight[c] * x + bias[c]; `count` of them is 1 or all channels. */
up_status up_onnx_affine(up_onnx *onnx, int from, const double *weight, const double *bias,
                         int count, int *to);

/* ---------------------------------------------------------------- ops */

#define UP_ONNX_OP(name) up_status up_onnx_##name(up_onnx *onnx)

UP_ONNX_OP(pass);
UP_ONNX_OP(cast);
UP_ONNX_OP(shape);
UP_ONNX_OP(fold_arithmetic);
UP_ONNX_OP(fold_cast);
UP_ONNX_OP(fold_constant);
UP_ONNX_OP(fold_constant_of_shape);
UP_ONNX_OP(fold_constant_shape);
UP_ONNX_OP(fold_concat);
UP_ONNX_OP(fold_expand);
UP_ONNX_OP(fold_flatten);
UP_ONNX_OP(fold_gather);
UP_ONNX_OP(fold_range);
UP_ONNX_OP(fold_reshape);
UP_ONNX_OP(fold_slice);
UP_ONNX_OP(fold_split);
UP_ONNX_OP(fold_squeeze);
UP_ONNX_OP(fold_transpose);

/* onnx_elementwise.c, onnx_activation.c */
UP_ONNX_OP(combine);
UP_ONNX_OP(power);
UP_ONNX_OP(activation);
UP_ONNX_OP(negate);
UP_ONNX_OP(clip);
UP_ONNX_OP(prelu);
UP_ONNX_OP(selu);
UP_ONNX_OP(softmax);

/* onnx_convolution.c */
UP_ONNX_OP(convolution);
UP_ONNX_OP(transposed);

/* onnx_matrix.c */
UP_ONNX_OP(matrix);

/* onnx_pooling.c */
UP_ONNX_OP(pooling);
UP_ONNX_OP(global_pooling);
UP_ONNX_OP(reduce);
UP_ONNX_OP(batch_norm);
UP_ONNX_OP(instance_norm);

/* onnx_layout.c */
UP_ONNX_OP(depth_to_space);
UP_ONNX_OP(expand);
UP_ONNX_OP(flatten);
UP_ONNX_OP(reshape);
UP_ONNX_OP(space_to_depth);
UP_ONNX_OP(squeeze);
UP_ONNX_OP(tile);
UP_ONNX_OP(transpose);

/* onnx_parts.c */
UP_ONNX_OP(concat);
UP_ONNX_OP(gather);
UP_ONNX_OP(pad);
UP_ONNX_OP(slice);
UP_ONNX_OP(split);

/* onnx_resize.c */
UP_ONNX_OP(resize);

#endif
