/* SPDX-License-Identifier: MIT */
/* What is made of the whole image, and put together with its pixels again. */

#include "network/layers/layer_parts.h"

#include "network/build/builder.h"
#include "network/layers.h"

#include "base/memory.h"
#include "ops/point/activation.h"
#include "ops/pool/reduce.h"
#include "pipeline/add_ops.h"

#include <math.h>

/* ---------------------------------------------------------------- pools */

static const up_network_axis one_pixel = { 0, 1, 1 };

static up_status check_pool(up_network_builder *builder, up_network_node *node)
{
    (void)builder;
    node->size[0] = node->size[1] = one_pixel;
    return UP_OK;
}

static up_status build_pool(const up_network_build *build, const up_network_node *node,
                            const int *in, int *to)
{
    const up_reduction kind = node->kind == &up_layer_global_max_pool   ? UP_REDUCE_MAX
                              : node->kind == &up_layer_global_contrast ? UP_REDUCE_CONTRAST
                                                                        : UP_REDUCE_MEAN;
    return up_graph_add_reduction(build->graph, in[0], kind, to, build->error);
}

#define POOL(text)                                                                                 \
    {                                                                                              \
        .name = text, .least_inputs = 1, .most_inputs = 1, .check = check_pool,                    \
        .build = build_pool                                                                        \
    }

const up_layer_kind up_layer_global_average_pool = POOL("global_average_pool");
const up_layer_kind up_layer_global_max_pool = POOL("global_max_pool");
const up_layer_kind up_layer_global_contrast = POOL("global_contrast");

/* ---------------------------------------------------------------- a plane and one pixel */

static up_status add_scale(const up_network_build *build, int plane, int one, int *to)
{
    up_graph *graph = build->graph;
    const up_shape *in[2] = { up_graph_shape(graph, plane), up_graph_shape(graph, one) };
    return up_graph_add(graph, up_scale_plan(&graph->planned, in[0], in[1], build->error),
                        (int[]){ plane, one }, to, build->error);
}

static up_status add_shift(const up_network_build *build, int plane, int one, int *to)
{
    up_graph *graph = build->graph;
    const up_shape *in[2] = { up_graph_shape(graph, plane), up_graph_shape(graph, one) };
    return up_graph_add(graph, up_shift_plan(&graph->planned, in[0], in[1], build->error),
                        (int[]){ plane, one }, to, build->error);
}

static up_status negate(const up_network_build *build, int *node)
{
    static const float minus[2] = { -1, 0 };
    return up_add_point(build->graph, *node, -1, &up_point_affine, minus, 2, node, build->error);
}

static up_status invert(const up_network_build *build, int *node)
{
    return up_add_point(build->graph, *node, -1, &up_point_reciprocal, NULL, 0, node, build->error);
}

up_status up_join_add_one(const up_network_build *build, int a, int b, bool first, int *to)
{
    return first ? add_shift(build, b, a, to) : add_shift(build, a, b, to);
}

up_status up_join_multiply_one(const up_network_build *build, int a, int b, bool first, int *to)
{
    return first ? add_scale(build, b, a, to) : add_scale(build, a, b, to);
}

up_status up_join_subtract_one(const up_network_build *build, int a, int b, bool first, int *to)
{
    UP_TRY(negate(build, &b));
    return up_join_add_one(build, a, b, first, to);
}

up_status up_join_divide_one(const up_network_build *build, int a, int b, bool first, int *to)
{
    UP_TRY(invert(build, &b));
    return up_join_multiply_one(build, a, b, first, to);
}

/* What is left when `one` is taken off, limited to low..high, and `one` put on again. */
static up_status limit_by(const up_network_build *build, int plane, int one, float low, float high,
                          int *to)
{
    const float limits[2] = { low, high };
    int minus = one;
    UP_TRY(negate(build, &minus));
    UP_TRY(add_shift(build, plane, minus, to));
    UP_TRY(up_add_point(build->graph, *to, -1, &up_point_clip, limits, 2, to, build->error));
    return add_shift(build, *to, one, to);
}

up_status up_join_minimum_one(const up_network_build *build, int a, int b, bool first, int *to)
{
    return limit_by(build, first ? b : a, first ? a : b, -INFINITY, 0, to);
}

up_status up_join_maximum_one(const up_network_build *build, int a, int b, bool first, int *to)
{
    return limit_by(build, first ? b : a, first ? a : b, 0, INFINITY, to);
}

/* ---------------------------------------------------------------- instance norm */

static up_status check_norm(up_network_builder *builder, up_network_node *node)
{
    const size_t channels = (size_t)node->in_channels;
    if (node->weight.count != channels || (node->bias.value && node->bias.count != channels))
        return up_network_refuse(builder, node, "needs a factor and an offset for each channel");
    return UP_OK;
}

static up_extent reach_all(const up_network *network, const up_network_node *node, int input,
                           int axis, up_extent out)
{
    (void)network;
    (void)node;
    (void)input;
    (void)axis;
    (void)out;
    return (up_extent){ INT32_MIN, INT32_MAX };
}

/* Per channel: *factor = weight / sqrt(variance + eps), *minus_mean. */
static up_status add_statistics(const up_network_build *build, const up_network_node *node, int in,
                                int *factor, int *minus_mean)
{
    const float shifted[2] = { 1, ((const up_instance_norm *)node->fields)->eps };
    const int channels = node->channels;
    up_graph *graph = build->graph;
    int both;
    UP_TRY(up_graph_add_reduction(graph, in, UP_REDUCE_MEAN_VARIANCE, &both, build->error));
    UP_TRY(up_add_select(graph, both, 0, channels, minus_mean, build->error));
    UP_TRY(negate(build, minus_mean));
    UP_TRY(up_add_select(graph, both, channels, channels, factor, build->error));
    UP_TRY(up_add_point(graph, *factor, -1, &up_point_affine, shifted, 2, factor, build->error));
    UP_TRY(up_add_point(graph, *factor, -1, &up_point_sqrt, NULL, 0, factor, build->error));
    return invert(build, factor);
}

static up_status build_norm(const up_network_build *build, const up_network_node *node,
                            const int *in, int *to)
{
    const size_t channels = (size_t)node->channels;
    int factor, minus_mean;
    float *affine = up_alloc_zero(2 * channels, sizeof *affine);
    if (!affine)
        return up_fail_memory(build->error, "factors", 2 * channels * sizeof *affine);
    for (size_t c = 0; c < channels; c++) {
        affine[c] = node->weight.value[c];
        affine[channels + c] = node->bias.value ? node->bias.value[c] : 0;
    }
    up_status status = add_statistics(build, node, in[0], &factor, &minus_mean);
    if (status == UP_OK)
        status = add_shift(build, in[0], minus_mean, to);
    if (status == UP_OK)
        status = add_scale(build, *to, factor, to);
    if (status == UP_OK)
        status = up_add_point(build->graph, *to, -1, &up_point_affine_channels, affine,
                              2 * node->channels, to, build->error);
    up_free(affine);
    return status;
}

const up_layer_kind up_layer_instance_norm = {
    .name = "instance_norm",
    .tensors = UP_WEIGHT_AND_BIAS,
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_instance_norm),
    .defaults = &(const up_instance_norm){ 1e-5f },
    .field =
        (const up_layer_field[]){
            UP_FIELD("eps", UP_FIELD_NUMBER, up_instance_norm, eps),
            UP_LAST_FIELD,
        },
    .check = check_norm,
    .reach = reach_all,
    .build = build_norm,
};
