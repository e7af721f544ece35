/* SPDX-License-Identifier: MIT */
/* Convolutions and transposed convolutions. */

#include "network/network.h"

#include "base/floor.h"
#include "base/memory.h"
#include "network/build/sizes.h"
#include "network/layers/layer_parts.h"
#include "network/tensor_values.h"
#include "ops/arrange/shuffle.h"
#include "ops/conv/conv_phases.h"
#include "ops/conv/conv_split.h"
#include "ops/conv/conv_winograd.h"

#include <stdio.h>
#include <string.h>

static bool is_transposed(const up_network_node *node)
{
    return node->kind == &up_layer_conv_transpose2d;
}

/* Pixels between the ends of a kernel. */
static int64_t span_of(const up_convolution *conv, int axis)
{
    return (int64_t)conv->dilation[axis] * (conv->kernel[axis] - 1) + 1;
}

/* ---------------------------------------------------------------- checks */

static up_status refuse_shape(up_network_builder *builder, const up_network_node *node,
                              const up_values *values, const char *expected)
{
    char shape[UP_VALUES_DIMS * 24] = "";
    for (int i = 0; i < values->dims; i++)
        sprintf(shape + strlen(shape), "%s%zu", i ? "," : "", values->shape[i]);
    return up_network_refuse(builder, node, "a tensor of shape [%s] does not fit: %s", shape,
                             expected);
}

static up_status check_kernel(up_network_builder *builder, const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    for (int axis = 0; axis < 2; axis++) {
        if (span_of(conv, axis) > UP_MOST_SPAN)
            return up_network_refuse(builder, node, "kernel and dilation span too many pixels");
        if (is_transposed(node) &&
            conv->output_padding[axis] >= up_max(conv->stride[axis], conv->dilation[axis]))
            return up_network_refuse(builder, node,
                                     "output_padding must be smaller than stride or dilation");
    }
    return UP_OK;
}

/* Channels and kernel from the shape of the weight. */
static up_status check_weight(up_network_builder *builder, up_network_node *node)
{
    up_convolution *conv = node->fields;
    const size_t *shape = node->weight.shape;
    char expected[96];
    if (node->weight.dims != 4)
        return up_network_refuse(builder, node, "a kernel must have 4 dimensions");
    for (int i = 0; i < 4; i++)
        if (shape[i] < 1 || shape[i] > UP_MOST_CHANNELS)
            return refuse_shape(builder, node, &node->weight,
                                "each dimension must be from 1 to 65536");
    const size_t groups = (size_t)conv->groups;
    const size_t in = is_transposed(node) ? shape[0] : shape[1] * groups;
    const size_t out = is_transposed(node) ? shape[1] * groups : shape[0];
    snprintf(expected, sizeof expected, "%d channels come in, in %d groups", node->in_channels,
             conv->groups);
    if (in != (size_t)node->in_channels || in % groups || out % groups)
        return refuse_shape(builder, node, &node->weight, expected);
    if (out > UP_MOST_CHANNELS)
        return up_network_refuse(builder, node, "more than 65536 channels");
    node->channels = (int)out;
    conv->kernel[0] = (int)shape[2];
    conv->kernel[1] = (int)shape[3];
    if (node->bias.value && (node->bias.dims != 1 || node->bias.count != out))
        return refuse_shape(builder, node, &node->bias,
                            "a bias must hold one value for each output channel");
    return check_kernel(builder, node);
}

static double pixels(const up_network_axis size[2])
{
    return (double)size[0].scale / size[0].reduction * size[1].scale / size[1].reduction;
}

static up_status check(up_network_builder *builder, up_network_node *node)
{
    up_convolution *conv = node->fields;
    up_network_axis in[2];
    memcpy(in, node->size, sizeof in);
    conv->groups = up_max(conv->groups, 1);
    for (int axis = 0; axis < 2; axis++) {
        conv->stride[axis] = up_max(conv->stride[axis], 1);
        conv->dilation[axis] = up_max(conv->dilation[axis], 1);
    }
    UP_TRY(check_weight(builder, node));
    for (int axis = 0; axis < 2; axis++) {
        int64_t padding = (int64_t)conv->padding[axis] + conv->padding[2 + axis];
        int64_t stride = conv->stride[axis], span = span_of(conv, axis);
        if (is_transposed(node))
            UP_TRY(up_size_axis(builder, node, axis, in[axis], (int)stride,
                                span - stride - padding + conv->output_padding[axis], 1));
        else
            UP_TRY(up_size_axis(builder, node, axis, in[axis], 1, padding - span + stride,
                                (int)stride));
        if (conv->padding_mode == UP_PAD_REFLECT)
            node->least[axis] = up_max(conv->padding[axis], conv->padding[2 + axis]) + 1;
    }
    const double taps = (double)node->weight.count;
    node->multiply_adds = taps * pixels(is_transposed(node) ? in : node->size);
    return UP_OK;
}

static up_extent reach(const up_network *network, const up_network_node *node, int input, int axis,
                       up_extent out)
{
    const up_convolution *conv = node->fields;
    const int64_t padding = conv->padding[axis], stride = conv->stride[axis];
    const int64_t far = span_of(conv, axis) - 1;
    (void)network;
    (void)input;
    if (is_transposed(node))
        return (up_extent){ -up_floor_div(-(out.first + padding - far), stride),
                            up_floor_div(out.last + padding, stride) };
    return (up_extent){ out.first * stride - padding, out.last * stride - padding + far };
}

