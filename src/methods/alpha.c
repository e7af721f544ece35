/* SPDX-License-Identifier: MIT */
#include "methods/alpha.h"

#include "methods/back_project.h"
#include "methods/clean/cleaning_stage.h"
#include "ops/conv/conv.h"
#include "pipeline/add_ops.h"

#include <string.h>

enum {
    REACH =
        12, /* pixels that colours bleed: what networks make near an edge hardly depends on more */
    TAPS = 2 * REACH + 1,
    MOST_CHANNELS = 4
};

/* Colours of fainter pixels are coarse in files that were premultiplied once: their neighbours' are
 * mixed in. */
#define FAINT (16.0f / 255)

/* Weights that halve with every pixel, so that the nearest colour counts most. */
static up_status add_blur(up_graph *graph, int axis, int *node, up_error *error)
{
    const up_shape *shape = up_graph_shape(graph, *node);
    const int channels = shape->channels;
    float weight[MOST_CHANNELS * TAPS];
    for (int i = 0; i < channels * TAPS; i++) {
        int distance = i % TAPS - REACH;
        weight[i] = 1.0f / (float)(1 << (distance < 0 ? -distance : distance));
    }
    up_conv conv = { .in_channels = channels,
                     .out_channels = channels,
                     .groups = channels,
                     .kernel = { 1, 1 },
                     .stride = { 1, 1 },
                     .dilation = { 1, 1 },
                     .weight = weight,
                     .edge = UP_EDGE_ZERO };
    conv.kernel[axis] = TAPS;
    conv.pad_before[axis] = conv.pad_after[axis] = REACH;
    return UP_ADD_OP(graph, *node, node, error, up_conv_plan, &conv);
}

static up_status add_bleeding(up_graph *graph, int from, float white, int *to, up_error *error)
{
    const float parameter[2] = { white, FAINT * white };
    int blurred;
    UP_TRY(up_add_point(graph, from, -1, &up_point_premultiply, &white, 1, &blurred, error));
    UP_TRY(add_blur(graph, 1, &blurred, error));
    UP_TRY(add_blur(graph, 0, &blurred, error));
    return up_add_point(graph, from, blurred, &up_point_bleed, parameter, 2, to, error);
}

up_status up_add_beside_alpha(up_graph *graph, int from, const up_method *method,
                              up_request *request, int *to, up_error *error)
{
    const int colours = up_graph_shape(graph, from)->channels - 1;
    int colour, alpha;
    char steps[sizeof request->steps];
    UP_TRY(add_bleeding(graph, from, request->white, &colour, error));
    UP_TRY(up_add_select(graph, colour, 0, colours, &colour, error));
    UP_TRY(up_build_projected(graph, colour, method, request, &colour, error));
    memcpy(steps, request->steps, sizeof steps);
    UP_TRY(up_add_select(graph, from, colours, 1, &alpha, error));
    request->clean = true;
    UP_TRY(up_build_projected(graph, alpha, method, request, &alpha, error));
    memcpy(request->steps, steps, sizeof steps); /* the same once more */
    UP_TRY(up_graph_add_concat(graph, (int[]){ colour, alpha }, 2, to, error));
    /* What will round to nothing needs no colour, and files of it are smaller. */
    const float nothing = request->white > 1 ? 0.5f : 0;
    return up_add_point(graph, *to, -1, &up_point_hide, &nothing, 1, to, error);
}

up_status up_add_cleaning_beside_alpha(up_graph *graph, int from, up_request *request, int *to,
                                       up_error *error)
{
    const int colours = up_graph_shape(graph, from)->channels - 1;
    int colour, alpha;
    UP_TRY(add_bleeding(graph, from, request->white, &colour, error));
    UP_TRY(up_add_select(graph, colour, 0, colours, &colour, error));
    UP_TRY(up_add_cleaning(graph, colour, request, &colour, error));
    UP_TRY(up_add_select(graph, from, colours, 1, &alpha, error));
    return up_graph_add_concat(graph, (int[]){ colour, alpha }, 2, to, error);
}
