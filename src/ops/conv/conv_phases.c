/* SPDX-License-Identifier: MIT */
#include "ops/conv/conv_phases.h"

#include "base/memory.h"
#include "ops/conv/conv_axis.h"
#include "ops/conv/conv_winograd.h"

#define SHUFFLE_COST 16 /* products in the time that a value takes to be shuffled */
#define MOST_STRIDE 4

/* Every output pixel is made of the 3x3 input pixels around its own, and none is left over. */
static bool reaches_one(const up_conv_axis *axis)
{
    bool one = axis->out == (int64_t)axis->in * axis->phases;
    for (int k = 0; k < axis->kernel; k++)
        one = one && axis->index[k].offset >= -1 && axis->index[k].offset <= 1;
    return one;
}

static up_status plan_axes(up_conv_axis axis[2], const up_shape *in, const up_conv *conv,
                           up_error *error)
{
    axis[1].index = NULL;
    UP_TRY(up_conv_axis_plan(&axis[0], conv, 0, in->height, error));
    return up_conv_axis_plan(&axis[1], conv, 1, in->width, error);
}

static void free_axes(up_conv_axis axis[2])
{
    up_conv_axis_free(&axis[0]);
    up_conv_axis_free(&axis[1]);
}

bool up_conv_phases_suit(const up_conv *conv, const up_shape *in)
{
    const int stride = conv->stride[0];
    if (!conv->fast || !conv->transposed || conv->groups != 1 || conv->stride[1] != stride ||
        stride < 2 || stride > MOST_STRIDE)
        return false;
    up_conv_axis axis[2];
    const bool one =
        plan_axes(axis, in, conv, NULL) == UP_OK && reaches_one(&axis[0]) && reaches_one(&axis[1]);
    free_axes(axis);
    const double pixels = (double)in->width * in->height;
    const double outs = (double)conv->out_channels * stride * stride;
    const double sums =
        (double)conv->kernel[0] * conv->kernel[1] * conv->in_channels * conv->out_channels * pixels;
    return one &&
           up_winograd_pays(conv->in_channels, outs, in, sums - SHUFFLE_COST * outs * pixels);
}

/* A value of each channel for each of its phases. */
static void repeat(float *to, const float *from, int channels, int cell)
{
    for (int c = 0; c < channels * cell; c++)
        to[c] = from ? from[c / cell] : 0;
}

static void place_weights(float *to, const up_conv *conv, const up_conv_axis axis[2])
{
    const int rows = axis[0].phases, columns = axis[1].phases, ins = conv->in_channels;
    const up_conv_index *y, *x;
    for (int i = 0; i < ins; i++)
        for (int o = 0; o < conv->out_channels; o++)
            for (y = axis[0].index; y < axis[0].index + axis[0].kernel; y++)
                for (x = axis[1].index; x < axis[1].index + axis[1].kernel; x++) {
                    const size_t out = ((size_t)o * rows + y->phase) * columns + x->phase;
                    const size_t tap = ((size_t)i * conv->out_channels + o) * axis[0].kernel;
                    to[(out * ins + i) * 9 + (y->offset + 1) * 3 + x->offset + 1] =
                        conv->weight[(tap + y->kernel) * axis[1].kernel + x->kernel];
                }
}

static up_status plan_phases(up_op **op, const up_shape *in, const up_conv *conv,
                             const up_conv_axis axis[2], up_error *error)
{
    const int cell = conv->stride[0] * conv->stride[1], outs = conv->out_channels * cell;
    const size_t weights = (size_t)outs * conv->in_channels * 9;
    float *values = up_alloc_zero(weights + 4 * (size_t)outs, sizeof *values);
    if (!values)
        return up_fail_memory(error, "weights", weights * sizeof *values);
    float *bias = values + weights, *slope = bias + outs, *bounds = slope + outs;
    place_weights(values, conv, axis);
    repeat(bias, conv->bias, conv->out_channels, cell);
    repeat(slope, conv->slope, conv->out_channels, cell);
    repeat(bounds, conv->bounds, conv->bounds ? 2 * conv->out_channels : 0, cell);
    const up_conv phases = {
        .in_channels = conv->in_channels,
        .out_channels = outs,
        .groups = 1,
        .kernel = { 3, 3 },
        .stride = { 1, 1 },
        .dilation = { 1, 1 },
        .pad_before = { 1, 1 },
        .pad_after = { 1, 1 },
        .weight = values,
        .bias = bias,
        .slope = conv->slope ? slope : NULL,
        .bounds = conv->bounds ? bounds : NULL,
        .bfloat16 = conv->bfloat16,
    };
    const up_status status = up_winograd_plan(op, in, &phases, error);
    up_free(values);
    if (status == UP_OK)
        (*op)->multiply_adds = (double)conv->kernel[0] * conv->kernel[1] * conv->in_channels *
                               conv->out_channels * in->width;
    return status;
}

up_status up_conv_phases_plan(up_op **op, const up_shape *in, const up_conv *conv, up_error *error)
{
    up_conv_axis axis[2];
    up_status status = plan_axes(axis, in, conv, error);
    if (status == UP_OK)
        status = plan_phases(op, in, conv, axis, error);
    free_axes(axis);
    return status;
}
