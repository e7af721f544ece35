#include "methods/network_ops.h"

#include "base/memory.h"
#include "methods/add_ops.h"
#include "ops/activation.h"
#include "ops/arithmetic.h"
#include "ops/arrange.h"
#include "ops/conv_split.h"
#include "ops/planes.h"
#include "ops/pointwise.h"
#include "ops/replicate.h"
#include "ops/resample.h"
#include "ops/shuffle.h"
#include "ops/slice.h"

#include <string.h>

static up_edge edge_of(up_network_padding padding)
{
    return padding == UP_NETWORK_ZEROS       ? UP_EDGE_ZERO
           : padding == UP_NETWORK_REPLICATE ? UP_EDGE_CLAMP
                                             : UP_EDGE_REFLECT;
}

/* The activation that is done with a convolution. */
typedef struct {
    float *slope;        /* of every channel; NULL: there is none */
    const float *bounds; /* as in up_conv */
} activation;

static up_conv conv_of(const up_network_item *item, const activation *bent)
{
    up_conv conv = {
        .transposed = item->op == UP_NETWORK_CONV_TRANSPOSE2D,
        .in_channels = item->in_channels,
        .out_channels = item->out_channels,
        .groups = item->groups,
        .weight = item->weight,
        .bias = item->bias,
        .slope = bent->slope,
        .bounds = bent->bounds,
        .edge = edge_of(item->padding_mode),
    };
    memcpy(conv.kernel, item->kernel, sizeof conv.kernel);
    memcpy(conv.stride, item->stride, sizeof conv.stride);
    memcpy(conv.pad_before, item->padding, sizeof conv.pad_before);
    memcpy(conv.pad_after, item->padding, sizeof conv.pad_after);
    memcpy(conv.output_padding, item->output_padding, sizeof conv.output_padding);
    memcpy(conv.dilation, item->dilation, sizeof conv.dilation);
    return conv;
}

static up_status add_conv(up_graph *graph, const up_network_item *item, const activation *bent,
                          int *node, up_error *error)
{
    const up_conv conv = conv_of(item, bent);
    const bool split = up_conv_splits(&conv);
    up_op *op;
    UP_TRY(up_graph_check_room(graph, item->parameters * sizeof(float), error));
    if (split) {
        UP_TRY(up_conv_columns_plan(&op, up_graph_shape(graph, *node), &conv, error));
        UP_TRY(up_graph_add(graph, op, *node, -1, node, error));
    }
    const up_shape *in = up_graph_shape(graph, *node);
    UP_TRY((split ? up_conv_rows_plan : up_conv_plan)(&op, in, &conv, error));
    return up_graph_add(graph, op, *node, -1, node, error);
}

static bool is_conv(const up_network_item *item)
{
    return item->op == UP_NETWORK_CONV2D || item->op == UP_NETWORK_CONV_TRANSPOSE2D;
}

static bool is_slope(const up_network_item *item)
{
    return item->op == UP_NETWORK_PRELU || item->op == UP_NETWORK_LEAKY_RELU ||
           item->op == UP_NETWORK_RELU;
}

/* The slope of every channel, to be freed by the caller. */
static up_status make_slopes(float **slopes, const up_network_item *item, up_error *error)
{
    int channels = item->out_channels;
    *slopes = up_alloc(channels, sizeof **slopes);
    if (!*slopes)
        return up_fail_memory(error, "slopes", channels * sizeof **slopes);
    for (int c = 0; c < channels; c++)
        (*slopes)[c] = item->op == UP_NETWORK_PRELU ? item->weight[c] : item->slope;
    return UP_OK;
}

static up_status plan_slopes(up_op **op, const up_shape *in, const up_network_item *item,
                             up_error *error)
{
    float *slopes;
    UP_TRY(make_slopes(&slopes, item, error));
    up_status status = up_point_plan(op, in, &up_point_prelu, slopes, in->channels, error);
    up_free(slopes);
    return status;
}

/* A convolution and the activation behind it. */
static up_status add_bent_conv(up_graph *graph, const up_network_item *item, int *node,
                               up_error *error)
{
    activation bent = { .bounds = item[1].bounds };
    UP_TRY(make_slopes(&bent.slope, item + 1, error));
    up_status status = add_conv(graph, item, &bent, node, error);
    up_free(bent.slope);
    return status;
}

