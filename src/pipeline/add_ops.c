/* SPDX-License-Identifier: MIT */
#include "pipeline/add_ops.h"

#include "ops/arrange/arrange.h"
#include "ops/arrange/planes.h"

up_status up_add_point(up_graph *graph, int from, int other, const up_point *point,
                       const float *parameter, int count, int *to, up_error *error)
{
    const up_shape *in = up_graph_shape(graph, from);
    return up_graph_add(graph, up_point_plan(&graph->planned, in, point, parameter, count, error),
                        (int[]){ from, other }, to, error);
}

up_status up_add_select(up_graph *graph, int from, int first, int count, int *to, up_error *error)
{
    return UP_ADD_OP(graph, from, to, error, up_select_plan, first, count);
}

up_status up_add_pair(up_graph *graph, int a, int b, const up_point *point, int *to,
                      up_error *error)
{
    const up_shape *in[2] = { up_graph_shape(graph, a), up_graph_shape(graph, b) };
    return up_graph_add(graph,
                        up_point_pair_plan(&graph->planned, in[0], in[1], point, NULL, 0, error),
                        (int[]){ a, b }, to, error);
}

up_status up_add_unpack(up_graph *graph, int from, const up_format *format, int *to,
                        up_error *error)
{
    return up_graph_add(graph, up_unpack_plan(&graph->planned, format, error), &from, to, error);
}

up_status up_add_pack(up_graph *graph, int from, const up_format *format, bool past, int *to,
                      up_error *error)
{
    return up_graph_add(graph, up_pack_plan(&graph->planned, format, past, error), &from, to,
                        error);
}

up_status up_add_input(up_graph *graph, const up_format *format, int *to, up_error *error)
{
    const up_shape raw = up_raw_shape(format);
    const int from = graph->inputs;
    UP_TRY(up_graph_add_input(graph, &raw, error));
    return up_add_unpack(graph, from, format, to, error);
}

up_status up_add_output(up_graph *graph, int from, const up_format *format, up_error *error)
{
    UP_TRY(up_add_pack(graph, from, format, false, &from, error));
    return up_graph_mark_output(graph, from, error);
}
