/* SPDX-License-Identifier: MIT */
/* Ops that many methods need, planned and added to a graph in one call. */
#ifndef UP_PIPELINE_ADD_OPS_H
#define UP_PIPELINE_ADD_OPS_H

#include "ops/point/pointwise.h"
#include "pipeline/graph.h"

/* `other` is the second input; -1: there is none. */
up_status up_add_point(up_graph *graph, int from, int other, const up_point *point,
                       const float *parameter, int count, int *to, up_error *error);

/* Channels first .. first + count - 1. */
up_status up_add_select(up_graph *graph, int from, int first, int count, int *to, up_error *error);

/* Of two tensors, either of which may have a single channel: see up_point_pair_plan(). */
up_status up_add_pair(up_graph *graph, int a, int b, const up_point *point, int *to,
                      up_error *error);

/* Rows of samples as they lie in a file to planes, and back: see ops/arrange/planes.h. */
up_status up_add_unpack(up_graph *graph, int from, const up_format *format, int *to,
                        up_error *error);
up_status up_add_pack(up_graph *graph, int from, const up_format *format, bool past, int *to,
                      up_error *error);

/* The same of rows that are given, and of those that are an output of the graph. */
up_status up_add_input(up_graph *graph, const up_format *format, int *to, up_error *error);
up_status up_add_output(up_graph *graph, int from, const up_format *format, up_error *error);

#endif