static up_status plan_affine(up_op **op, const up_shape *in, const up_network_item *item,
                             up_error *error)
{
    int channels = in->channels;
    float *parameter = up_alloc(channels, 2 * sizeof *parameter);
    if (!parameter)
        return up_fail_memory(error, "factors", channels * 2 * sizeof *parameter);
    memcpy(parameter, item->weight, channels * sizeof *parameter);
    memcpy(parameter + channels, item->bias, channels * sizeof *parameter);
    up_status status =
        up_point_plan(op, in, &up_point_affine_channels, parameter, 2 * channels, error);
    up_free(parameter);
    return status;
}

/* An op with one input. */
static up_status plan_item(up_op **op, const up_shape *in, const up_network_item *item,
                           up_error *error)
{
    const float limits[2] = { item->low, item->high };
    const int *pad = item->padding;
    switch (item->op) {
    case UP_NETWORK_PRELU:
    case UP_NETWORK_LEAKY_RELU:
    case UP_NETWORK_RELU:
        return plan_slopes(op, in, item, error);
    case UP_NETWORK_TANH:
        return up_point_plan(op, in, &up_point_tanh, NULL, 0, error);
    case UP_NETWORK_SIGMOID:
        return up_point_plan(op, in, &up_point_sigmoid, NULL, 0, error);
    case UP_NETWORK_CLIP:
        return up_point_plan(op, in, &up_point_clip, limits, 2, error);
    case UP_NETWORK_PIXEL_SHUFFLE:
        return up_shuffle_plan(op, in, item->factor, UP_CELLS_INSIDE, error);
    case UP_NETWORK_PAD:
        return up_pad_plan(op, in, pad, pad, edge_of(item->padding_mode), 0, error);
    default:
        return plan_affine(op, in, item, error);
    }
}

static up_status add_item(up_graph *graph, const up_network_item *item, int *node, up_error *error)
{
    up_op *op;
    UP_TRY(plan_item(&op, up_graph_shape(graph, *node), item, error));
    UP_TRY(up_graph_add(graph, op, *node, -1, node, error));
    if (!item->bounds)
        return UP_OK;
    return up_add_point(graph, *node, -1, &up_point_clip_channels, item->bounds,
                        2 * item->out_channels, node, error);
}

static up_positions resized(int in, int factor, up_coordinates coordinates)
{
    return up_positions_make(in, in * factor, (up_ratio){ 1, factor }, coordinates);
}

static up_status add_interpolation(up_graph *graph, int from, const up_network_item *item, int *to,
                                   up_error *error)
{
    bool cubic = item->resize == UP_NETWORK_RESIZE_BICUBIC;
    const up_filter *filter = cubic ? &up_filter_cubic : &up_filter_triangle;
    const up_shape in = *up_graph_shape(graph, from);
    up_axis rows, columns;
    up_op *op;
    const int *factor = item->resize_factor;
    double a = item->cubic_a;
    up_axis_init(&rows, resized(in.height, factor[0], UP_HALF_PIXEL), filter, a, false, false);
    up_axis_init(&columns, resized(in.width, factor[1], UP_HALF_PIXEL), filter, a, false, false);
    UP_TRY(up_resample_rows_plan(&op, &in, &rows, error));
    UP_TRY(up_graph_add(graph, op, from, -1, &from, error));
    UP_TRY(up_resample_columns_plan(&op, up_graph_shape(graph, from), &columns, error));
    return up_graph_add(graph, op, from, -1, to, error);
}

/* The other input of an add or concat, in the size of the first. */
static up_status add_resized(up_graph *graph, int from, const up_network_item *item, int *to,
                             up_error *error)
{
    const up_shape *in = up_graph_shape(graph, from);
    const int *factor = item->resize_factor;
    const up_positions at[2] = { resized(in->height, factor[0], UP_ASYMMETRIC),
                                 resized(in->width, factor[1], UP_ASYMMETRIC) };
    up_op *op;
    switch (item->resize) {
    case UP_NETWORK_RESIZE_NONE:
        *to = from;
        return UP_OK;
    case UP_NETWORK_RESIZE_NEAREST:
        UP_TRY(up_nearest_plan(&op, in, at, UP_ROUND_FLOOR, error));
        return up_graph_add(graph, op, from, -1, to, error);
    default:
        return add_interpolation(graph, from, item, to, error);
    }
}

