/* SPDX-License-Identifier: MIT */
#include "ops/resample/resample_bytes.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/resample/byte_weights.h"

#include <limits.h>
#include <string.h>

typedef struct {
    up_op op;
    up_byte_axis rows, columns;
    up_byte_columns plan;
    int *start;
    int16_t *index, *weight;
    bool past;
    const up_kernels *kernels;
} bytes_op;

/* Rows are made together in blocks of columns, so that inputs and words stay in the first-level
 * cache. */
#define ROWS_TOGETHER 8
#define BLOCK_COLUMNS 1024
#define SPARE_WORDS 512 /* that kernels may touch beyond a block */
#define TABLE_SPARE 3   /* groups */

/* Of enlarging, no block takes more inputs than it makes outputs, but for the taps. */
static size_t word_bytes(int channels)
{
    const size_t columns = BLOCK_COLUMNS + UP_BYTE_TAPS;
    return up_round_up((columns * channels + SPARE_WORDS) * sizeof(int16_t), UP_ALIGN);
}

static void span_bytes(const up_op *base, int input, int y, int *first, int *end)
{
    (void)input;
    const bytes_op *op = (const bytes_op *)base;
    *first = up_byte_axis_first(&op->rows, y);
    *end = *first + op->rows.taps;
}

static void repeat_bytes(const up_op *base, int input, int *rows, int *advance)
{
    (void)input;
    const bytes_op *op = (const bytes_op *)base;
    *rows = op->rows.phases;
    *advance = op->rows.advance;
}

/* Raw rows have nothing beyond their ends: what is wanted of there is made from the ends. */
static void columns_of_bytes(const up_op *base, int input, int x, int *first, int *end)
{
    const bytes_op *op = (const bytes_op *)base;
    const int from = up_byte_axis_first(&op->columns, x), last = base->in[input].width - 1;
    *first = up_clamp(from, 0, last);
    *end = up_clamp(from + op->columns.taps - 1, 0, last) + 1;
}

typedef struct {
    const bytes_op *op;
    const up_window *in;
    int channel; /* of the rows */
    int x0, x1;  /* columns to be made ... */
    int c0, c1;  /* ... of these, of which `first` to `end` are there */
    int first, end;
    int16_t *words; /* where column c0 goes */
} block;

static void repeat_pixel(int16_t *out, const int16_t *pixel, int channels, int count)
{
    for (int i = 0; i < count * channels; i++)
        out[i] = pixel[i % channels];
}

/* Row y as words, the ends repeated. */
static void mix_row(const block *b, int y)
{
    const up_byte_axis *rows = &b->op->rows;
    const int channels = b->op->plan.channels, phase = y % rows->phases;
    const int from = up_byte_axis_first(rows, y) - b->in->first;
    const uint8_t *row[UP_BYTE_TAPS];
    up_byte_rows plan = { .taps = rows->taps,
                          .shift = rows->shift,
                          .fine = rows->fine,
                          .bias = rows->bias[phase],
                          .fine_bias = rows->fine_bias[phase] };
    memcpy(plan.weight, rows->weight[phase], sizeof plan.weight);
    for (int t = 0; t < rows->taps; t++)
        row[t] = (const uint8_t *)b->in->row[b->channel * b->in->count + from + t] +
                 (size_t)b->first * channels;
    int16_t *there = b->words + (size_t)(b->first - b->c0) * channels;
    int16_t *behind = b->words + (size_t)(b->end - b->c0) * channels;
    b->op->kernels->mix_bytes(there, row, &plan, (b->end - b->first) * channels);
    repeat_pixel(b->words, there, channels, b->first - b->c0);
    repeat_pixel(behind, behind - channels, channels, b->c1 - b->end);
}

static void make_row(const block *b, int y, uint8_t *out, uint8_t *piece)
{
    const bytes_op *op = b->op;
    const int channels = op->plan.channels, n = (b->x1 - b->x0) * channels;
    mix_row(b, y);
    uint8_t *to = out + (size_t)b->x0 * channels;
    const bool aligned = (uintptr_t)to % UP_ALIGN == 0, copied = op->past && !aligned;
    op->kernels->resample_bytes(copied ? piece : to, b->words - (ptrdiff_t)b->c0 * channels,
                                &op->plan, op->past && aligned, b->x0 * channels, n);
    if (copied)
        op->kernels->copy_past(to, piece, n);
}

static void run_bytes(const up_op *base, const up_window *in, const up_target *to)
{
    const bytes_op *op = (const bytes_op *)base;
    uint8_t *piece = (uint8_t *)to->scratch + word_bytes(op->plan.channels);
    block b = { .op = op, .in = in, .words = to->scratch };
    for (b.channel = 0; b.channel < base->out.channels; b.channel++)
        for (b.x0 = to->x0; b.x0 < to->x1; b.x0 = b.x1) {
            int unused;
            b.x1 = up_min(b.x0 + BLOCK_COLUMNS, to->x1);
            b.c0 = up_byte_axis_first(&op->columns, b.x0);
            b.c1 = up_byte_axis_first(&op->columns, b.x1 - 1) + op->columns.taps;
            columns_of_bytes(base, 0, b.x0, &b.first, &unused);
            columns_of_bytes(base, 0, b.x1 - 1, &unused, &b.end);
            for (int i = 0; i < to->rows; i++)
                make_row(&b, to->y + i, to->row[b.channel * to->rows + i], piece);
        }
}

