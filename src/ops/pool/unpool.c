/* SPDX-License-Identifier: MIT */

#include "ops/pool/pool.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"

#include <string.h>

typedef struct {
    up_op op;
    int64_t *index;
    int *first, *end; /* [output rows] pooled rows whose values land there, made monotone */
} unpool_op;

static void span_unpool(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    const unpool_op *op = (const unpool_op *)base;
    *first = op->first[y];
    *end = op->end[y];
}

/* A value may land in any column. */
static void columns_of_unpool(const up_op *base, int input, int x, int *first, int *end)
{
    (void)x;
    *first = 0;
    *end = base->in[input].width;
}

static void run_unpool(const up_op *base, const up_window *in, const up_target *to)
{
    const unpool_op *op = (const unpool_op *)base;
    const up_shape *shape = &base->in[0];
    int64_t start = (int64_t)to->y * base->out.width;
    for (int c = 0; c < base->out.channels; c++) {
        float *out = to->row[c];
        memset(out + to->x0, 0, (size_t)(to->x1 - to->x0) * sizeof *out);
        for (int r = op->first[to->y]; r < op->end[to->y]; r++) {
            const float *row = in->row[c * in->count + r - in->first];
            const int64_t *index =
                op->index +
                (((size_t)to->frame * shape->channels + c) * shape->height + r) * shape->width;
            for (int x = 0; x < shape->width; x++) {
                int64_t at = index[x] - start;
                if (at >= to->x0 && at < to->x1)
                    out[at] = row[x];
            }
        }
    }
}

static void free_unpool(up_op *base)
{
    unpool_op *op = (unpool_op *)base;
    up_free(op->index);
    up_free(op->first);
    up_free(op->end);
    up_free(op);
}

/* Which pooled rows land in each output row. */
static up_status find_rows(unpool_op *op, int64_t frames, const int size[2], up_error *error)
{
    const up_shape *in = &op->op.in[0];
    int64_t plane = (int64_t)in->height * in->width, total = frames * in->channels * plane;
    int64_t most = (int64_t)size[0] * size[1];
    for (int y = 0; y < size[0]; y++)
        op->first[y] = in->height, op->end[y] = 0;
    for (int64_t i = 0; i < total; i++) {
        int64_t at = op->index[i];
        if (at < 0 || at >= most)
            return up_fail(error, UP_ERROR_WEIGHTS,
                           "max-unpool: index %lld lies outside the output of %d rows and %d "
                           "columns; give the size before pooling with --output-size",
                           (long long)at, size[0], size[1]);
        int row = (int)(i % plane / in->width), y = (int)(at / size[1]);
        op->first[y] = up_min(op->first[y], row);
        op->end[y] = up_max(op->end[y], row + 1);
    }
    for (int y = size[0] - 2; y >= 0; y--)
        op->first[y] = up_min(op->first[y], op->first[y + 1]);
    for (int y = 1; y < size[0]; y++)
        op->end[y] = up_max(op->end[y], op->end[y - 1]);
    for (int y = 0; y < size[0]; y++)
        op->first[y] = up_min(op->first[y], op->end[y]);
    return UP_OK;
}

up_status up_unpool_plan(up_op **result, const up_shape *in, int64_t frames, int64_t *index,
                         const int size[2], up_error *error)
{
    unpool_op *op = up_alloc_zero(1, sizeof *op);
    if (!op) {
        up_free(index);
        return up_fail_memory(error, "an op", sizeof *op);
    }
    op->index = index;
    op->first = up_alloc(size[0], sizeof(int));
    op->end = up_alloc(size[0], sizeof(int));
    op->op = (up_op){
        .name = "max unpool",
        .in = { *in },
        .out = up_float_shape(size[1], size[0], in->channels),
        .inputs = 1,
        .edge = { UP_EDGE_ZERO },
        .step = 1,
        .bytes = (size_t)frames * in->channels * in->height * in->width * sizeof *index,
        .span = span_unpool,
        .columns = columns_of_unpool,
        .run = run_unpool,
        .free = free_unpool,
    };
    up_status status = !op->first || !op->end
                           ? up_fail_memory(error, "row tables", (size_t)size[0] * sizeof(int))
                           : find_rows(op, frames, size, error);
    if (status != UP_OK) {
        free_unpool(&op->op);
        return status;
    }
    *result = &op->op;
    return UP_OK;
}
