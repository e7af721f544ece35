/* SPDX-License-Identifier: MIT */
/* Parts of planes, and planes with something around them. Pairs are rows, columns. */
#ifndef UP_OPS_SLICE_H
#define UP_OPS_SLICE_H

#include "ops/op.h"

/* size[] rows and columns: first[], first[] + step[] and so on, all inside the input; step >= 1. */
up_status up_slice_plan(up_op **op, const up_shape *in, const int first[2], const int step[2],
                        const int size[2], up_error *error);

/* So many rows and columns more at either end (less where negative), made as `edge` says; of
 * UP_EDGE_ZERO they are `value`. Reflecting, there must be fewer than the input has. */
up_status up_pad_plan(up_op **op, const up_shape *in, const int before[2], const int after[2],
                      up_edge edge, float value, up_error *error);

#endif
