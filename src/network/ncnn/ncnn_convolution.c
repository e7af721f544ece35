/* SPDX-License-Identifier: MIT */
/* Convolution, Deconvolution, the same of groups, and InnerProduct. */

#include "network/ncnn/ncnn_layer.h"

#include <string.h>

enum { MOST = UP_MOST_PARAMETER };
enum { DILATION = 2, STRIDE = 3, PAD_LEFT = 4, GROUPS = 7, DILATION_H = 12, STRIDE_H = 13 };
enum { PAD_TOP = 14, PAD_RIGHT = 15, PAD_BOTTOM = 16, EXTRA = 18 };

/* Columns are stated first, and rows where they differ. */
static up_status take_pair(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int columns,
                           int rows, int pair[2])
{
    UP_TRY(up_ncnn_take_whole(reader, layer, columns, 1, 1, MOST, &pair[1]));
    return up_ncnn_take_whole(reader, layer, rows, pair[1], 1, MOST, &pair[0]);
}

static up_status take_common(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                             up_convolution *conv)
{
    UP_TRY(take_pair(reader, layer, DILATION, DILATION_H, conv->dilation));
    UP_TRY(take_pair(reader, layer, STRIDE, STRIDE_H, conv->stride));
    conv->groups = 1;
    return strstr(layer->type, "DepthWise")
               ? up_ncnn_take_whole(reader, layer, GROUPS, 1, 1, MOST, &conv->groups)
               : UP_OK;
}

static up_status take_padding(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                              int padding[4])
{
    int *left = &padding[1], *top = &padding[0];
    UP_TRY(up_ncnn_take_whole(reader, layer, PAD_LEFT, 0, UP_NCNN_SAME_LOWER, MOST, left));
    UP_TRY(up_ncnn_take_whole(reader, layer, PAD_TOP, *left, UP_NCNN_SAME_LOWER, MOST, top));
    UP_TRY(
        up_ncnn_take_whole(reader, layer, PAD_RIGHT, *left, UP_NCNN_SAME_LOWER, MOST, &padding[3]));
    return up_ncnn_take_whole(reader, layer, PAD_BOTTOM, *top, UP_NCNN_SAME_LOWER, MOST,
                              &padding[2]);
}

static bool all_at_least(const int padding[4], int least)
{
    return padding[0] >= least && padding[1] >= least && padding[2] >= least && padding[3] >= least;
}

static bool all_are(const int padding[4], int value)
{
    return padding[0] == value && padding[1] == value && padding[2] == value && padding[3] == value;
}

/* Numbers of padding, whether they are stated or follow from the size. */
static up_status resolve_padding(up_ncnn_reader *reader, const up_ncnn_layer *layer, int node,
                                 up_convolution *conv, const size_t kernel[2])
{
    int span[2];
    UP_TRY(take_padding(reader, layer, conv->padding));
    if (all_at_least(conv->padding, 0))
        return UP_OK;
    const bool lower = all_are(conv->padding, UP_NCNN_SAME_LOWER);
    if (!lower && !all_are(conv->padding, UP_NCNN_SAME_UPPER))
        return up_ncnn_refuse(reader, layer, "negative padding");
    for (int axis = 0; axis < 2; axis++) {
        if (kernel[axis] > MOST || (size_t)conv->dilation[axis] * kernel[axis] > INT_MAX)
            return up_ncnn_refuse(reader, layer, "kernel and dilation span too many pixels");
        span[axis] = conv->dilation[axis] * ((int)kernel[axis] - 1) + 1;
    }
    return up_ncnn_same_padding(reader, layer, node, span, conv->stride, lower, conv->padding);
}

/* Around the picture lies a number: pixels of it are put there before. */
static up_status add_border(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                            up_convolution *conv, int *node)
{
    up_padding pad = { .mode = UP_PAD_ZEROS };
    UP_TRY(up_ncnn_take_number(reader, layer, EXTRA, 0, &pad.value));
    if (pad.value == 0 || all_are(conv->padding, 0))
        return UP_OK;
    memcpy(pad.amount, conv->padding, sizeof pad.amount);
    memset(conv->padding, 0, sizeof conv->padding);
    return up_ncnn_add(reader, layer, &up_layer_pad, &pad, node);
}

