/* SPDX-License-Identifier: MIT */
/* Conv and ConvTranspose. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define MOST_SPAN (1 << 24)

typedef struct {
    up_convolution conv;
    int input;
    up_values weight, bias;
} reading;

static int64_t span_of(const up_convolution *conv, int axis)
{
    return (int64_t)conv->dilation[axis] * (conv->kernel[axis] - 1) + 1;
}

/* ---------------------------------------------------------------- what both read */

static up_status read_weights(up_onnx *onnx, reading *r)
{
    const up_onnx_constant *weight = up_onnx_constant_input(onnx, 1);
    const up_onnx_constant *bias = up_onnx_constant_input(onnx, 2);
    int kernel[2];
    if (!weight || up_onnx_picture(onnx, 2))
        return up_onnx_refuse(onnx, "its weights are not constants");
    if (weight->dims != 4)
        return up_onnx_refuse(onnx, "its weights have %d axes, and not the 4 of pictures",
                              weight->dims);
    for (int d = 0; d < 4; d++)
        if (weight->shape[d] < 1 || weight->shape[d] > 65536)
            return up_onnx_refuse(onnx, "its weights have an axis of %zu", weight->shape[d]);
    UP_TRY(up_onnx_values(onnx, weight, 4, weight->shape, &r->weight));
    if (bias)
        UP_TRY(up_onnx_values(onnx, bias, 1, &bias->count, &r->bias));
    for (int axis = 0; axis < 2; axis++)
        r->conv.kernel[axis] = kernel[axis] = (int)weight->shape[2 + axis];
    UP_TRY(up_onnx_pairs(onnx, "kernel_shape", 2, kernel));
    return memcmp(kernel, r->conv.kernel, sizeof kernel) == 0
               ? UP_OK
               : up_onnx_refuse(onnx, "kernel_shape is not that of its weights");
}

static up_status read_both(up_onnx *onnx, reading *r)
{
    const int64_t groups = up_onnx_whole(onnx, "group", 1);
    *r = (reading){ .conv = { .stride = { 1, 1 }, .dilation = { 1, 1 } } };
    UP_TRY(up_onnx_planes(onnx, 0, &r->input));
    UP_TRY(read_weights(onnx, r));
    UP_TRY(up_onnx_pairs(onnx, "strides", 2, r->conv.stride));
    UP_TRY(up_onnx_pairs(onnx, "dilations", 2, r->conv.dilation));
    UP_TRY(up_onnx_pairs(onnx, "pads", 4, r->conv.padding));
    for (int axis = 0; axis < 2; axis++)
        if (r->conv.stride[axis] < 1 || r->conv.dilation[axis] < 1 ||
            span_of(&r->conv, axis) > MOST_SPAN)
            return up_onnx_refuse(onnx, "strides or dilations of 0, or too large");
    if (groups < 1 || groups > 65536)
        return up_onnx_refuse(onnx, "works in %lld groups", (long long)groups);
    r->conv.groups = (int)groups;
    return UP_OK;
}

static up_status set_node(up_onnx *onnx, int node)
{
    const up_onnx_view view = up_onnx_view_of(onnx, node);
    up_onnx_view like = *up_onnx_picture(onnx, 0);
    like.node = node;
    const int first = like.dims - 3;
    memset(like.factors, 0, sizeof like.factors);
    for (int plane = 0; plane < 3; plane++) {
        like.factors[first + plane] = view.factors[plane + 1];
        like.factor[first + plane][0] = view.factor[plane + 1][0];
    }
    return up_onnx_set_view(onnx, 0, &like);
}

/* ---------------------------------------------------------------- Conv */

up_status up_onnx_auto_pad(up_onnx *onnx, int node, const int64_t span[2], const int *stride,
                           int *pads)
{
    const char *mode = up_onnx_text_of(onnx, "auto_pad", "NOTSET");
    int *multiple = onnx->builder->network->multiple;
    if (strcmp(mode, "NOTSET") == 0 || !*mode)
        return UP_OK;
    memset(pads, 0, 4 * sizeof *pads);
    if (strcmp(mode, "VALID") == 0)
        return UP_OK;
    if (strncmp(mode, "SAME_", 5) != 0)
        return up_onnx_refuse(onnx, "an unknown auto_pad");
    for (int axis = 0; axis < 2; axis++) {
        const up_onnx_size size = up_onnx_plane_size(onnx, node, axis + 1);
        const up_layer_shape shape = up_network_shape(onnx->builder->network, node);
        const bool declared = up_onnx_is_declared(onnx, axis + 1);
        const int64_t over = declared ? (int64_t)size.at[0] % stride[axis] : 0;
        const int64_t total = span[axis] - (over ? over : stride[axis]);
        /* What is padded depends on what is left over, so that all inputs must leave the same. */
        if (stride[axis] > 1 && shape.size[axis].scale &&
            (over || multiple[axis] > 65536 / stride[axis]))
            return up_onnx_refuse(onnx, "its auto_pad depends on the size of the image");
        if (stride[axis] > 1 && shape.size[axis].scale)
            multiple[axis] *= stride[axis];
        const int half = (int)(total > 0 ? total / 2 : 0),
                  rest = (int)(total > 0 ? total - half : 0);
        const bool upper = strcmp(mode, "SAME_UPPER") == 0;
        pads[axis] = upper ? half : rest;
        pads[2 + axis] = upper ? rest : half;
    }
    return UP_OK;
}

