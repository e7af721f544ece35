/* SPDX-License-Identifier: MIT */
#include "ops/arrange/shuffle.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/arrange/planes.h"

typedef struct {
    up_op op;
    int factor;
    up_cell_order order;
    int channels; /* of the side with the pixels */
    const up_kernels *kernels;
} shuffle_op;

static int channel_of(const shuffle_op *op, int c, int i, int j)
{
    return op->order == UP_CELLS_INSIDE ? (c * op->factor + i) * op->factor + j
                                        : (i * op->factor + j) * op->channels + c;
}

/* Of rows, and of columns. */
static void span_shuffle(const up_op *base, int input, int at, int *first, int *end)
{
    (void)input;
    *first = at / ((const shuffle_op *)base)->factor;
    *end = *first + 1;
}

static void repeat_shuffle(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    *rows = ((const shuffle_op *)base)->factor;
    *advance = 1;
}

/* Row `sub` of the cells of channel c, columns x0 .. x1 - 1, which may begin inside a cell. */
static void shuffle_row(const shuffle_op *op, const up_window *in, int c, int sub,
                        const up_target *to, float *out)
{
    int factor = op->factor, start = to->x0 % factor;
    const float **phase = to->scratch;
    int row = (to->y + sub) / factor - in->first;
    for (int i = 0; i < factor; i++) {
        int channel = channel_of(op, c, sub, (start + i) % factor);
        const float *from = in->row[(size_t)channel * in->count + row];
        phase[i] = from + to->x0 / factor + (start + i) / factor;
    }
    op->kernels->interleave(out + to->x0, phase, factor, to->x1 - to->x0);
}

static void run_shuffle(const up_op *base, const up_window *in, const up_target *to)
{
    const shuffle_op *op = (const shuffle_op *)base;
    for (int c = 0; c < base->out.channels; c++)
        for (int i = 0; i < to->rows; i++)
            shuffle_row(op, in, c, i, to, to->row[c * to->rows + i]);
}

static void span_unshuffle(const up_op *base, int input, int at, int *first, int *end)
{
    (void)input;
    int factor = ((const shuffle_op *)base)->factor;
    *first = at * factor;
    *end = *first + factor;
}

static void repeat_unshuffle(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    *rows = 1;
    *advance = ((const shuffle_op *)base)->factor;
}

static void run_unshuffle(const up_op *base, const up_window *in, const up_target *to)
{
    const shuffle_op *op = (const shuffle_op *)base;
    int factor = op->factor, top = to->y * factor - in->first;
    for (int c = 0; c < op->channels; c++)
        for (int i = 0; i < factor; i++) {
            const float *from = in->row[(size_t)c * in->count + top + i];
            for (int j = 0; j < factor; j++)
                op->kernels->every((float *)to->row[channel_of(op, c, i, j)] + to->x0,
                                   from + (size_t)to->x0 * factor + j, factor, to->x1 - to->x0);
        }
}

static up_status make(up_op **result, const up_op *described, int factor, up_cell_order order,
                      int channels, up_error *error)
{
    shuffle_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = *described;
    op->factor = factor;
    op->order = order;
    op->channels = channels;
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}

up_status up_shuffle_plan(up_op **result, const up_shape *in, int factor, up_cell_order order,
                          up_error *error)
{
    int width, height, cell;
    if (factor < 1 || __builtin_mul_overflow(factor, factor, &cell) || in->channels % cell)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "a pixel shuffle by %d needs a multiple of %d x %d channels, there are %d",
                       factor, factor, factor, in->channels);
    if (__builtin_mul_overflow(in->width, factor, &width) ||
        __builtin_mul_overflow(in->height, factor, &height))
        return up_fail(error, UP_ERROR_LIMIT, "pixel shuffle: %dx%d times %d is too large",
                       in->width, in->height, factor);
    const up_op op = {
        .name = "pixel shuffle",
        .in = { *in },
        .out = up_float_shape(width, height, in->channels / cell),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = factor,
        .scratch = factor * sizeof(float *),
        .span = span_shuffle,
        .repeat = repeat_shuffle,
        .columns = span_shuffle,
        .run = run_shuffle,
    };
    return make(result, &op, factor, order, op.out.channels, error);
}

up_status up_unshuffle_plan(up_op **result, const up_shape *in, int factor, up_cell_order order,
                            up_error *error)
{
    int cell, channels;
    if (factor < 1 || in->width % factor || in->height % factor)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "a pixel unshuffle by %d needs a width and height that are multiples of it, "
                       "but the input is %dx%d",
                       factor, in->width, in->height);
    if (__builtin_mul_overflow(factor, factor, &cell) ||
        __builtin_mul_overflow(cell, in->channels, &channels))
        return up_fail(error, UP_ERROR_LIMIT, "pixel unshuffle: %d channels by %d are too many",
                       in->channels, factor);
    const up_op op = {
        .name = "pixel unshuffle",
        .in = { *in },
        .out = up_float_shape(in->width / factor, in->height / factor, channels),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = 1,
        .span = span_unshuffle,
        .repeat = repeat_unshuffle,
        .columns = span_unshuffle,
        .run = run_unshuffle,
    };
    return make(result, &op, factor, order, in->channels, error);
}
