/* SPDX-License-Identifier: MIT */
/*
 * A limiter: what is made of a picture stays near what the picture is. Each sample of the result is
 * clipped to the range of the 5x5 samples of the source around it (its border repeated), widened at
 * both ends by a share of that range. So flat parts stay flat, whatever made the result, and edges
 * overshoot no more than is said.
 */
#ifndef UP_OPS_LIMIT_H
#define UP_OPS_LIMIT_H

#include "ops/op.h"

enum { UP_LIMIT_RADIUS = 2 }; /* source samples to every side */

/* Inputs: the result, then the source, of as many channels; the result is a whole number of times
 * as large on each axis. share >= 0. */
up_status up_limit_plan(up_op **op, const up_shape *result, const up_shape *source, double share,
                        up_error *error);

#endif
