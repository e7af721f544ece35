/* SPDX-License-Identifier: MIT */
#include "ops/pool/pool.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"

#include <limits.h>
#include <math.h>

typedef struct {
    up_op op;
    up_pool pool;
} pool_op;

/* Of a kernel. */
static int reach_of(const up_pool *p, int axis)
{
    return p->dilation[axis] * (p->kernel[axis] - 1) + 1;
}

static up_status check(const up_pool *p, int axis, up_error *error)
{
    static const char *const axes[] = { "rows", "columns" };
    int kernel = p->kernel[axis], dilation = p->dilation[axis];
    if (kernel < 1 || p->stride[axis] < 1 || dilation < 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "pooling needs kernel, stride and dilation of at least 1 (%s: %d, %d, %d)",
                       axes[axis], kernel, p->stride[axis], dilation);
    if (up_min(p->pad_before[axis], p->pad_after[axis]) < 0 ||
        up_max(p->pad_before[axis], p->pad_after[axis]) >= kernel)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "pooling needs paddings of at least 0 and less than the kernel (%s: %d and "
                       "%d, kernel %d)",
                       axes[axis], p->pad_before[axis], p->pad_after[axis], kernel);
    if (p->average && dilation != 1)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "average pooling with a dilation of %d is not supported, only of 1",
                       dilation);
    if ((int64_t)dilation * (kernel - 1) >= INT_MAX / 8)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "dilation %d of a pooling kernel of %d is too large (%s)", dilation, kernel,
                       axes[axis]);
    return UP_OK;
}

up_status up_pool_size(const up_pool *p, int height, int width, int size[2], up_error *error)
{
    const int in[2] = { height, width };
    for (int a = 0; a < 2; a++) {
        UP_TRY(check(p, a, error));
        int64_t padded = (int64_t)in[a] + p->pad_before[a] + p->pad_after[a];
        int64_t room = padded - reach_of(p, a);
        if (room < 0 || padded > INT_MAX / 2)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "pooling %dx%d (rows x columns): the kernel reaches over %d, more "
                           "than the padded input; use a smaller --kernel or --dilation",
                           height, width, reach_of(p, a));
        int64_t out = (room + (p->ceil_mode ? p->stride[a] - 1 : 0)) / p->stride[a] + 1;
        /* The last window must start inside the input or its left padding. */
        if (p->ceil_mode && (out - 1) * p->stride[a] >= (int64_t)in[a] + p->pad_before[a])
            out--;
        size[a] = (int)out;
    }
    return UP_OK;
}

/* What lies beyond the input is skipped: there is always something inside. */
static void span_of(const up_pool *p, int axis, int in, int at, int *first, int *end)
{
    int start = at * p->stride[axis] - p->pad_before[axis];
    *first = up_max(0, start);
    *end = up_min(in, start + reach_of(p, axis));
}

static void span_pool(const up_op *base, int input, int y, int *first, int *end)
{
    span_of(&((const pool_op *)base)->pool, 0, base->in[input].height, y, first, end);
}

static void repeat_pool(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    *rows = 1;
    *advance = ((const pool_op *)base)->pool.stride[0];
}

static void columns_of_pool(const up_op *base, int input, int x, int *first, int *end)
{
    span_of(&((const pool_op *)base)->pool, 1, base->in[input].width, x, first, end);
}

/* First position of a window inside the input. */
static int window_start(const up_pool *p, int axis, int o)
{
    int start = o * p->stride[axis] - p->pad_before[axis];
    while (start < 0)
        start += p->dilation[axis];
    return start;
}

static int64_t window_max(const pool_op *op, const float *const *row, int first, int oy, int ox)
{
    const up_pool *p = &op->pool;
    int y1, x1, unused, width = op->op.in[0].width;
    span_of(p, 0, op->op.in[0].height, oy, &unused, &y1);
    span_of(p, 1, width, ox, &unused, &x1);
    int y0 = window_start(p, 0, oy), x0 = window_start(p, 1, ox);
    float most = -INFINITY;
    int64_t position = (int64_t)y0 * width + x0;
    for (int y = y0; y < y1; y += p->dilation[0]) {
        for (int x = x0; x < x1; x += p->dilation[1]) {
            float v = row[y - first][x];
            if (v > most || isnan(v)) {
                most = v;
                position = (int64_t)y * width + x;
            }
        }
    }
    return position;
}

