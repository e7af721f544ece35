/* SPDX-License-Identifier: MIT */
#include "ops/arrange/arrange.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"

#include <string.h>

typedef struct {
    up_op op;
    int left, top;
} crop_op;

static void copy_row(const up_window *in, int channel, const up_target *to, int out_channel)
{
    const float *from = (const float *)in->row[channel * in->count + to->y - in->first];
    memcpy((float *)to->row[out_channel] + to->x0, from + to->x0,
           (size_t)(to->x1 - to->x0) * sizeof *from);
}

/* Channels of all inputs in a row, from op->first on. */
static void run_channels(const up_op *op, const up_window *in, const up_target *to)
{
    int out = -op->first;
    for (int i = 0; i < op->inputs; i++)
        for (int c = 0; c < op->in[i].channels; c++, out++)
            if (out >= 0 && out < op->out.channels)
                copy_row(&in[i], c, to, out);
}

static up_status plan_channels(up_op **result, const char *name, const up_shape *in, int inputs,
                               int first, int channels, up_error *error)
{
    up_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    *op = (up_op){
        .name = name,
        .out = up_float_shape(in->width, in->height, channels),
        .inputs = inputs,
        .pointwise = true,
        .view = true,
        .first = first,
        .step = 1,
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = run_channels,
    };
    for (int i = 0; i < inputs; i++) {
        op->in[i] = in[i];
        op->edge[i] = UP_EDGE_CLAMP;
    }
    *result = op;
    return UP_OK;
}

up_status up_select_plan(up_op **op, const up_shape *in, int first, int count, up_error *error)
{
    return plan_channels(op, "select channels", in, 1, first, count, error);
}

up_status up_concat_plan(up_op **op, const up_shape *in, int inputs, up_error *error)
{
    int channels = 0;
    if (inputs > UP_MAX_INPUTS)
        return up_fail(error, UP_ERROR_LIMIT, "%d tensors are too many to be joined at once",
                       inputs);
    for (int i = 0; i < inputs; i++)
        if (__builtin_add_overflow(channels, in[i].channels, &channels))
            return up_fail(error, UP_ERROR_LIMIT, "joined tensors have too many channels");
    return plan_channels(op, "join channels", in, inputs, 0, channels, error);
}

up_status up_copy_plan(up_op **op, const up_shape *in, up_error *error)
{
    UP_TRY(plan_channels(op, "copy", in, 1, 0, in->channels, error));
    (*op)->view = false;
    return UP_OK;
}

static void span_crop(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    *first = y + ((const crop_op *)base)->top;
    *end = *first + 1;
}

static void columns_of_crop(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    *first = x + ((const crop_op *)base)->left;
    *end = *first + 1;
}

static void run_crop(const up_op *base, const up_window *in, const up_target *to)
{
    const crop_op *op = (const crop_op *)base;
    size_t bytes = (size_t)(to->x1 - to->x0) * sizeof(float);
    for (int c = 0; c < base->out.channels; c++) {
        const float *from = in->row[c * in->count + to->y + op->top - in->first];
        memcpy((float *)to->row[c] + to->x0, from + to->x0 + op->left, bytes);
    }
}

up_status up_crop_plan(up_op **result, const up_shape *in, int left, int top, int width, int height,
                       up_edge edge, up_error *error)
{
    crop_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "crop",
        .in = { *in },
        .out = up_float_shape(width, height, in->channels),
        .inputs = 1,
        .edge = { edge },
        .step = 1,
        .span = span_crop,
        .repeat = up_repeat_same,
        .columns = columns_of_crop,
        .run = run_crop,
    };
    op->left = left;
    op->top = top;
    *result = &op->op;
    return UP_OK;
}
