/* SPDX-License-Identifier: MIT */
#include "ops/resample/replicate.h"

#include "base/memory.h"
#include "kernels/kernels.h"

#include <string.h>

typedef struct {
    up_op op;
    up_positions rows;
    up_rounding rounding;
    int whole; /* columns are repeated exactly this often; 0: by index */
    int *index;
    const up_kernels *kernels;
} nearest_op;

typedef struct {
    up_op op;
    int scale[2];
} nails_op;

static void span_nearest(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    const nearest_op *op = (const nearest_op *)base;
    *first = up_positions_round(&op->rows, y, op->rounding);
    *end = *first + 1;
}

static void repeat_nearest(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    up_positions_repeat(&((const nearest_op *)base)->rows, rows, advance);
}

static void columns_of_nearest(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    *first = ((const nearest_op *)base)->index[x];
    *end = *first + 1;
}

static void copy_columns(const nearest_op *op, char *out, const char *in, int x0, int x1)
{
    int bytes = op->op.out.bytes, s = op->whole;
    /* Whole cells are repeated; the parts of cells at either end of a slice go by index. */
    int from = s ? up_min((int)up_round_up(x0, s), x1) : x1;
    int end = s ? up_max(from, x1 / s * s) : x1;
    op->kernels->gather(out + (size_t)x0 * bytes, in, bytes, op->index + x0, from - x0);
    if (end > from)
        op->kernels->repeat(out + (size_t)from * bytes, in + (size_t)(from / s) * bytes, bytes, s,
                            (end - from) / s);
    op->kernels->gather(out + (size_t)end * bytes, in, bytes, op->index + end, x1 - end);
}

static void run_nearest(const up_op *base, const up_window *in, const up_target *to)
{
    const nearest_op *op = (const nearest_op *)base;
    size_t start = (size_t)to->x0 * base->out.bytes;
    size_t size = (size_t)(to->x1 - to->x0) * base->out.bytes;
    for (int c = 0; c < base->out.channels; c++) {
        int made = -1;
        for (int i = 0; i < to->rows; i++) {
            int y, end;
            span_nearest(base, 0, to->y + i, &y, &end);
            char *out = to->row[c * to->rows + i];
            if (y == made)
                memcpy(out + start, (char *)to->row[c * to->rows + i - 1] + start, size);
            else
                copy_columns(op, out, in->row[c * in->count + y - in->first], to->x0, to->x1);
            made = y;
        }
    }
}

static void free_nearest(up_op *base)
{
    up_free(((nearest_op *)base)->index);
    up_free(base);
}

/* How often every column is repeated, 0 if not all of them are as often. */
static int whole_scale(const int *index, const up_positions *columns)
{
    int64_t scale = columns->step.den;
    if (columns->step.num != 1 || scale >= 256)
        return 0;
    for (int x = 0; x < columns->out; x++)
        if (index[x] != x / scale)
            return 0;
    return (int)scale;
}

up_status up_nearest_plan(up_op **result, const up_shape *in, const up_positions at[2],
                          up_rounding rounding, up_error *error)
{
    const up_positions *rows = &at[0], *columns = &at[1];
    nearest_op *op = up_alloc_zero(1, sizeof *op);
    int *index = up_alloc(columns->out, sizeof *index);
    if (!op || !index) {
        up_free(op);
        up_free(index);
        return up_fail_memory(error, "an op", (size_t)columns->out * sizeof *index);
    }
    for (int x = 0; x < columns->out; x++)
        index[x] = up_positions_round(columns, x, rounding);
    int64_t num = rows->step.num, per_row = num ? (rows->step.den + num - 1) / num : 1;
    op->op = (up_op){
        .name = "nearest",
        .in = { *in },
        .out = { columns->out, rows->out, in->channels, in->bytes, in->raw },
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = (int)(per_row < 8 ? per_row : 8),
        .span = span_nearest,
        .repeat = repeat_nearest,
        .columns = columns_of_nearest,
        .run = run_nearest,
        .free = free_nearest,
    };
    op->rows = *rows;
    op->rounding = rounding;
    op->whole = whole_scale(index, columns);
    op->index = index;
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}

static void span_nails(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    *first = y / ((const nails_op *)base)->scale[0];
    *end = *first + 1;
}

static void repeat_nails(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    *rows = ((const nails_op *)base)->scale[0];
    *advance = 1;
}

static void columns_of_nails(const up_op *base, int input, int x, int *first, int *end)
{
    (void)input;
    *first = x / ((const nails_op *)base)->scale[1];
    *end = *first + 1;
}

static void run_nails(const up_op *base, const up_window *in, const up_target *to)
{
    const nails_op *op = (const nails_op *)base;
    int bytes = base->out.bytes, s = op->scale[1];
    for (int c = 0; c < base->out.channels; c++) {
        char *out = to->row[c];
        memset(out + (size_t)to->x0 * bytes, 0, (size_t)(to->x1 - to->x0) * bytes);
        if (to->y % op->scale[0])
            continue;
        const char *row = in->row[c * in->count + to->y / op->scale[0] - in->first];
        for (int x = (int)up_round_up(to->x0, s); x < to->x1; x += s)
            memcpy(out + (size_t)x * bytes, row + (size_t)(x / s) * bytes, bytes);
    }
}

up_status up_nails_plan(up_op **result, const up_shape *in, const int scale[2], up_error *error)
{
    int width, height;
    if (__builtin_mul_overflow(in->width, scale[1], &width) ||
        __builtin_mul_overflow(in->height, scale[0], &height))
        return up_fail(error, UP_ERROR_LIMIT, "bed-of-nails: %dx%d times %d is too large",
                       in->width, in->height, up_max(scale[0], scale[1]));
    nails_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "bed-of-nails",
        .in = { *in },
        .out = { width, height, in->channels, in->bytes, in->raw },
        .inputs = 1,
        .edge = { UP_EDGE_ZERO },
        .step = 1,
        .span = span_nails,
        .repeat = repeat_nails,
        .columns = columns_of_nails,
        .run = run_nails,
    };
    op->scale[0] = scale[0];
    op->scale[1] = scale[1];
    *result = &op->op;
    return UP_OK;
}
