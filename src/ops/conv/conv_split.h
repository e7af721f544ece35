/* SPDX-License-Identifier: MIT */
/*
 * A transposed convolution with few output channels and a high kernel, in two ops. It reads each
 * row of its many input channels once, where in one op it would need a window of them; what lies
 * between the ops are the kernel's rows as channels, of which there are fewer.
 */
#ifndef UP_OPS_CONV_SPLIT_H
#define UP_OPS_CONV_SPLIT_H

#include "ops/conv/conv.h"

/* Whether that is worth while. */
bool up_conv_splits(const up_conv *conv);

/* The first op, and the second, which gets what the first makes. */
up_status up_conv_columns_plan(up_op **op, const up_shape *in, const up_conv *conv,
                               up_error *error);
up_status up_conv_rows_plan(up_op **op, const up_shape *in, const up_conv *conv, up_error *error);

#endif
