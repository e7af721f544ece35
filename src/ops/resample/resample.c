/* SPDX-License-Identifier: MIT */
#include "ops/resample/resample.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/arrange/planes.h"

#include <math.h>

typedef struct {
    up_op op;
    up_axis axis;
    const up_kernels *kernels;
} rows_op;

typedef struct {
    up_op op;
    up_columns plan;
    int *first;
    float *weight, *phase;
    const up_kernels *kernels;
} columns_op;

static void span_rows(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    const rows_op *op = (const rows_op *)base;
    *first = up_axis_first(&op->axis, y);
    *end = *first + op->axis.taps;
}

static void repeat_rows(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    const up_axis *axis = &((const rows_op *)base)->axis;
    *rows = 0; /* where up_axis_first() rounds */
    if (axis->stretch == floor(axis->stretch))
        up_positions_repeat(&axis->at, rows, advance);
}

/* Rows are made together in blocks of columns, so that the inputs they share are read from the
 * first-level cache. */
#define ROWS_TOGETHER 8
#define BLOCK_COLUMNS 512

static void mix_block(const rows_op *op, const up_window *in, const up_target *to, int c, int x,
                      const int *first, const float *weight)
{
    int taps = op->axis.taps, n = up_min(BLOCK_COLUMNS, to->x1 - x);
    const float **row = to->scratch;
    for (int i = 0; i < to->rows; i++) {
        for (int t = 0; t < taps; t++)
            row[t] = (const float *)in->row[c * in->count + first[i] + t - in->first] + x;
        float *out = (float *)to->row[c * to->rows + i] + x;
        op->kernels->mix_rows(out, row, weight + i * taps, taps, n);
    }
}

static void run_rows(const up_op *base, const up_window *in, const up_target *to)
{
    const rows_op *op = (const rows_op *)base;
    int taps = op->axis.taps, first[ROWS_TOGETHER];
    float *weight = (float *)((const float **)to->scratch + taps);
    for (int i = 0; i < to->rows; i++)
        first[i] = up_axis_weights(&op->axis, to->y + i, weight + i * taps);
    for (int c = 0; c < base->out.channels; c++)
        for (int x = to->x0; x < to->x1; x += BLOCK_COLUMNS)
            mix_block(op, in, to, c, x, first, weight);
}

up_status up_resample_rows_plan(up_op **result, const up_shape *in, const up_axis *axis,
                                up_error *error)
{
    rows_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "resample rows",
        .in = { *in },
        .out = up_float_shape(in->width, axis->at.out, in->channels),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = ROWS_TOGETHER,
        .scratch = axis->taps * (sizeof(float *) + ROWS_TOGETHER * sizeof(float)),
        .multiply_adds = (double)axis->taps * in->width * in->channels,
        .span = span_rows,
        .repeat = repeat_rows,
        .columns = up_span_same,
        .run = run_rows,
    };
    op->axis = *axis;
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}

static void columns_of_filter(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    const columns_op *op = (const columns_op *)base;
    *first = op->first[x];
    *end = *first + op->plan.taps;
}

static void run_columns(const up_op *base, const up_window *in, const up_target *to)
{
    const columns_op *op = (const columns_op *)base;
    for (int c = 0; c < base->out.channels; c++)
        op->kernels->resample_columns(to->row[c], in->row[c * in->count + to->y - in->first],
                                      &op->plan, to->x0, to->x1);
}

static void free_columns(up_op *base)
{
    columns_op *op = (columns_op *)base;
    up_free(op->first);
    up_free(op->weight);
    up_free(op->phase);
    up_free(op);
}

/* Exact enlarging by a whole number: the weights repeat with that period. */
static int whole_scale(const up_axis *axis)
{
    const up_ratio step = axis->at.step;
    return !axis->inside && step.num == 1 && step.den <= 8 ? (int)step.den : 0;
}

static void fill_columns(columns_op *op, const up_axis *axis, int padded, float *weight)
{
    int taps = axis->taps, scale = op->plan.scale;
    for (int x = 0; x < padded; x++) {
        /* The same numbers in every period, whatever the rounding of far positions. */
        int at = up_min(x, axis->at.out - 1);
        int shift = scale ? at / scale : 0;
        op->first[x] = up_axis_weights(axis, scale ? at % scale : at, weight) + shift;
        for (int t = 0; t < taps; t++) {
            op->weight[((size_t)(x / 16) * taps + t) * 16 + x % 16] = weight[t];
            if (x < scale)
                op->phase[x * taps + t] = weight[t];
        }
    }
    op->plan.narrow = true;
    for (int x = 0; x < padded; x++)
        if (op->first[x] - op->first[x / 16 * 16] > 15)
            op->plan.narrow = false;
}

static up_status allocate_columns(columns_op *op, int padded, int taps, up_error *error)
{
    size_t weights;
    if (!up_mul(padded, taps, &weights))
        return up_fail_memory(error, "resampling weights", SIZE_MAX);
    op->first = up_alloc(padded, sizeof(int));
    op->weight = up_alloc(weights, sizeof(float));
    op->phase = op->plan.scale ? up_alloc((size_t)op->plan.scale * taps, sizeof(float)) : NULL;
    if (!op->first || !op->weight || (op->plan.scale && !op->phase))
        return up_fail_memory(error, "resampling weights", weights * sizeof(float));
    return UP_OK;
}

up_status up_resample_columns_plan(up_op **result, const up_shape *in, const up_axis *axis,
                                   up_error *error)
{
    columns_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    int padded = (int)up_round_up(axis->at.out, 16), taps = axis->taps;
    op->plan = (up_columns){ .width = axis->at.out, .taps = taps, .scale = whole_scale(axis) };
    op->op.free = free_columns;
    up_status status = allocate_columns(op, padded, taps, error);
    float *weight = up_alloc(taps, sizeof(float));
    if (status != UP_OK || !weight) {
        free_columns(&op->op);
        up_free(weight);
        return status != UP_OK ? status : up_fail_memory(error, "resampling weights", taps);
    }
    fill_columns(op, axis, padded, weight);
    up_free(weight);
    op->plan.first = op->first;
    op->plan.weight = op->weight;
    op->plan.phase = op->phase;
    op->op = (up_op){
        .name = "resample columns",
        .in = { *in },
        .out = up_float_shape(axis->at.out, in->height, in->channels),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = 1,
        .bytes = up_alloc_bytes((size_t)padded * taps * sizeof(float)) + padded * sizeof(int),
        .multiply_adds = (double)taps * axis->at.out * in->channels,
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = columns_of_filter,
        .run = run_columns,
        .free = free_columns,
    };
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}