static void run_indices(const up_op *base, const up_window *in, const up_target *to)
{
    for (int c = 0; c < base->out.channels; c++) {
        const float *const *row = (const float *const *)in->row + c * in->count;
        for (int x = to->x0; x < to->x1; x++)
            ((int64_t *)to->row[c])[x] =
                window_max((const pool_op *)base, row, in->first, to->y, x);
    }
}

/* sum[x] of n more numbers, `stride` apart: added, or the greater. */
static void take(float *sum, const float *in, int stride, int n, bool add)
{
    for (int x = 0; add && x < n; x++)
        sum[x] += in[(size_t)x * stride];
    for (int x = 0; !add && x < n; x++) {
        float v = in[(size_t)x * stride];
        sum[x] = v > sum[x] || isnan(v) ? v : sum[x];
    }
}

static void fill(float *row, float value, int n)
{
    for (int x = 0; x < n; x++)
        row[x] = value;
}

/* How many numbers of an axis a window averages. */
static int counted(const pool_op *op, int axis, int in, int at)
{
    const up_pool *p = &op->pool;
    int first, end, start = at * p->stride[axis] - p->pad_before[axis];
    span_of(p, axis, in, at, &first, &end);
    return p->count_padding ? up_min(start + p->kernel[axis], in + p->pad_after[axis]) - start
                            : end - first;
}

/* The rows of the windows are put together first, then the columns of that. */
static void pool_row(const pool_op *op, const float *const *row, int first, const up_target *to,
                     float *out)
{
    const up_pool *p = &op->pool;
    const up_shape *in = &op->op.in[0];
    const float none = p->average ? 0 : -INFINITY;
    int n = to->x1 - to->x0, start = to->x0 * p->stride[1] - p->pad_before[1];
    int columns = (n - 1) * p->stride[1] + reach_of(p, 1);
    int left = up_max(0, start), right = up_min(in->width, start + columns);
    int end = up_min(in->height, to->y * p->stride[0] - p->pad_before[0] + reach_of(p, 0));
    float *sum = to->scratch;
    fill(sum, none, columns);
    for (int y = window_start(p, 0, to->y); y < end; y += p->dilation[0])
        take(sum + left - start, row[y - first] + left, 1, right - left, p->average);
    fill(out + to->x0, none, n);
    for (int k = 0; k < p->kernel[1]; k++)
        take(out + to->x0, sum + (size_t)k * p->dilation[1], p->stride[1], n, p->average);
    if (!p->average)
        return;
    int rows = counted(op, 0, in->height, to->y);
    for (int x = to->x0; x < to->x1; x++)
        out[x] /= (float)rows * (float)counted(op, 1, in->width, x);
}

static void run_pool(const up_op *base, const up_window *in, const up_target *to)
{
    for (int c = 0; c < base->out.channels; c++) {
        const float *const *row = (const float *const *)in->row + (size_t)c * in->count;
        pool_row((const pool_op *)base, row, in->first, to, to->row[c]);
    }
}

static up_status plan(up_op **result, const up_shape *in, const up_pool *pool, up_op described,
                      up_error *error)
{
    pool_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = described;
    op->op.in[0] = *in;
    op->op.inputs = 1;
    op->op.edge[0] = UP_EDGE_ZERO;
    op->op.step = 1;
    op->op.span = span_pool;
    op->op.repeat = repeat_pool;
    op->op.columns = columns_of_pool;
    op->pool = *pool;
    *result = &op->op;
    return UP_OK;
}

up_status up_pool_indices_plan(up_op **op, const up_shape *in, const up_pool *pool, up_error *error)
{
    int size[2];
    UP_TRY(up_pool_size(pool, in->height, in->width, size, error));
    up_op described = { .name = "max pool indices", .run = run_indices };
    described.out = (up_shape){ size[1], size[0], in->channels, sizeof(int64_t), true };
    return plan(op, in, pool, described, error);
}

up_status up_pool_plan(up_op **op, const up_shape *in, const up_pool *pool, up_error *error)
{
    int size[2];
    UP_TRY(up_pool_size(pool, in->height, in->width, size, error));
    size_t columns = (size_t)(size[1] - 1) * pool->stride[1] + reach_of(pool, 1);
    up_op described = { .name = pool->average ? "average pool" : "max pool", .run = run_pool };
    described.out = up_float_shape(size[1], size[0], in->channels);
    described.scratch = columns * sizeof(float);
    return plan(op, in, pool, described, error);
}
