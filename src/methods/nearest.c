/* SPDX-License-Identifier: MIT */

#include "methods/method.h"

#include "ops/resample/replicate.h"

static up_status build(up_graph *graph, int from, up_request *request, up_coordinates coordinates,
                       up_rounding rounding, int *to, up_error *error)
{
    const up_shape *in = up_graph_shape(graph, from);
    const up_positions at[2] = {
        up_positions_make(in->height, request->height, request->step[0], coordinates),
        up_positions_make(in->width, request->width, request->step[1], coordinates),
    };
    return UP_ADD_OP(graph, from, to, error, up_nearest_plan, at, rounding);
}

static up_status build_nearest(up_graph *graph, int from, up_request *request, int *to,
                               up_error *error)
{
    return build(graph, from, request, UP_ASYMMETRIC, UP_ROUND_FLOOR, to, error);
}

static up_status build_exact(up_graph *graph, int from, up_request *request, int *to,
                             up_error *error)
{
    return build(graph, from, request, UP_HALF_PIXEL, UP_ROUND_HALF_UP, to, error);
}

const up_method up_nearest = {
    .info = { "nearest", "repeat pixels; source index floor(o / s)" },
    .domain = UP_ON_RAW,
    .build = build_nearest,
};

const up_method up_nearest_exact = {
    .info = { "nearest-exact", "repeat pixels; source index floor((o + 0.5) / s)" },
    .domain = UP_ON_RAW,
    .build = build_exact,
};
