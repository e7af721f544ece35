/* SPDX-License-Identifier: MIT */
#include "ops/arrange/slice.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/arrange/arrange.h"
#include "ops/arrange/planes.h"

#include <limits.h>
#include <string.h>

typedef struct {
    up_op op;
    int first[2], step[2];
    const up_kernels *kernels;
} slice_op;

typedef struct {
    up_op op;
    int before[2];
    float value;
} pad_op;

static const char *const axes[] = { "rows", "columns" };

static int place(const slice_op *op, int axis, int at)
{
    return op->first[axis] + at * op->step[axis];
}

static void span_slice(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    *first = place((const slice_op *)base, 0, y);
    *end = *first + 1;
}

static void repeat_slice(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    *rows = 1;
    *advance = ((const slice_op *)base)->step[0];
}

static void columns_of_slice(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    *first = place((const slice_op *)base, 1, x);
    *end = *first + 1;
}

static void run_slice(const up_op *base, const up_window *in, const up_target *to)
{
    const slice_op *op = (const slice_op *)base;
    int row = place(op, 0, to->y) - in->first;
    for (int c = 0; c < base->out.channels; c++) {
        const float *from = in->row[(size_t)c * in->count + row];
        op->kernels->every((float *)to->row[c] + to->x0, from + place(op, 1, to->x0), op->step[1],
                           to->x1 - to->x0);
    }
}

up_status up_slice_plan(up_op **result, const up_shape *in, const int first[2], const int step[2],
                        const int size[2], up_error *error)
{
    const int sizes[2] = { in->height, in->width };
    for (int a = 0; a < 2; a++)
        if (first[a] < 0 || step[a] < 1 || size[a] < 1 ||
            first[a] + (int64_t)(size[a] - 1) * step[a] >= sizes[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "a slice of %d %s from %d on by steps of %d is not inside %d", size[a],
                           axes[a], first[a], step[a], sizes[a]);
    slice_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "slice",
        .in = { *in },
        .out = up_float_shape(size[1], size[0], in->channels),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = 1,
        .span = span_slice,
        .repeat = repeat_slice,
        .columns = columns_of_slice,
        .run = run_slice,
    };
    memcpy(op->first, first, sizeof op->first);
    memcpy(op->step, step, sizeof op->step);
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}

/* Where nothing is read, the nearest row or column is as good as any. */
static void span_pad(const up_op *base, int input, int y, int *first, int *end)
{
    *first = up_clamp(y - ((const pad_op *)base)->before[0], 0, base->in[input].height - 1);
    *end = *first + 1;
}

static void columns_of_pad(const up_op *base, int input, int x, int *first, int *end)
{
    *first = up_clamp(x - ((const pad_op *)base)->before[1], 0, base->in[input].width - 1);
    *end = *first + 1;
}

static void run_pad(const up_op *base, const up_window *in, const up_target *to)
{
    const pad_op *op = (const pad_op *)base;
    int row = to->y - op->before[0], left = op->before[1];
    bool inside = row >= 0 && row < base->in[0].height;
    int first = inside ? up_clamp(left, to->x0, to->x1) : to->x1;
    int end = inside ? up_clamp(left + base->in[0].width, first, to->x1) : to->x1;
    for (int c = 0; c < base->out.channels; c++) {
        float *out = to->row[c];
        const float *from = in->row[(size_t)c * in->count + (inside ? row - in->first : 0)];
        for (int x = to->x0; x < first; x++)
            out[x] = op->value;
        memcpy(out + first, from + first - left, (size_t)(end - first) * sizeof *out);
        for (int x = end; x < to->x1; x++)
            out[x] = op->value;
    }
}

static up_status plan_value(up_op **result, const up_shape *in, const int before[2], int width,
                            int height, float value, up_error *error)
{
    pad_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "pad",
        .in = { *in },
        .out = up_float_shape(width, height, in->channels),
        .inputs = 1,
        .edge = { UP_EDGE_ZERO },
        .step = 1,
        .span = span_pad,
        .repeat = up_repeat_same,
        .columns = columns_of_pad,
        .run = run_pad,
    };
    memcpy(op->before, before, sizeof op->before);
    op->value = value;
    *result = &op->op;
    return UP_OK;
}

up_status up_pad_plan(up_op **op, const up_shape *in, const int before[2], const int after[2],
                      up_edge edge, float value, up_error *error)
{
    const int sizes[2] = { in->height, in->width };
    int padded[2];
    for (int a = 0; a < 2; a++) {
        int64_t size = (int64_t)sizes[a] + before[a] + after[a];
        if (size < 1 || size > INT_MAX / 8)
            return up_fail(error, UP_ERROR_ARGUMENT, "%d %s cannot be padded by %d and %d",
                           sizes[a], axes[a], before[a], after[a]);
        if (edge == UP_EDGE_REFLECT && up_max(before[a], after[a]) >= sizes[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "cannot pad %d %s by reflecting %d: the padding must be smaller",
                           sizes[a], axes[a], up_max(before[a], after[a]));
        padded[a] = (int)size;
    }
    if (edge == UP_EDGE_ZERO && value != 0)
        return plan_value(op, in, before, padded[1], padded[0], value, error);
    return up_crop_plan(op, in, -before[1], -before[0], padded[1], padded[0], edge, error);
}
