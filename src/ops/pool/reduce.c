/* SPDX-License-Identifier: MIT */
#include "ops/pool/reduce.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"

#include <math.h>

typedef struct {
    up_op op;
    up_reduction kind;
} reduce_op;

/* Rows of `width` doubles for each channel: what is summed up of them, or their means; of kinds
 * that need the sums of squares of the deviations from those as well, these follow. */
static bool needs_squares(up_reduction kind)
{
    return kind != UP_REDUCE_MEAN && kind != UP_REDUCE_MAX;
}

static void add_sums(double *sum, const float *in, int n)
{
    for (int x = 0; x < n; x++)
        sum[x] += in[x];
}

static void keep_greatest(double *most, const float *in, int n)
{
    for (int x = 0; x < n; x++)
        most[x] = in[x] <= most[x] ? most[x] : in[x];
}

/* Welford, one column each: deviations from a mean that is near, never a difference of squares. */
static void add_squares(double *mean, double *squares, const float *in, int rows, int n)
{
    const double share = 1.0 / rows;
    for (int x = 0; x < n; x++) {
        double before = in[x] - mean[x];
        mean[x] += before * share;
        squares[x] += before * (in[x] - mean[x]);
    }
}

static void run_reduce(const up_op *base, const up_window *in, const up_target *to)
{
    const up_reduction kind = ((const reduce_op *)base)->kind;
    const int channels = base->in[0].channels, n = to->x1 - to->x0;
    for (int c = 0; c < channels; c++) {
        const float *row = (const float *)in->row[c * in->count + to->y - in->first] + to->x0;
        double *a = (double *)to->row[c] + to->x0;
        double *b = needs_squares(kind) ? (double *)to->row[channels + c] + to->x0 : a;
        for (int x = 0; x < n && to->y == 0; x++) {
            b[x] = 0;
            a[x] = kind == UP_REDUCE_MAX ? -INFINITY : 0;
        }
        if (kind == UP_REDUCE_MEAN)
            add_sums(a, row, n);
        else if (kind == UP_REDUCE_MAX)
            keep_greatest(a, row, n);
        else
            add_squares(a, b, row, to->y + 1, n);
    }
}

static bool makes_pairs(up_reduction kind)
{
    return kind == UP_REDUCE_MEAN_VARIANCE || kind == UP_REDUCE_MEAN_DEVIATION;
}

static double mean_of(const double *sum, int width, int height)
{
    double all = 0;
    for (int x = 0; x < width; x++)
        all += sum[x];
    return all / ((double)width * height);
}

static double greatest_of(const double *most, int width)
{
    double all = most[0];
    for (int x = 1; x < width; x++)
        all = most[x] <= all ? all : most[x];
    return all;
}

/* Chan's formula, for columns of `height` samples each. */
static double variance_of(const double *mean, const double *squares, int width, int height,
                          double *all)
{
    double sum = squares[0];
    *all = mean[0];
    for (int x = 1; x < width; x++) {
        double difference = mean[x] - *all;
        sum += squares[x] + difference * difference * ((double)height * x / (x + 1));
        *all += difference / (x + 1);
    }
    return sum / ((double)width * height);
}

static void put(const up_whole *whole, int channel, double value)
{
    *(float *)((char *)whole->result + channel * whole->result_plane_bytes) = (float)value;
}

static up_status finish_reduce(const up_op *op, const up_whole *whole, up_error *error)
{
    (void)error;
    const up_reduction kind = ((const reduce_op *)op)->kind;
    const int channels = op->in[0].channels, width = op->in[0].width, height = op->in[0].height;
    for (int c = 0; c < channels; c++) {
        const double *a = (const double *)((const char *)whole->rows + c * whole->plane_bytes);
        if (!needs_squares(kind)) {
            put(whole, c,
                kind == UP_REDUCE_MAX ? greatest_of(a, width) : mean_of(a, width, height));
            continue;
        }
        const double *b = a + channels * (whole->plane_bytes / sizeof *a);
        double mean, variance = variance_of(a, b, width, height, &mean);
        double second = kind == UP_REDUCE_MEAN_VARIANCE ? variance : sqrt(variance);
        if (makes_pairs(kind))
            put(whole, channels + c, second);
        put(whole, c, makes_pairs(kind) ? mean : mean + second);
    }
    return UP_OK;
}

static up_shape result_shape(const up_shape *in, up_reduction kind)
{
    return up_float_shape(1, 1, in->channels << makes_pairs(kind));
}

up_status up_reduce_plan(up_op **result, const up_shape *in, up_reduction kind, up_error *error)
{
    reduce_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "reduce",
        .in = { *in },
        .out = { in->width, in->height, in->channels << needs_squares(kind), sizeof(double), true },
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .running = true,
        .step = 1,
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = run_reduce,
        .finish = finish_reduce,
        .result = result_shape(in, kind),
    };
    op->kind = kind;
    *result = &op->op;
    return UP_OK;
}

/* ---- the way back */

static void span_spread(const up_op *op, int input, int at, int *first, int *end)
{
    (void)op;
    *first = input == 0 ? at : 0;
    *end = *first + 1;
}

static void repeat_spread(const up_op *op, int input, int *rows, int *advance)
{
    (void)op;
    *rows = 1;
    *advance = input == 0;
}

static void run_spread(const up_op *op, const up_window *in, const up_target *to, bool scales)
{
    const int n = to->x1 - to->x0, step = op->in[1].channels > 1;
    for (int c = 0; c < op->out.channels; c++) {
        const float *v = (const float *)in->row[c * in->count + to->y - in->first] + to->x0;
        const float s = *(const float *)in[1].row[c * step * in[1].count - in[1].first];
        float *out = (float *)to->row[c] + to->x0;
        for (int x = 0; x < n; x++)
            out[x] = scales ? v[x] * s : v[x] + s;
    }
}

static void run_scale(const up_op *op, const up_window *in, const up_target *to)
{
    run_spread(op, in, to, true);
}

static void run_shift(const up_op *op, const up_window *in, const up_target *to)
{
    run_spread(op, in, to, false);
}

static up_status plan_spread(up_op **result, const up_shape *plane, const up_shape *one,
                             bool scales, up_error *error)
{
    if (one->width != 1 || one->height != 1 ||
        (one->channels != 1 && one->channels != plane->channels))
        return up_fail(error, UP_ERROR_WEIGHTS, "%dx%dx%d cannot apply to all of %dx%dx%d",
                       one->width, one->height, one->channels, plane->width, plane->height,
                       plane->channels);
    up_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    *op = (up_op){
        .name = scales ? "scale" : "shift",
        .in = { *plane, *one },
        .out = *plane,
        .inputs = 2,
        .edge = { UP_EDGE_CLAMP, UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .span = span_spread,
        .repeat = repeat_spread,
        .columns = span_spread,
        .run = scales ? run_scale : run_shift,
    };
    *result = op;
    return UP_OK;
}

up_status up_scale_plan(up_op **op, const up_shape *plane, const up_shape *one, up_error *error)
{
    return plan_spread(op, plane, one, true, error);
}

up_status up_shift_plan(up_op **op, const up_shape *plane, const up_shape *one, up_error *error)
{
    return plan_spread(op, plane, one, false, error);
}
