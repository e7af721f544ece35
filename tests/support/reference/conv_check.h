/* SPDX-License-Identifier: MIT */
/* Convolutions worked out the plain way, and any op run on a whole tensor in memory. */
#ifndef SUPPORT_CONV_CHECK_H
#define SUPPORT_CONV_CHECK_H

#include "ops/conv/conv.h"

#include <stdint.h>

/* CHW; data is as large as malloc() was asked for. */
typedef struct {
    int channels, height, width;
    float *data;
} tensor;

tensor tensor_make(int channels, int height, int width);
void tensor_free(tensor *t);
size_t tensor_size(const tensor *t);

/* Whole numbers -4..4, or anything between -1 and 1. */
void tensor_fill(float *data, size_t count, bool whole, uint32_t *state);

/* The op, row by row as op.h has it, on as many tensors as it has inputs; columns beyond its reach
 * are NaN. */
tensor run_op(const up_op *op, const tensor *in);

/* The size of the output by PyTorch's formulas; 0 or less: there is none. */
int conv_size(const up_conv *conv, int axis, int in);
size_t conv_weights(const up_conv *conv);

/* In double precision; a convolution of any stride. `magnitude` (may be NULL) gets the sum of the
 * magnitudes of what was added up. Free both. */
double *conv_plainly(const up_conv *conv, const tensor *in, double **magnitude);

#endif
