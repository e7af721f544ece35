/* SPDX-License-Identifier: MIT */
/* Separable resampling of bytes by one op, raw rows in and raw rows out. */
#ifndef UP_OPS_RESAMPLE_BYTES_H
#define UP_OPS_RESAMPLE_BYTES_H

#include "ops/op.h"
#include "ops/resample/axis.h"

/* Both passes; samples are rounded once, at most UP_BYTE_OFF of a level aside (byte_weights.h).
 * `in`: pixels of in->bytes samples of 8 bits. With `past` rows are written past the caches. *op is
 * NULL where whole numbers are not near enough, or not for this: float planes are then. */
up_status up_resample_bytes_plan(up_op **op, const up_shape *in, const up_axis *rows,
                                 const up_axis *columns, bool past, up_error *error);

#endif
