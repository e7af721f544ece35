/* SPDX-License-Identifier: MIT */
#include "ops/conv/conv.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "ops/conv/conv_plan.h"
#include "ops/conv/conv_winograd.h"

#include <limits.h>

#define FEW_TAPS 64 /* per output: so few that putting phases together counts */

static up_status check_channels(const up_conv *conv, const up_shape *in, up_error *error)
{
    if (conv->groups < 1 || conv->in_channels < 1 || conv->out_channels < 1 ||
        conv->in_channels % conv->groups || conv->out_channels % conv->groups)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%d input and %d output channels do not divide into %d groups",
                       conv->in_channels, conv->out_channels, conv->groups);
    if (conv->in_channels != in->channels)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the weights are for %d channels, but the input has %d", conv->in_channels,
                       in->channels);
    int64_t most = INT_MAX / 8 / conv->in_channels;
    if (conv->kernel[0] > most || (int64_t)conv->kernel[0] * conv->kernel[1] > most)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "a kernel of %dx%d for %d channels is too large", conv->kernel[0],
                       conv->kernel[1], conv->in_channels);
    return UP_OK;
}

/* How many phases and channels are made together. Few channels are made with several phases, which
 * then share what they load. Returns the phases of columns in a pattern. */
static int choose_tile(up_conv_op *op, int outs)
{
    int stride = op->axis[1].phases, channels = op->blocks.channels, columns = 1;
    int phases = up_min(stride, op->axis[1].out);
    int64_t taps = (int64_t)op->axis[0].kernel * op->axis[1].kernel / op->axis[0].phases / stride *
                   (op->op.in[0].channels / op->groups);
    if (channels <= 2)
        columns = up_min(phases, UP_MAX_GROUPS / channels);
    else if (stride == 2 && taps <= FEW_TAPS)
        columns = phases;
    op->paired = stride == 2 && columns == 2;
    op->rows = 1;
    if (channels <= 2 && (stride == 1 || op->paired))
        op->rows = up_min(UP_MAX_GROUPS / channels / columns, op->axis[0].out);
    while (op->axis[0].phases % op->rows && op->rows % op->axis[0].phases)
        op->rows--;
    int most = channels <= 2 ? channels : outs / columns;
    op->blocks.blocks = (channels + most - 1) / most;
    return columns;
}

typedef struct {
    int *rows, *columns; /* sets of row phases, phases of columns; those without taps last */
    bool spare;          /* the last of the columns has no taps */
    int together;        /* phases of columns in a pattern */
} phase_lists;

/* The patterns of one set of rows. */
static up_status plan_set(up_conv_op *op, const up_conv *conv, const phase_lists *lists, int set,
                          up_error *error)
{
    int with_taps = op->phases - lists->spare;
    for (int k = 0; k < op->columns; k++) {
        up_conv_pattern *pattern = &op->pattern[(size_t)set * op->columns + k];
        int first = up_min(k * lists->together, with_taps);
        pattern->rows = op->rows;
        pattern->row_phase = lists->rows[set] * op->rows;
        pattern->columns = first < with_taps ? up_min(lists->together, with_taps - first) : 1;
        for (int j = 0; j < pattern->columns; j++)
            pattern->column_phase[j] = lists->columns[first + j];
        UP_TRY(up_conv_pattern_plan(pattern, conv, op->axis, &op->blocks, error));
    }
    return UP_OK;
}

static up_status plan_patterns(up_conv_op *op, const up_conv *conv, const phase_lists *lists,
                               up_error *error)
{
    op->pattern = up_alloc_zero(op->sets, op->columns * sizeof *op->pattern);
    if (!op->pattern)
        return up_fail_memory(error, "patterns of taps", op->sets * sizeof *op->pattern);
    for (int set = 0; set < op->sets; set++) {
        UP_TRY(plan_set(op, conv, lists, set, error));
        size_t pointers = 0;
        for (int k = 0; k < op->columns; k++)
            pointers += op->pattern[(size_t)set * op->columns + k].pointers;
        for (int k = 0; k < op->columns; k++)
            op->op.bytes += op->pattern[(size_t)set * op->columns + k].bytes;
        op->pointers = pointers > op->pointers ? pointers : op->pointers;
    }
    return UP_OK;
}

