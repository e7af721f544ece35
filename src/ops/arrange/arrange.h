/* SPDX-License-Identifier: MIT */
/* Ops that move float samples without changing them. */
#ifndef UP_OPS_ARRANGE_H
#define UP_OPS_ARRANGE_H

#include "ops/op.h"

/* Views: their rows are those of the inputs.
 * Channels first .. first + count - 1 of the input. */
up_status up_select_plan(up_op **op, const up_shape *in, int first, int count, up_error *error);

/* The channels of all inputs in their order. They are of one size, and at most UP_MAX_INPUTS. */
up_status up_concat_plan(up_op **op, const up_shape *in, int inputs, up_error *error);

/* A tensor once more, which can have other edges. */
up_status up_copy_plan(up_op **op, const up_shape *in, up_error *error);

/* A rectangle of the input whose top left corner is (left, top). It may reach beyond the input:
 * what is there is made as `edge` says. So it crops, and pads. */
up_status up_crop_plan(up_op **op, const up_shape *in, int left, int top, int width, int height,
                       up_edge edge, up_error *error);

#endif
