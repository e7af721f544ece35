#include "ops/pool.h"

#include "base/memory.h"
#include "ops/planes.h"

#include <math.h>

typedef struct {
    up_op op;
    up_pool pool;
    bool indices;
} pool_op;

static up_status check(const up_pool *p, int axis, up_error *error)
{
    static const char *const axes[] = { "rows", "columns" };
    if (p->kernel[axis] < 1 || p->stride[axis] < 1 || p->dilation[axis] < 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "pooling needs kernel, stride and dilation of at least 1 (%s: %d, %d, %d)",
                       axes[axis], p->kernel[axis], p->stride[axis], p->dilation[axis]);
    if (p->padding[axis] < 0 || p->padding[axis] > p->kernel[axis] / 2)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "pooling needs a padding between 0 and half the kernel (%s: padding %d, "
                       "kernel %d)",
                       axes[axis], p->padding[axis], p->kernel[axis]);
    return UP_OK;
}

up_status up_pool_size(const up_pool *p, int height, int width, int size[2], up_error *error)
{
    const int in[2] = { height, width };
    for (int a = 0; a < 2; a++) {
        UP_TRY(check(p, a, error));
        int64_t reach = (int64_t)p->dilation[a] * (p->kernel[a] - 1) + 1;
        int64_t room = in[a] + 2 * (int64_t)p->padding[a] - reach;
        if (room < 0)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "pooling %dx%d (rows x columns): the kernel reaches over %lld, more "
                           "than the padded input; use a smaller --kernel or --dilation",
                           height, width, (long long)reach);
        int64_t out = (room + (p->ceil_mode ? p->stride[a] - 1 : 0)) / p->stride[a] + 1;
        /* The last window must start inside the input or its left padding. */
        if (p->ceil_mode && (out - 1) * p->stride[a] >= in[a] + (int64_t)p->padding[a])
            out--;
        size[a] = (int)out;
    }
    return UP_OK;
}

static void span_pool(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    const up_pool *p = &((const pool_op *)base)->pool;
    *first = y * p->stride[0] - p->padding[0];
    *end = *first + p->dilation[0] * (p->kernel[0] - 1) + 1;
}

/* What lies beyond the sides is skipped. */
static void columns_of_pool(const up_op *base, int input, int x, int *first, int *end)
{
    const up_pool *p = &((const pool_op *)base)->pool;
    int start = x * p->stride[1] - p->padding[1];
    *first = up_max(0, start);
    *end = up_min(base->in[input].width, start + p->dilation[1] * (p->kernel[1] - 1) + 1);
}

/* First position of a window inside the input. */
static int window_start(const up_pool *p, int axis, int o)
{
    int start = o * p->stride[axis] - p->padding[axis];
    while (start < 0)
        start += p->dilation[axis];
    return start;
}

static float window_max(const pool_op *op, const float *const *row, int first, int oy, int ox,
                        int64_t *position)
{
    const up_pool *p = &op->pool;
    int width = op->op.in[0].width, height = op->op.in[0].height;
    int y1 =
        up_min(oy * p->stride[0] - p->padding[0] + p->dilation[0] * (p->kernel[0] - 1) + 1, height);
    int x1 =
        up_min(ox * p->stride[1] - p->padding[1] + p->dilation[1] * (p->kernel[1] - 1) + 1, width);
    int y0 = window_start(p, 0, oy), x0 = window_start(p, 1, ox);
    float most = -INFINITY;
    *position = (int64_t)y0 * width + x0;
    for (int y = y0; y < y1; y += p->dilation[0]) {
        for (int x = x0; x < x1; x += p->dilation[1]) {
            float v = row[y - first][x];
            if (v > most || isnan(v)) {
                most = v;
                *position = (int64_t)y * width + x;
            }
        }
    }
    return most;
}

static void run_pool(const up_op *base, const up_window *in, const up_target *to)
{
    const pool_op *op = (const pool_op *)base;
    for (int c = 0; c < base->out.channels; c++) {
        const float *const *row = (const float *const *)in->row + c * in->count;
        for (int x = to->x0; x < to->x1; x++) {
            int64_t position;
            float most = window_max(op, row, in->first, to->y, x, &position);
            if (op->indices)
                ((int64_t *)to->row[c])[x] = position;
            else
                ((float *)to->row[c])[x] = most;
        }
    }
}

up_status up_pool_plan(up_op **result, const up_shape *in, const up_pool *pool, bool indices,
                       up_error *error)
{
    int size[2];
    UP_TRY(up_pool_size(pool, in->height, in->width, size, error));
    pool_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    up_shape out = up_float_shape(size[1], size[0], in->channels);
    if (indices)
        out.bytes = sizeof(int64_t), out.raw = true;
    op->op = (up_op){
        .name = indices ? "max pool indices" : "max pool",
        .in = { *in },
        .out = out,
        .inputs = 1,
        .edge = { UP_EDGE_ZERO },
        .step = 1,
        .span = span_pool,
        .columns = columns_of_pool,
        .run = run_pool,
    };
    op->pool = *pool;
    op->indices = indices;
    *result = &op->op;
    return UP_OK;
}
