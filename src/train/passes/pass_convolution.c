/* SPDX-License-Identifier: MIT */
/* Convolutions that keep the size, and transposed ones that enlarge by their stride: those are run
 * as a convolution to all phases. */

#include "train/passes/passes.h"

#include "train/passes/conv_tiles.h"

enum { MOST_KERNEL = 15 };

static bool same(const int *numbers, int count, int number)
{
    for (int i = 0; i < count; i++)
        if (numbers[i] != number)
            return false;
    return true;
}

/* Of a kernel of size * step, for a kernel of so many pixels of the input. */
static const char *refuse(const up_convolution *conv, int size, int step)
{
    if (conv->groups > 1 || !same(conv->dilation, 2, 1))
        return "groups and dilation have no way back";
    if (size % 2 == 0 || size > MOST_KERNEL || !same(conv->kernel, 2, size * step))
        return "its kernel is not a square of odd size up to 15, in pixels of the input";
    if (!same(conv->padding, 4, size / 2 * step) || !same(conv->output_padding, 2, 0))
        return "its padding is not half the kernel on every side";
    return NULL;
}

static void forward(const up_pass *pass)
{
    const float *bias = pass->parameter + up_conv_packed(&pass->conv);
    (up_conv_tiles_suit(&pass->conv) ? up_conv_tiles_forward : up_conv_forward)(
        pass->work, &pass->conv, pass->forward, bias, pass->in[0], pass->out);
}

static void backward(const up_pass *pass)
{
    const bool tiled = up_conv_tiles_suit(&pass->conv);
    (tiled ? up_conv_tiles_weight_gradient : up_conv_weight_gradient)(
        pass->work, &pass->conv, pass->in[0], pass->out_gradient, pass->gradient);
    if (pass->in_gradient[0])
        (tiled ? up_conv_tiles_backward : up_conv_backward)(
            pass->work, &pass->conv, pass->backward, pass->out_gradient, pass->in_gradient[0]);
}

/* ---------------------------------------------------------------- conv2d */

static const char *refuse_plain(const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    if (!same(conv->stride, 2, 1) || conv->padding_mode != UP_PAD_ZEROS)
        return "only a stride of 1 and padding of zeros have a way back";
    return refuse(conv, conv->kernel[0], 1);
}

static up_conv_shape plain(const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    return (up_conv_shape){ node->in_channels, node->channels, conv->kernel[0] };
}

const up_pass_kind up_pass_conv2d = {
    .kind = &up_layer_conv2d,
    .refuse = refuse_plain,
    .conv = plain,
    .forward = forward,
    .backward = backward,
};

/* ---------------------------------------------------------------- conv_transpose2d */

static const char *refuse_transposed(const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    const int stride = conv->stride[0];
    if (!same(conv->stride, 2, stride) || conv->kernel[0] % stride)
        return "its kernel is not a multiple of the stride, the same for rows and columns";
    return refuse(conv, conv->kernel[0] / stride, stride);
}

static up_conv_shape transposed(const up_network_node *node)
{
    const up_convolution *conv = node->fields;
    const int stride = conv->stride[0];
    return (up_conv_shape){ node->in_channels, node->channels * stride * stride,
                            conv->kernel[0] / stride };
}

/* In [in][channels][size][size]: tap k of the convolution to phase p is p + (kernel - 1 - k) *
 * stride of an axis. */
static size_t transposed_place(const up_network_node *node, size_t i)
{
    const up_conv_shape conv = transposed(node);
    const int stride = ((const up_convolution *)node->fields)->stride[0];
    const int kernel = conv.kernel, size = kernel * stride, phases = stride * stride;
    const int x = (int)(i % kernel), y = (int)(i / kernel % kernel);
    const int in = (int)(i / kernel / kernel % conv.in), out = (int)(i / kernel / kernel / conv.in);
    const int row = out % phases / stride + (kernel - 1 - y) * stride;
    const int column = out % stride + (kernel - 1 - x) * stride;
    return (((size_t)in * node->channels + out / phases) * size + row) * size + column;
}

const up_pass_kind up_pass_conv_transpose2d = {
    .kind = &up_layer_conv_transpose2d,
    .refuse = refuse_transposed,
    .conv = transposed,
    .place = transposed_place,
    .forward = forward,
    .backward = backward,
};