static up_status add_join(up_graph *graph, int first, int second, const up_network_item *item,
                          int *to, up_error *error)
{
    UP_TRY(add_resized(graph, second, item, &second, error));
    const up_shape a = *up_graph_shape(graph, first), b = *up_graph_shape(graph, second);
    if (a.width != b.width || a.height != b.height)
        return up_fail(error, UP_ERROR_WEIGHTS, "the network joins %dx%d with %dx%d", a.width,
                       a.height, b.width, b.height);
    up_op *op;
    if (item->op == UP_NETWORK_CONCAT)
        UP_TRY(up_concat_plan(&op, &a, &b, error));
    else
        UP_TRY(up_point_plan(&op, &a, &up_point_add, NULL, 0, error));
    return up_graph_add(graph, op, first, second, to, error);
}

/* Whether item i is read by the next one alone, an activation that its convolution can do. */
static bool bends(const up_network *network, int i)
{
    if (!is_conv(&network->item[i]) || i + 1 >= network->items || !is_slope(&network->item[i + 1]))
        return false;
    for (int k = i + 1; k < network->items; k++) {
        const up_network_item *item = &network->item[k];
        bool joins = item->op == UP_NETWORK_ADD || item->op == UP_NETWORK_CONCAT;
        if (joins && item->from == i)
            return false;
    }
    return true;
}

/* `node` gets the node that holds the output of each item. */
static up_status add_items(up_graph *graph, int input, const up_network *network, int *node,
                           int *to, up_error *error)
{
    *to = input;
    for (int i = 0; i < network->items; i++) {
        const up_network_item *item = &network->item[i];
        if (item->op == UP_NETWORK_ADD || item->op == UP_NETWORK_CONCAT) {
            int other = item->from == UP_NETWORK_INPUT ? input : node[item->from];
            UP_TRY(add_join(graph, *to, other, item, to, error));
            node[i] = *to;
            continue;
        }
        bool bent = bends(network, i);
        if (bent)
            UP_TRY(add_bent_conv(graph, item, to, error));
        else if (is_conv(item))
            UP_TRY(add_conv(graph, item, &(activation){ .slope = NULL }, to, error));
        else
            UP_TRY(add_item(graph, item, to, error));
        node[i] = *to;
        if (bent)
            node[++i] = *to;
    }
    return UP_OK;
}

static up_status add_crop(up_graph *graph, int *node, int left, int top, int width, int height,
                          up_error *error)
{
    const up_shape *in = up_graph_shape(graph, *node);
    up_op *op;
    if (left == 0 && top == 0 && width == in->width && height == in->height)
        return UP_OK;
    UP_TRY(up_crop_plan(&op, in, left, top, width, height, UP_EDGE_CLAMP, error));
    return up_graph_add(graph, op, *node, -1, node, error);
}

static up_status add_whole(up_graph *graph, int from, const up_network *network, int *node, int *to,
                           up_error *error)
{
    const up_shape in = *up_graph_shape(graph, from);
    const int *missing = network->missing, *surplus = network->surplus;
    UP_TRY(add_crop(graph, &from, -missing[1], -missing[0], in.width + 2 * missing[1],
                    in.height + 2 * missing[0], error));
    UP_TRY(add_items(graph, from, network, node, to, error));
    return add_crop(graph, to, (surplus[1] + 1) / 2, (surplus[0] + 1) / 2,
                    in.width * network->scale[1], in.height * network->scale[0], error);
}

up_status up_add_network(up_graph *graph, int from, const up_network *network, bool whole, int *to,
                         up_error *error)
{
    int *node = up_alloc(network->items, sizeof *node);
    if (!node)
        return up_fail_memory(error, "a network", network->items * sizeof *node);
    bool crops = network->missing[0] > 0 || network->missing[1] > 0;
    up_status status = whole && crops ? add_whole(graph, from, network, node, to, error)
                                      : add_items(graph, from, network, node, to, error);
    up_free(node);
    return status;
}
