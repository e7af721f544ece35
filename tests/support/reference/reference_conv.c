/* SPDX-License-Identifier: MIT */
/* Convolutions by definition. */
#include "support/reference/double_planes.h"

#include <stdlib.h>

static double bias_of(const up_network_node *node, int c)
{
    return node->bias.value ? (double)node->bias.value[c] : 0;
}

static double tap(const up_network_node *node, int first, int second, int ky, int kx)
{
    const size_t *shape = node->weight.shape;
    size_t kernel = (size_t)first * shape[1] + (size_t)second;
    return (double)node->weight.value[(kernel * shape[2] + (size_t)ky) * shape[3] + (size_t)kx];
}

static double convolved(const planes *in, const up_network_node *node, int c, int y, int x)
{
    const up_convolution *conv = node->fields;
    int ins = node->in_channels / conv->groups, outs = node->channels / conv->groups;
    double sum = bias_of(node, c);
    for (int i = 0; i < ins; i++)
        for (int ky = 0; ky < conv->kernel[0]; ky++)
            for (int kx = 0; kx < conv->kernel[1]; kx++)
                sum +=
                    tap(node, c, i, ky, kx) *
                    *planes_at(in, c / outs * ins + i, y * conv->stride[0] + ky * conv->dilation[0],
                               x * conv->stride[1] + kx * conv->dilation[1]);
    return sum;
}

planes reference_conv2d(const up_network_node *node, const planes *in)
{
    const up_convolution *conv = node->fields;
    planes around = planes_pad(in, conv->padding, conv->padding_mode, 0);
    const int size[2] = { around.height, around.width };
    int out_size[2];
    for (int axis = 0; axis < 2; axis++) {
        int left = size[axis] - conv->dilation[axis] * (conv->kernel[axis] - 1) - 1;
        out_size[axis] = left < 0 ? 0 : left / conv->stride[axis] + 1;
    }
    planes out = planes_make(node->channels, out_size[0], out_size[1]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = convolved(&around, node, c, y, x);
    free(around.value);
    return out;
}

/* Adds what pixel y, x of channel i brings to channel c. */
static void scatter(planes *out, const up_network_node *node, double value, int i, int c, int y,
                    int x)
{
    const up_convolution *conv = node->fields;
    int outs = node->channels / conv->groups;
    for (int ky = 0; ky < conv->kernel[0]; ky++)
        for (int kx = 0; kx < conv->kernel[1]; kx++) {
            int row = y * conv->stride[0] - conv->padding[0] + ky * conv->dilation[0];
            int column = x * conv->stride[1] - conv->padding[1] + kx * conv->dilation[1];
            if (row >= 0 && row < out->height && column >= 0 && column < out->width)
                *planes_at(out, c, row, column) += value * tap(node, i, c % outs, ky, kx);
        }
}

static planes biases(const up_network_node *node, const planes *in)
{
    const up_convolution *conv = node->fields;
    const int size[2] = { in->height, in->width };
    int out_size[2];
    for (int axis = 0; axis < 2; axis++)
        out_size[axis] = (size[axis] - 1) * conv->stride[axis] - conv->padding[axis] -
                         conv->padding[2 + axis] + conv->dilation[axis] * (conv->kernel[axis] - 1) +
                         conv->output_padding[axis] + 1;
    planes out = planes_make(node->channels, out_size[0], out_size[1]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = bias_of(node, c);
    return out;
}

planes reference_conv_transpose2d(const up_network_node *node, const planes *in)
{
    const up_convolution *conv = node->fields;
    int ins = node->in_channels / conv->groups, outs = node->channels / conv->groups;
    planes out = biases(node, in);
    for (int i = 0; i < in->channels; i++)
        for (int c = i / ins * outs; c < (i / ins + 1) * outs; c++)
            for (int y = 0; y < in->height; y++)
                for (int x = 0; x < in->width; x++)
                    scatter(&out, node, *planes_at(in, i, y, x), i, c, y, x);
    return out;
}
