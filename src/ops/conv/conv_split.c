/* SPDX-License-Identifier: MIT */
/* A transposed convolution in two ops: every input row goes through the columns of the kernel once
 * for each row of the kernel, then the rows so made are summed up. */
#include "ops/conv/conv_split.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "ops/conv/conv_axis.h"
#include "ops/conv/conv_values.h"

typedef struct {
    up_op op;
    up_conv_axis axis;
    float *weight;
    up_conv_values values;
    const up_kernels *kernels;
} rows_op;

bool up_conv_splits(const up_conv *conv)
{
    int64_t made = (int64_t)conv->out_channels * conv->kernel[0];
    return conv->transposed && conv->kernel[0] > conv->stride[0] && made <= conv->in_channels / 2;
}

up_status up_conv_columns_plan(up_op **op, const up_shape *in, const up_conv *conv, up_error *error)
{
    up_conv columns = *conv; /* its weights lie just as the rows of the kernel as channels need */
    columns.out_channels *= conv->kernel[0];
    columns.bias = columns.slope = columns.bounds = NULL;
    columns.kernel[0] = columns.stride[0] = columns.dilation[0] = 1;
    columns.pad_before[0] = columns.pad_after[0] = columns.output_padding[0] = 0;
    return up_conv_plan(op, in, &columns, error);
}

static void span(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    up_conv_axis_span(&((const rows_op *)base)->axis, y, first, end);
}

static void repeat(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    up_conv_axis_repeat(&((const rows_op *)base)->axis, rows, advance);
}

static void sum_row(const rows_op *op, const up_window *in, const up_target *to, int channel, int i)
{
    const up_conv_axis *axis = &op->axis;
    const float **row = to->scratch;
    int y = to->y + i, phase = y % axis->phases, step = y / axis->phases, count = 0;
    for (const up_conv_index *k = axis->index; k < axis->index + axis->kernel; k++) {
        size_t plane = (size_t)channel * axis->kernel + k->kernel;
        if (k->phase == phase)
            row[count++] = in->row[plane * in->count + step + k->offset - in->first];
    }
    const up_tap_run run = { 1, count };
    up_taps taps = { .groups = 1, .size = 1, .runs = 1, .run = &run, .weight = op->weight };
    up_conv_values_of(&op->values, channel, &taps);
    float *out = (float *)to->row[channel * to->rows + i] + to->x0;
    op->kernels->convolve(&out, row, &taps, to->x0, to->x1 - to->x0);
}

static void run(const up_op *base, const up_window *in, const up_target *to)
{
    for (int c = 0; c < base->out.channels; c++)
        for (int i = 0; i < to->rows; i++)
            sum_row((const rows_op *)base, in, to, c, i);
}

static void free_rows(up_op *base)
{
    rows_op *op = (rows_op *)base;
    up_conv_axis_free(&op->axis);
    up_free(op->weight);
    up_conv_values_free(&op->values);
    up_free(op);
}

/* As many ones as the kernel has rows. */
static up_status make_weights(rows_op *op, const up_conv *conv, up_error *error)
{
    const size_t count = (size_t)conv->kernel[0];
    op->weight = up_alloc(count, sizeof *op->weight);
    if (!op->weight)
        return up_fail_memory(error, "weights", count * sizeof *op->weight);
    for (size_t i = 0; i < count; i++)
        op->weight[i] = 1;
    return UP_OK;
}

up_status up_conv_rows_plan(up_op **result, const up_shape *in, const up_conv *conv,
                            up_error *error)
{
    rows_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    up_status status = up_conv_axis_plan(&op->axis, conv, 0, in->height, error);
    if (status == UP_OK)
        status = make_weights(op, conv, error);
    if (status == UP_OK)
        status = up_conv_values_copy(&op->values, conv, error);
    if (status != UP_OK) {
        free_rows(&op->op);
        return status;
    }
    op->op = (up_op){
        .name = "sum of rows",
        .in = { *in },
        .out = up_float_shape(in->width, op->axis.out, conv->out_channels),
        .inputs = 1,
        .edge = { UP_EDGE_ZERO },
        .step = up_min(op->axis.phases, op->axis.out),
        .scratch = conv->kernel[0] * sizeof(float *),
        .span = span,
        .repeat = repeat,
        .columns = up_span_same,
        .run = run,
        .free = free_rows,
    };
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}
