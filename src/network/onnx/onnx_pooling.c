/* SPDX-License-Identifier: MIT */
/* Windows, and what is made of the whole image. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* The planes of another node, along the same axes. */
static up_onnx_view view_like(const up_onnx *onnx, const up_onnx_view *view, const int dim[3],
                              int node)
{
    const up_onnx_view plain = up_onnx_view_of(onnx, node);
    up_onnx_view made = { .node = node, .dims = view->dims };
    for (int plane = 0; plane < 3; plane++)
        if (dim[plane] >= 0) {
            made.factors[dim[plane]] = plain.factors[plane + 1];
            made.factor[dim[plane]][0] = plain.factor[plane + 1][0];
        }
    return made;
}

static up_status set_planes(up_onnx *onnx, int node)
{
    const up_onnx_view *from = up_onnx_picture(onnx, 0);
    const int first = from->dims - 3, dim[3] = { first, first + 1, first + 2 };
    const up_onnx_view made = view_like(onnx, from, dim, node);
    return up_onnx_set_view(onnx, 0, &made);
}

/* ---------------------------------------------------------------- windows */

/* A window of the size that the file was made for is the whole image. */
static bool is_whole_window(const up_onnx *onnx, int node, const up_pooling *pool)
{
    bool whole = true;
    for (int axis = 0; axis < 2; axis++)
        whole = whole && up_onnx_is_declared(onnx, axis + 1) && pool->kernel[axis] > 1 &&
                up_onnx_plane_size(onnx, node, axis + 1).at[0] == pool->kernel[axis] &&
                pool->padding[axis] + pool->padding[2 + axis] == 0;
    return whole;
}

up_status up_onnx_pooling(up_onnx *onnx)
{
    const bool average = strcmp(onnx->node->op, "AveragePool") == 0;
    up_pooling pool = { .stride = { 1, 1 }, .ceil_mode = up_onnx_whole(onnx, "ceil_mode", 0) };
    int dilation[2] = { 1, 1 }, node;
    UP_TRY(up_onnx_planes(onnx, 0, &node));
    UP_TRY(up_onnx_pairs(onnx, "kernel_shape", 2, pool.kernel));
    UP_TRY(up_onnx_pairs(onnx, "strides", 2, pool.stride));
    UP_TRY(up_onnx_pairs(onnx, "dilations", 2, dilation));
    UP_TRY(up_onnx_pairs(onnx, "pads", 4, pool.padding));
    for (int axis = 0; axis < 2; axis++)
        if (pool.kernel[axis] < 1 || pool.stride[axis] < 1 || dilation[axis] != 1)
            return up_onnx_refuse(onnx, "needs a kernel and strides, and no dilations");
    const int64_t span[2] = { pool.kernel[0], pool.kernel[1] };
    UP_TRY(up_onnx_auto_pad(onnx, node, span, pool.stride, pool.padding));
    pool.count_include_pad = average && up_onnx_whole(onnx, "count_include_pad", 0);
    const bool whole = is_whole_window(onnx, node, &pool);
    const up_layer_kind *kind =
        whole     ? average ? &up_layer_global_average_pool : &up_layer_global_max_pool
        : average ? &up_layer_average_pool
                  : &up_layer_max_pool;
    UP_TRY(up_onnx_add_node(onnx, kind, whole ? NULL : &pool, &node, 1, &node));
    return set_planes(onnx, node);
}

/* ---------------------------------------------------------------- whole images */

up_status up_onnx_global_pooling(up_onnx *onnx)
{
    const bool average = strcmp(onnx->node->op, "GlobalAveragePool") == 0;
    int node;
    UP_TRY(up_onnx_planes(onnx, 0, &node));
    UP_TRY(up_onnx_add_node(onnx,
                            average ? &up_layer_global_average_pool : &up_layer_global_max_pool,
                            NULL, &node, 1, &node));
    return set_planes(onnx, node);
}

/* The mean or sum of the channels is a convolution of 1x1. */
static up_status reduce_channels(up_onnx *onnx, int *node)
{
    const size_t channels = (size_t)up_network_shape(onnx->builder->network, *node).channels;
    const size_t shape[4] = { 1, channels, 1, 1 };
    const bool mean = strcmp(onnx->node->op, "ReduceMean") == 0;
    up_values weight;
    float *write;
    if (!mean && strcmp(onnx->node->op, "ReduceSum") != 0)
        return up_onnx_refuse(onnx, "cannot be run on channels");
    UP_TRY(up_network_new_values(onnx->builder, 4, shape, &weight, &write));
    for (size_t c = 0; c < channels; c++)
        write[c] = mean ? 1 / (float)channels : 1;
    return up_onnx_add_weighted(onnx, &up_layer_conv2d, NULL, *node, &weight, NULL, node);
}