static void free_bytes(up_op *base)
{
    bytes_op *op = (bytes_op *)base;
    up_free(op->start);
    up_free(op->index);
    up_free(op->weight);
    up_free(op);
}

static int common_divisor(int a, int b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* The two bytes of a word. */
static int16_t place_of(int word)
{
    return (int16_t)(2 * word | (2 * word + 1) << 8);
}

/* One sample of a group: its words and weights. */
static void fill_lane(bytes_op *op, int group, int lane)
{
    const up_byte_columns *plan = &op->plan;
    const int pairs = plan->taps / 2 * (plan->fine ? 2 : 1), words = 2 * plan->lanes;
    const int i = group * plan->lanes + lane, column = i / plan->channels;
    const int16_t *weight = op->columns.weight[column % op->columns.phases];
    const int at = up_byte_axis_first(&op->columns, column) * plan->channels + i % plan->channels;
    int *start = &op->start[(group * plan->lanes + lane) / plan->window];
    if (lane % plan->window == 0) {
        *start = INT_MAX;
        for (int next = i; next < i + plan->window; next++)
            *start = up_min(*start, up_byte_axis_first(&op->columns, next / plan->channels) *
                                            plan->channels +
                                        next % plan->channels);
    }
    if (at - *start + (plan->taps - 1) * plan->channels >= 2 * plan->window)
        op->plan.together = false;
    int16_t *index = op->index + (size_t)group * words + 2 * lane;
    index[0] = place_of(at - *start);
    index[1] = place_of(at - *start + plan->channels);
    for (int p = 0; p < pairs; p++)
        memcpy(op->weight + ((size_t)group * pairs + p) * words + 2 * lane, weight + 2 * p,
               2 * sizeof *weight);
}

static up_status fill_columns(bytes_op *op, int channels, up_error *error)
{
    const up_byte_axis *axis = &op->columns;
    const int lanes = op->kernels->byte_lanes, window = op->kernels->byte_window;
    const int repeat = axis->phases * channels; /* samples */
    const int period = repeat / common_divisor(repeat, lanes), groups = period + TABLE_SPARE;
    const size_t pairs = axis->taps / 2 * (axis->fine ? 2 : 1), words = (size_t)groups * 2 * lanes;
    op->start = up_alloc((size_t)groups * lanes / window, sizeof *op->start);
    op->index = up_alloc(words, sizeof *op->index);
    op->weight = up_alloc(words * pairs, sizeof *op->weight);
    if (!op->start || !op->index || !op->weight)
        return up_fail_memory(error, "resampling weights", words * pairs * sizeof *op->weight);
    op->plan = (up_byte_columns){
        .taps = axis->taps,
        .shift = axis->shift,
        .fine = axis->fine,
        .together = true,
        .channels = channels,
        .lanes = lanes,
        .window = window,
        .period = period,
        .advance = period * lanes / repeat * axis->advance * channels,
        .start = op->start,
        .index = op->index,
        .weight = op->weight,
    };
    for (int g = 0; g < groups; g++)
        for (int lane = 0; lane < lanes; lane++)
            fill_lane(op, g, lane);
    return UP_OK;
}

static void set_op(bytes_op *op, const up_shape *in, const up_axis *rows, const up_axis *columns)
{
    const int width = columns->at.out;
    op->op = (up_op){
        .name = "resample bytes",
        .in = { *in },
        .out = { width, rows->at.out, in->channels, in->bytes, true },
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .step = ROWS_TOGETHER,
        .scratch = word_bytes(in->bytes) + (size_t)BLOCK_COLUMNS * in->bytes,
        .multiply_adds = ((double)rows->taps * in->width + (double)columns->taps * width) *
                         in->channels * in->bytes,
        .span = span_bytes,
        .repeat = repeat_bytes,
        .columns = columns_of_bytes,
        .run = run_bytes,
        .free = free_bytes,
    };
}

up_status up_resample_bytes_plan(up_op **result, const up_shape *in, const up_axis *rows,
                                 const up_axis *columns, bool past, up_error *error)
{
    up_byte_axis byte_rows, byte_columns;
    *result = NULL;
    if (!up_byte_axes_find(&byte_rows, &byte_columns, rows, columns))
        return UP_OK;
    bytes_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->rows = byte_rows;
    op->columns = byte_columns;
    op->past = past;
    op->kernels = up_kernels_get();
    up_status status = fill_columns(op, in->bytes, error);
    if (status != UP_OK) {
        free_bytes(&op->op);
        return status;
    }
    set_op(op, in, rows, columns);
    *result = &op->op;
    return UP_OK;
}
