/* SPDX-License-Identifier: MIT */
/* Separable resampling: one op for the rows, one for the columns. */
#ifndef UP_OPS_RESAMPLE_H
#define UP_OPS_RESAMPLE_H

#include "ops/op.h"
#include "ops/resample/axis.h"

/* Vertical: axis->at.in rows of `in` become axis->at.out. */
up_status up_resample_rows_plan(up_op **op, const up_shape *in, const up_axis *axis,
                                up_error *error);

/* Horizontal. */
up_status up_resample_columns_plan(up_op **op, const up_shape *in, const up_axis *axis,
                                   up_error *error);

#endif