/* ---------------------------------------------------------------- running */

static up_conv conv_of(const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    up_conv made = {
        .transposed = is_transposed(node),
        .in_channels = node->in_channels,
        .out_channels = node->channels,
        .groups = conv->groups,
        .weight = node->weight.value,
        .bias = node->bias.value,
        .edge = up_edge_of(conv->padding_mode),
    };
    memcpy(made.kernel, conv->kernel, sizeof made.kernel);
    memcpy(made.dilation, conv->dilation, sizeof made.dilation);
    memcpy(made.output_padding, conv->output_padding, sizeof made.output_padding);
    memcpy(made.stride, conv->stride, sizeof made.stride);
    memcpy(made.pad_before, conv->padding, sizeof made.pad_before);
    memcpy(made.pad_after, conv->padding + 2, sizeof made.pad_after);
    return made;
}

/* The op, or the first of two and what follows from its result. */
static up_status add_conv(const up_network_build *build, const up_conv *conv, size_t bytes,
                          int from, int *to)
{
    up_graph *graph = build->graph;
    UP_TRY(up_graph_check_room(graph, bytes, build->error));
    if (up_conv_splits(conv)) {
        UP_TRY(UP_ADD_OP(graph, from, to, build->error, up_conv_columns_plan, conv));
        return UP_ADD_OP(graph, *to, to, build->error, up_conv_rows_plan, conv);
    }
    if (!up_conv_phases_suit(conv, up_graph_shape(graph, from)))
        return UP_ADD_OP(graph, from, to, build->error, up_conv_plan, conv);
    UP_TRY(UP_ADD_OP(graph, from, to, build->error, up_conv_phases_plan, conv));
    return UP_ADD_OP(graph, *to, to, build->error, up_shuffle_plan, conv->stride[0],
                     UP_CELLS_INSIDE);
}

static bool take_fast(up_graph *graph, const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    const size_t times = is_transposed(node) ? (size_t)conv->stride[0] * conv->stride[1] : 1;
    return up_graph_take_tiles(graph,
                               node->weight.count * sizeof(float) * UP_WINOGRAD_WEIGHTS * times);
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    up_conv conv = conv_of(node);
    conv.fast = take_fast(build->graph, node);
    conv.bfloat16 = build->graph->bfloat16;
    float *slopes = NULL;
    if (build->bent) {
        UP_TRY(up_layer_slopes(&slopes, build->bent, build->error));
        conv.slope = slopes;
        conv.bounds = build->bent->bounds;
    }
    up_status status = add_conv(build, &conv, node->weight.count * sizeof(float), in[0], to);
    up_free(slopes);
    return status;
}

/* ---------------------------------------------------------------- kinds */

static const up_convolution defaults = { .stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1 };

const up_layer_kind up_layer_conv2d = {
    .name = "conv2d",
    .tensors = UP_WEIGHT_AND_BIAS,
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_convolution),
    .defaults = &defaults,
    .field =
        (const up_layer_field[]){
            UP_FIELD("stride", UP_FIELD_PAIR, up_convolution, stride, .least = 1),
            UP_FIELD("padding", UP_FIELD_SIDES, up_convolution, padding),
            UP_FIELD("padding_mode", UP_FIELD_CHOICE, up_convolution, padding_mode,
                     .names = up_pad_mode_names),
            UP_FIELD("dilation", UP_FIELD_PAIR, up_convolution, dilation, .least = 1),
            UP_FIELD("groups", UP_FIELD_COUNT, up_convolution, groups, .least = 1),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};

const up_layer_kind up_layer_conv_transpose2d = {
    .name = "conv_transpose2d",
    .tensors = UP_WEIGHT_AND_BIAS,
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_convolution),
    .defaults = &defaults,
    .field =
        (const up_layer_field[]){
            UP_FIELD("stride", UP_FIELD_PAIR, up_convolution, stride, .least = 1),
            UP_FIELD("padding", UP_FIELD_SIDES, up_convolution, padding),
            UP_FIELD("output_padding", UP_FIELD_PAIR, up_convolution, output_padding),
            UP_FIELD("dilation", UP_FIELD_PAIR, up_convolution, dilation, .least = 1),
            UP_FIELD("groups", UP_FIELD_COUNT, up_convolution, groups, .least = 1),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};

/* ---------------------------------------------------------------- overlap */

/* Taps t of one axis that land on `phase`: t * dilation - padding = phase modulo the stride. */
static int taps(const up_convolution *conv, int axis, int phase)
{
    int count = 0;
    for (int t = 0; t < conv->kernel[axis]; t++) {
        int64_t at = (int64_t)t * conv->dilation[axis] - conv->padding[axis] - phase;
        count += at % conv->stride[axis] == 0;
    }
    return count;
}

int up_network_overlap(const up_network_node *node, int row, int column)
{
    return taps(node->fields, 0, row) * taps(node->fields, 1, column);
}

static int common_divisor(int a, int b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Taps go round the phases that a dilation reaches, all of them if it is prime to the stride. */
bool up_network_overlap_even(const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    for (int axis = 0; axis < 2; axis++)
        if (conv->kernel[axis] % conv->stride[axis] != 0 ||
            common_divisor(conv->dilation[axis], conv->stride[axis]) != 1)
            return false;
    return true;
}