static void drop(up_onnx_view *view, const bool chosen[UP_ONNX_RANK])
{
    const up_onnx_view from = *view;
    view->dims = 0;
    memset(view->factors, 0, sizeof view->factors);
    for (int d = 0; d < from.dims; d++) {
        if (chosen[d])
            continue;
        view->factors[view->dims] = from.factors[d];
        memcpy(view->factor[view->dims++], from.factor[d], sizeof from.factor[d]);
    }
}

/* ReduceMean, ReduceMax, ReduceSum: of rows and columns, or of channels. */
up_status up_onnx_reduce(up_onnx *onnx)
{
    const char *op = onnx->node->op;
    bool chosen[UP_ONNX_RANK] = { false };
    up_onnx_view pure;
    int dim[3], count;
    UP_TRY(up_onnx_pure(onnx, up_onnx_picture(onnx, 0), &pure, dim));
    UP_TRY(up_onnx_axes(onnx, 1, pure.dims, false, chosen, &count));
    const bool rows = dim[1] >= 0 && chosen[dim[1]], columns = dim[2] >= 0 && chosen[dim[2]];
    const bool channels = dim[0] >= 0 && chosen[dim[0]];
    if (count < 1 || (rows != columns) || rows == channels)
        return up_onnx_refuse(onnx, "works along axes that cannot be reduced together");
    if (channels)
        UP_TRY(reduce_channels(onnx, &pure.node));
    else if (strcmp(op, "ReduceSum") == 0)
        return up_onnx_refuse(onnx, "a sum of all pixels cannot be run");
    else
        UP_TRY(up_onnx_add_node(onnx,
                                strcmp(op, "ReduceMax") == 0 ? &up_layer_global_max_pool
                                                             : &up_layer_global_average_pool,
                                NULL, &pure.node, 1, &pure.node));
    up_onnx_view made = view_like(onnx, &pure, dim, pure.node);
    if (!up_onnx_whole(onnx, "keepdims", 1))
        drop(&made, chosen);
    return up_onnx_set_view(onnx, 0, &made);
}

/* ---------------------------------------------------------------- normalisation */

/* Input `i`, of one number for each channel. */
static up_status read_each(up_onnx *onnx, int i, size_t channels, const double **number)
{
    const up_onnx_constant *constant = up_onnx_constant_input(onnx, i);
    *number = NULL;
    if (!constant || constant->count != channels || constant->probes > 1)
        return up_onnx_refuse(onnx, "its input %d must be a constant for each of %zu channels", i,
                              channels);
    UP_TRY(up_onnx_numbers(onnx, constant));
    *number = constant->number;
    return UP_OK;
}

up_status up_onnx_batch_norm(up_onnx *onnx)
{
    const double epsilon = up_onnx_real(onnx, "epsilon", (double)1e-5f);
    const double *scale, *bias, *mean, *variance;
    double *factor;
    int node;
    UP_TRY(up_onnx_planes(onnx, 0, &node));
    const size_t channels = (size_t)up_network_shape(onnx->builder->network, node).channels;
    if (up_onnx_whole(onnx, "training_mode", 0))
        return up_onnx_refuse(onnx, "is left in training mode");
    UP_TRY(read_each(onnx, 1, channels, &scale));
    UP_TRY(read_each(onnx, 2, channels, &bias));
    UP_TRY(read_each(onnx, 3, channels, &mean));
    UP_TRY(read_each(onnx, 4, channels, &variance));
    UP_TRY(up_onnx_keep(onnx, 2 * channels, sizeof *factor, &factor));
    for (size_t c = 0; c < channels; c++) {
        factor[c] = scale[c] / sqrt(variance[c] + epsilon);
        factor[channels + c] = bias[c] - mean[c] * factor[c];
    }
    UP_TRY(up_onnx_affine(onnx, node, factor, factor + channels, (int)channels, &node));
    return set_planes(onnx, node);
}

up_status up_onnx_instance_norm(up_onnx *onnx)
{
    const up_instance_norm norm = { (float)up_onnx_real(onnx, "epsilon", (double)1e-5f) };
    const up_onnx_constant *scale = up_onnx_constant_input(onnx, 1);
    const up_onnx_constant *offset = up_onnx_constant_input(onnx, 2);
    up_values weight, bias;
    int node;
    UP_TRY(up_onnx_planes(onnx, 0, &node));
    if (!scale || !offset)
        return up_onnx_refuse(onnx, "its factors and offsets must be constants");
    UP_TRY(up_onnx_values(onnx, scale, 1, &scale->count, &weight));
    UP_TRY(up_onnx_values(onnx, offset, 1, &offset->count, &bias));
    UP_TRY(up_onnx_add_weighted(onnx, &up_layer_instance_norm, &norm, node, &weight, &bias, &node));
    return set_planes(onnx, node);
}
