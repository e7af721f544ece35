/* SPDX-License-Identifier: MIT */
/* Ops that many methods need, planned and added to a graph in one call. */
#ifndef UP_METHODS_ADD_OPS_H
#define UP_METHODS_ADD_OPS_H

#include "ops/point/pointwise.h"
#include "pipeline/graph.h"

/* `other` is the second input; -1: there is none. */
up_status up_add_point(up_graph *graph, int from, int other, const up_point *point,
                       const float *parameter, int count, int *to, up_error *error);

/* Channels first .. first + count - 1. */
up_status up_add_select(up_graph *graph, int from, int first, int count, int *to, up_error *error);

/* The channels of `a`, then those of `b`. */

#endif
