/* SPDX-License-Identifier: MIT */
#include "ops/limit.h"

#include "base/memory.h"

enum {
    CHUNK = 512, /* output columns at a time: all of scratch stays in the nearest cache */
    RADIUS = UP_LIMIT_RADIUS,
    ROWS = 2 * RADIUS + 1,
    SCRATCH_ROW = CHUNK + 2 * UP_LANES + 2 * RADIUS
};

typedef struct {
    up_op op;
    int factor[2];
    float share;
} limit_op;

typedef struct {
    float low[SCRATCH_ROW], high[SCRATCH_ROW];
} range_row;

typedef struct {
    range_row rows;    /* of the source: the ranges of columns of ROWS samples */
    range_row squares; /* of the source: the ranges of ROWS x ROWS samples, widened */
    range_row wide;    /* the same for each column of the output */
} limit_scratch;

static float least(float a, float b)
{
    return a < b ? a : b;
}

static float most(float a, float b)
{
    return a > b ? a : b;
}

static void range_of_rows(range_row *restrict to, const float *const *row, int first, int count)
{
    for (int i = 0; i < count; i++) {
        float low = row[0][first + i], high = low;
        for (int k = 1; k < ROWS; k++) {
            low = least(low, row[k][first + i]);
            high = most(high, row[k][first + i]);
        }
        to->low[i] = low;
        to->high[i] = high;
    }
}

static void range_of_squares(range_row *restrict to, const range_row *restrict from, float share,
                             int count)
{
    for (int i = 0; i < count; i++) {
        float low = from->low[i], high = from->high[i];
        for (int k = 1; k < ROWS; k++) {
            low = least(low, from->low[i + k]);
            high = most(high, from->high[i + k]);
        }
        float margin = share * (high - low);
        to->low[i] = low - margin;
        to->high[i] = high + margin;
    }
}

static void repeat_columns(range_row *restrict to, const range_row *restrict from, int factor,
                           int skip, int count)
{
    for (int x = 0, i = 0; x < count; i++) {
        int end = up_min(count, (i + 1) * factor - skip);
        for (; x < end; x++) {
            to->low[x] = from->low[i];
            to->high[x] = from->high[i];
        }
    }
}

static void clip(float *restrict out, const float *restrict in, const range_row *restrict range,
                 int count)
{
    for (int x = 0; x < count; x++) {
        float v = in[x];
        v = v < range->low[x] ? range->low[x] : v;
        out[x] = v > range->high[x] ? range->high[x] : v;
    }
}

/* The ranges for columns x .. x + n - 1 of the output, in scratch->wide. */
static void make_ranges(const limit_op *op, limit_scratch *scratch, const float *const *row, int x,
                        int n)
{
    int factor = op->factor[1], first = x / factor, columns = (x + n - 1) / factor - first + 1;
    range_of_rows(&scratch->rows, row, first - RADIUS, columns + 2 * RADIUS);
    range_of_squares(&scratch->squares, &scratch->rows, op->share, columns);
    repeat_columns(&scratch->wide, &scratch->squares, factor, x - first * factor, n);
}

/* Columns x .. x + n - 1 of one channel. */
static void limit_columns(const limit_op *op, const up_window *in, const up_target *to, int channel,
                          int x, int n)
{
    limit_scratch *scratch = to->scratch;
    int made = -1;
    for (int i = 0; i < to->rows; i++) {
        int y = to->y + i, from = y / op->factor[0];
        if (from != made) {
            const float *row[ROWS];
            for (int k = 0; k < ROWS; k++)
                row[k] = in[1].row[channel * in[1].count + from - RADIUS + k - in[1].first];
            make_ranges(op, scratch, row, x, n);
            made = from;
        }
        const float *result = in[0].row[channel * in[0].count + y - in[0].first];
        clip((float *)to->row[channel * to->rows + i] + x, result + x, &scratch->wide, n);
    }
}

static void run(const up_op *base, const up_window *in, const up_target *to)
{
    for (int c = 0; c < base->out.channels; c++)
        for (int x = to->x0; x < to->x1; x += CHUNK)
            limit_columns((const limit_op *)base, in, to, c, x, up_min(CHUNK, to->x1 - x));
}

static void reach(int at, int factor, int input, int *first, int *end)
{
    *first = input == 0 ? at : at / factor - RADIUS;
    *end = input == 0 ? at + 1 : at / factor + RADIUS + 1;
}

static void span(const up_op *base, int input, int y, int *first, int *end)
{
    reach(y, ((const limit_op *)base)->factor[0], input, first, end);
}

static void repeat(const up_op *base, int input, int *rows, int *advance)
{
    *rows = input == 0 ? 1 : ((const limit_op *)base)->factor[0];
    *advance = 1;
}

static void columns(const up_op *base, int input, int x, int *first, int *end)
{
    reach(x, ((const limit_op *)base)->factor[1], input, first, end);
}

up_status up_limit_plan(up_op **result, const up_shape *in, const up_shape *source, double share,
                        up_error *error)
{
    limit_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->factor[0] = in->height / source->height;
    op->factor[1] = in->width / source->width;
    op->share = (float)share;
    op->op = (up_op){
        .name = "limit",
        .in = { *in, *source },
        .out = *in,
        .inputs = 2,
        .edge = { UP_EDGE_CLAMP, UP_EDGE_CLAMP },
        .step = up_min(op->factor[0], 8),
        .scratch = sizeof(limit_scratch),
        .span = span,
        .repeat = repeat,
        .columns = columns,
        .run = run,
    };
    *result = &op->op;
    return UP_OK;
}