up_status up_onnx_convolution(up_onnx *onnx)
{
    reading r;
    int node;
    UP_TRY(read_both(onnx, &r));
    const int64_t span[2] = { span_of(&r.conv, 0), span_of(&r.conv, 1) };
    UP_TRY(up_onnx_auto_pad(onnx, r.input, span, r.conv.stride, r.conv.padding));
    UP_TRY(up_onnx_add_weighted(onnx, &up_layer_conv2d, &r.conv, r.input, &r.weight,
                                r.bias.value ? &r.bias : NULL, &node));
    return set_node(onnx, node);
}

/* ---------------------------------------------------------------- ConvTranspose */

/* Pads that make an axis as large as is wanted; what it would have to be enlarged by is put upon
 * output_padding. */
static up_status pad_to(up_onnx *onnx, reading *r, int axis, const up_onnx_size *wanted, bool upper)
{
    up_convolution *conv = &r->conv;
    const up_onnx_size in = up_onnx_plane_size(onnx, r->input, axis + 1);
    up_onnx_size total;
    double fixed;
    int pad;
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        total.at[p] = conv->stride[axis] * (in.at[p] - 1) + conv->output_padding[axis] +
                      (double)span_of(conv, axis) - wanted->at[p];
    if (!up_onnx_is_fixed(onnx, &total, &fixed) && up_onnx_is_declared(onnx, axis + 1))
        total = up_onnx_size_of(total.at[0]);
    UP_TRY(up_onnx_fixed(onnx, &total, "its pads", &pad));
    conv->output_padding[axis] += pad < 0 ? -pad : 0;
    pad = up_max(pad, 0);
    conv->padding[axis] = upper ? pad / 2 : pad - pad / 2;
    conv->padding[2 + axis] = pad - conv->padding[axis];
    return UP_OK;
}

static up_status read_output_size(up_onnx *onnx, reading *r)
{
    const char *mode = up_onnx_text_of(onnx, "auto_pad", "NOTSET");
    const up_onnx_attribute *shape = up_onnx_find(onnx->node, "output_shape");
    const bool upper = strcmp(mode, "SAME_UPPER") == 0;
    const bool same = strncmp(mode, "SAME_", 5) == 0;
    if (strcmp(mode, "VALID") == 0)
        memset(r->conv.padding, 0, sizeof r->conv.padding);
    if (shape && (!shape->wholes || (shape->count != 2 && shape->count != 4)))
        return up_onnx_refuse(onnx, "output_shape must be 2 numbers");
    for (int axis = 0; axis < 2 && (shape || same); axis++) {
        up_onnx_size wanted = up_onnx_plane_size(onnx, r->input, axis + 1);
        for (int p = 0; p < UP_ONNX_PROBES; p++)
            wanted.at[p] *= r->conv.stride[axis];
        if (shape)
            wanted = up_onnx_size_of((double)shape->wholes[shape->count - 2 + (size_t)axis]);
        UP_TRY(pad_to(onnx, r, axis, &wanted, upper));
    }
    return UP_OK;
}

/* Padding beyond the kernel takes pixels away. */
up_status up_onnx_transposed(up_onnx *onnx)
{
    reading r;
    int node;
    UP_TRY(read_both(onnx, &r));
    UP_TRY(up_onnx_pairs(onnx, "output_padding", 2, r.conv.output_padding));
    UP_TRY(read_output_size(onnx, &r));
    UP_TRY(up_onnx_add_weighted(onnx, &up_layer_conv_transpose2d, &r.conv, r.input, &r.weight,
                                r.bias.value ? &r.bias : NULL, &node));
    return set_node(onnx, node);
}