static up_status list_phases(up_conv_op *op, phase_lists *lists, up_error *error)
{
    const up_conv_axis *rows = &op->axis[0], *columns = &op->axis[1];
    lists->rows = up_alloc((size_t)rows->kernel + 1, sizeof(int));
    lists->columns = up_alloc((size_t)columns->kernel + 2, sizeof(int));
    int count = up_min(columns->phases, columns->out);
    op->slot = up_alloc(count, sizeof(int));
    if (!lists->rows || !lists->columns || !op->slot)
        return up_fail_memory(error, "phases", count * sizeof(int));
    bool spare;
    int row_sets = (up_min(rows->phases, rows->out) + op->rows - 1) / op->rows;
    op->sets = up_conv_axis_phases(rows, op->rows, row_sets, lists->rows, &spare);
    op->phases = up_conv_axis_phases(columns, 1, count, lists->columns, &lists->spare);
    if (op->paired) {
        op->phases = 2;
        lists->spare = false;
        lists->columns[0] = 0;
        lists->columns[1] = 1;
    }
    for (int p = 0; p < count; p++)
        op->slot[p] = op->phases - 1;
    for (int i = 0; i < op->phases; i++)
        if (lists->columns[i] < count)
            op->slot[lists->columns[i]] = i;
    op->columns =
        (op->phases - lists->spare + lists->together - 1) / lists->together + lists->spare;
    return UP_OK;
}

static up_status plan(up_conv_op *op, const up_conv *conv, up_error *error)
{
    UP_TRY(up_conv_values_copy(&op->values, conv, error));
    phase_lists lists = { .together = choose_tile(op, op->kernels->convolve_outs) };
    up_status status = list_phases(op, &lists, error);
    if (status == UP_OK)
        status = plan_patterns(op, conv, &lists, error);
    up_free(lists.rows);
    up_free(lists.columns);
    if (status != UP_OK)
        return status;
    op->op.step = op->rows;
    op->chunk = up_conv_chunk(op);
    op->op.scratch = up_conv_scratch(op);
    return UP_OK;
}

static void free_conv(up_op *base)
{
    up_conv_op *op = (up_conv_op *)base;
    for (size_t i = 0; op->pattern && i < (size_t)op->sets * op->columns; i++)
        up_conv_pattern_free(&op->pattern[i]);
    up_conv_axis_free(&op->axis[0]);
    up_conv_axis_free(&op->axis[1]);
    up_free(op->pattern);
    up_free(op->slot);
    up_conv_values_free(&op->values);
    up_free(op);
}

static void span(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    up_conv_axis_span(&((const up_conv_op *)base)->axis[0], y, first, end);
}

static void repeat(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    up_conv_axis_repeat(&((const up_conv_op *)base)->axis[0], rows, advance);
}

static void span_columns(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    up_conv_axis_span(&((const up_conv_op *)base)->axis[1], x, first, end);
}

static bool is_pointwise(const up_conv_axis *axis)
{
    return axis->kernel == 1 && axis->phases == 1 && axis->in == axis->out && axis->before == 0;
}

static up_op describe(const up_conv_op *op, const up_shape *in, const up_conv *conv)
{
    const up_conv_axis *rows = &op->axis[0], *columns = &op->axis[1];
    double work = (double)conv->in_channels * conv->out_channels / conv->groups * rows->kernel *
                  columns->kernel;
    if (conv->transposed)
        work *= (double)in->width * in->height / rows->out;
    else
        work *= columns->out;
    return (up_op){
        .name = conv->transposed ? "conv_transpose2d" : "conv2d",
        .in = { *in },
        .out = up_float_shape(columns->out, rows->out, conv->out_channels),
        .inputs = 1,
        .edge = { conv->transposed ? UP_EDGE_ZERO : conv->edge },
        .pointwise = is_pointwise(rows) && is_pointwise(columns),
        .multiply_adds = work,
        .span = span,
        .repeat = repeat,
        .columns = span_columns,
        .run = up_conv_run_rows,
        .free = free_conv,
    };
}

up_status up_conv_plan(up_op **result, const up_shape *in, const up_conv *conv, up_error *error)
{
    UP_TRY(check_channels(conv, in, error));
    if (conv->fast && up_winograd_suits(conv, in))
        return up_winograd_plan(result, in, conv, error);
    up_conv_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->kernels = up_kernels_get();
    op->groups = conv->groups;
    op->blocks.channels = conv->out_channels / conv->groups;
    up_status status = up_conv_axis_plan(&op->axis[0], conv, 0, in->height, error);
    if (status == UP_OK)
        status = up_conv_axis_plan(&op->axis[1], conv, 1, in->width, error);
    if (status == UP_OK) {
        op->op = describe(op, in, conv);
        status = plan(op, conv, error);
    }
    if (status != UP_OK) {
        free_conv(&op->op);
        return status;
    }
    *result = &op->op;
    return UP_OK;
}
