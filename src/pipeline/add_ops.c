/* SPDX-License-Identifier: MIT */
#include "pipeline/add_ops.h"

#include "ops/arrange/arrange.h"

up_status up_add_point(up_graph *graph, int from, int other, const up_point *point,
                       const float *parameter, int count, int *to, up_error *error)
{
    up_op *op;
    UP_TRY(up_point_plan(&op, up_graph_shape(graph, from), point, parameter, count, error));
    return up_graph_add(graph, op, (int[]){ from, other }, to, error);
}

up_status up_add_select(up_graph *graph, int from, int first, int count, int *to, up_error *error)
{
    up_op *op;
    UP_TRY(up_select_plan(&op, up_graph_shape(graph, from), first, count, error));
    return up_graph_add(graph, op, &from, to, error);
}
