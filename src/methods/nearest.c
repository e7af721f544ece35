#include "methods/method.h"
#include "ops/replicate.h"

static up_status build(up_graph *graph, int from, up_request *request, bool half_shift, int *to,
                       up_error *error)
{
    up_op *op;
    UP_TRY(up_nearest_plan(&op, up_graph_shape(graph, from), request->height, request->width,
                           request->step, half_shift, error));
    return up_graph_add(graph, op, &from, to, error);
}

static up_status build_nearest(up_graph *graph, int from, up_request *request, int *to,
                               up_error *error)
{
    return build(graph, from, request, false, to, error);
}

static up_status build_exact(up_graph *graph, int from, up_request *request, int *to,
                             up_error *error)
{
    return build(graph, from, request, true, to, error);
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
