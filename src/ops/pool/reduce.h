/* SPDX-License-Identifier: MIT */
/*
 * What a whole plane comes to, and the way back from there to every sample of a plane.
 *
 * A reduction is a running op: its one row holds what the rows so far have come to, column for
 * column in double, so that the result depends on no division of the plane. Columns are brought
 * together in their order at the end.
 */
#ifndef UP_OPS_REDUCE_H
#define UP_OPS_REDUCE_H

#include "ops/op.h"

typedef enum {
    UP_REDUCE_MEAN,
    UP_REDUCE_MAX,
    UP_REDUCE_MEAN_VARIANCE,  /* [2 * channels]: means, then variances of the population */
    UP_REDUCE_MEAN_DEVIATION, /* [2 * channels]: means, then deviations */
    UP_REDUCE_CONTRAST        /* mean + deviation */
} up_reduction;

/* Its result is one row and one column of floats. */
up_status up_reduce_plan(up_op **op, const up_shape *in, up_reduction kind, up_error *error);

/* Of a plane and a tensor of one row and one column, which applies everywhere: v * s[c], v + s[c].
 * With one channel, that applies to all. */
up_status up_scale_plan(up_op **op, const up_shape *plane, const up_shape *one, up_error *error);
up_status up_shift_plan(up_op **op, const up_shape *plane, const up_shape *one, up_error *error);

#endif