static up_status take_tensors(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                              up_node_spec *spec)
{
    UP_TRY(up_ncnn_values(reader, layer, "weight", &spec->weight));
    return up_ncnn_values(reader, layer, "bias", &spec->bias);
}

up_status up_ncnn_make_convolution(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    up_convolution conv = { .padding_mode = UP_PAD_ZEROS };
    up_node_spec spec = { .fields = &conv };
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(take_common(reader, layer, &conv));
    UP_TRY(take_tensors(reader, layer, &spec));
    UP_TRY(resolve_padding(reader, layer, node, &conv, spec.weight.shape + 2));
    UP_TRY(add_border(reader, layer, &conv, &node));
    UP_TRY(up_ncnn_add_spec(reader, layer, &up_layer_conv2d, &spec, &node));
    UP_TRY(up_ncnn_add_activation(reader, layer, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* [out][in / groups] becomes [in][out / groups]. */
static up_status transpose(const up_ncnn_reader *reader, up_values *weight, size_t groups)
{
    const up_values old = *weight;
    const size_t in = old.shape[1], out = old.shape[0] / groups;
    const size_t taps = old.shape[2] * old.shape[3];
    const size_t shape[] = { in * groups, out, old.shape[2], old.shape[3] };
    float *write;
    UP_TRY(up_network_new_values(reader->builder, 4, shape, weight, &write));
    for (size_t g = 0; g < groups; g++)
        for (size_t i = 0; i < in; i++)
            for (size_t o = 0; o < out; o++, write += taps)
                memcpy(write, old.value + ((g * out + o) * in + i) * taps, taps * sizeof *write);
    return UP_OK;
}

static up_status take_extra(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                            up_convolution *conv)
{
    int *columns = &conv->output_padding[1];
    const char *fixed = "an output of a fixed size cannot be run";
    UP_TRY(up_ncnn_expect(reader, layer, 20, 0, 0, fixed));
    UP_TRY(up_ncnn_expect(reader, layer, 21, 0, 0, fixed));
    UP_TRY(up_ncnn_take_whole(reader, layer, EXTRA, 0, 0, MOST, columns));
    return up_ncnn_take_whole(reader, layer, EXTRA + 1, *columns, 0, MOST,
                              &conv->output_padding[0]);
}

up_status up_ncnn_make_deconvolution(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    up_convolution conv = { .padding_mode = UP_PAD_ZEROS };
    up_node_spec spec = { .fields = &conv };
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(take_common(reader, layer, &conv));
    UP_TRY(take_extra(reader, layer, &conv));
    UP_TRY(take_padding(reader, layer, conv.padding));
    if (!all_at_least(conv.padding, 0))
        return up_ncnn_refuse(reader, layer, "negative padding");
    UP_TRY(take_tensors(reader, layer, &spec));
    UP_TRY(transpose(reader, &spec.weight, (size_t)conv.groups));
    UP_TRY(up_ncnn_add_spec(reader, layer, &up_layer_conv_transpose2d, &spec, &node));
    UP_TRY(up_ncnn_add_activation(reader, layer, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* Of one pixel it is a convolution of 1x1. */
up_status up_ncnn_make_inner_product(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_blob *in;
    up_node_spec spec = { .fields = NULL };
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    const up_layer_shape shape = up_network_shape(reader->builder->network, in->node);
    int node = in->node;
    if (!up_is_whole(&shape))
        return up_ncnn_refuse(reader, layer, "a fully connected layer over a whole picture");
    UP_TRY(take_tensors(reader, layer, &spec));
    spec.weight.dims = 4;
    spec.weight.shape[2] = spec.weight.shape[3] = 1;
    UP_TRY(up_ncnn_add_spec(reader, layer, &up_layer_conv2d, &spec, &node));
    UP_TRY(up_ncnn_add_activation(reader, layer, &node));
    up_ncnn_made(reader, layer, node, 1);
    return UP_OK;
}
