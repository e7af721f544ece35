/* SPDX-License-Identifier: MIT */
/* Making rows: row pointers for the taps, the kernel, and the phases of columns put together. */

#include "ops/conv/conv_plan.h"

#include "base/memory.h"

#include <limits.h>

#define CHUNK 192 /* columns of each phase that go through scratch at a time */
#define PHASE_ROW (CHUNK + UP_LANES)
#define LEAST_CHUNK 48
#define APART_FLOATS 65536 /* of rows taken apart: what the second-level cache can hold */

typedef struct {
    const float **in;    /* the taps of each pattern of the set, one after the other */
    float *apart;        /* [apart][apart_row()] */
    float *phase;        /* [phases][outs][PHASE_ROW] */
    const float **piece; /* where each of `stride` neighbouring columns comes from */
    float *spare;
} conv_scratch;

static size_t phase_bytes(const up_conv_op *op)
{
    size_t rows = op->paired || op->axis[1].phases == 1 ? 0 : op->phases;
    return rows * UP_MAX_OUTS * PHASE_ROW * sizeof(float);
}

static size_t pointer_bytes(size_t count)
{
    return up_round_up(count * sizeof(float *), UP_ALIGN);
}

/* An odd number of cache lines. */
static size_t apart_row(const up_conv_op *op)
{
    return (((size_t)op->chunk / UP_LANES + 2) | 1) * UP_LANES;
}

static size_t apart_bytes(const up_conv_op *op)
{
    return op->pattern->apart * apart_row(op) * sizeof(float);
}

int up_conv_chunk(const up_conv_op *op)
{
    int columns = APART_FLOATS / up_max(1, op->pattern->apart) / UP_LANES * UP_LANES;
    return up_clamp(columns, LEAST_CHUNK, CHUNK);
}

/* For rows below the last one, where the height is not a multiple of the rows made together. */
static size_t spare_bytes(const up_conv_op *op)
{
    bool short_call = op->op.out.height % op->rows;
    return short_call ? up_round_up(op->op.out.width, UP_LANES) * sizeof(float) : 0;
}

static int pieces(const up_conv_op *op)
{
    return up_min(op->axis[1].phases, op->op.out.width);
}

size_t up_conv_scratch(const up_conv_op *op)
{
    return pointer_bytes(op->pointers) + apart_bytes(op) + phase_bytes(op) +
           pointer_bytes(pieces(op)) + spare_bytes(op);
}

static conv_scratch lay_out(const up_conv_op *op, void *scratch)
{
    unsigned char *at = scratch;
    conv_scratch s = { .in = scratch };
    at += pointer_bytes(op->pointers);
    s.apart = (float *)at;
    at += apart_bytes(op);
    s.phase = (float *)at;
    at += phase_bytes(op);
    s.piece = (const float **)at;
    at += pointer_bytes(pieces(op));
    s.spare = (float *)at;
    return s;
}

/* The patterns of the rows from y on, and the input row that their taps start from. Patterns for
 * rows without taps, if any, are last. */
static const up_conv_pattern *find_set(const up_conv_op *op, int y, int *origin)
{
    const up_conv_axis *axis = &op->axis[0];
    int cycle = up_max(axis->phases, op->rows), phase = y % cycle;
    *origin = (y - phase) / axis->phases * axis->jump;
    int set = 0;
    while (set < op->sets - 1 && op->pattern[set * op->columns].row_phase != phase)
        set++;
    return op->pattern + set * op->columns;
}

/* A row that the call does not need, because it makes fewer rows than it could, may be any row. */
static const float *row_of(const up_conv_tap *tap, const up_window *in, int origin, int channel)
{
    const void *const *row = in->row + (size_t)channel * in->count;
    return row[up_clamp(origin + tap->row - in->first, 0, in->count - 1)];
}

static const float **resolve(const float **to, const up_conv_pattern *pattern, const up_window *in,
                             int origin, int channel)
{
    for (const up_conv_run *run = pattern->run; run < pattern->run + pattern->runs; run++) {
        const up_conv_tap *tap = pattern->tap + run->tap;
        for (int c = run->channel; c < run->channel + run->channels; c++)
            for (int t = 0; t < run->taps; t++)
                *to++ = row_of(&tap[t], in, origin, channel + c) + tap[t].column;
    }
    return to;
}

/* The same for columns x .. x + n - 1 where columns jump: of every piece of an input row that the
 * taps read, what lies `jump` apart is put side by side. */
static void take_apart(const up_conv_op *op, const conv_scratch *s, const up_window *in, int origin,
                       int channel, int x, int n)
{
    const up_conv_pattern *pattern = op->pattern;
    const float **to = s->in;
    float *row = s->apart;
    for (const up_conv_run *run = pattern->run; run < pattern->run + pattern->runs; run++) {
        const up_conv_tap *tap = pattern->tap + run->tap;
        for (int c = run->channel; c < run->channel + run->channels; c++) {
            for (int t = 0, end; t < run->taps; row += apart_row(op)) {
                end = t + up_conv_piece(&tap[t], run->taps - t);
                ptrdiff_t at = (ptrdiff_t)(x + tap[t].column) * op->axis[1].jump + tap[t].phase;
                op->kernels->every(row, row_of(&tap[t], in, origin, channel + c) + at,
                                   op->axis[1].jump, n + tap[end - 1].column - tap[t].column);
                for (int first = tap[t].column; t < end; t++)
                    *to++ = row + tap[t].column - first;
            }
        }
    }
}

static up_taps taps_of(const up_conv_op *op, const up_conv_pattern *pattern, int channel, int size)
{
    up_taps taps = {
        .groups = pattern->rows * pattern->columns,
        .size = size,
        .paired = op->paired,
        .runs = pattern->runs,
        .run = pattern->kernel_run,
        .weight = pattern->weight + channel * pattern->weights,
    };
    up_conv_values_of(&op->values, channel, &taps);
    return taps;
}

/* Columns x .. x + n - 1 by a kernel that writes the output rows itself; the first of them reads
 * column `from` of the taps. */
static void make_block(const up_conv_op *op, const up_conv_pattern *pattern, const conv_scratch *s,
                       const up_target *to, int channel, int size, int x, int n, int from)
{
    float *out[UP_MAX_OUTS];
    for (int i = 0; i < op->rows; i++)
        for (int c = 0; c < size; c++)
            out[i * size + c] =
                i < to->rows ? (float *)to->row[(channel + c) * to->rows + i] + x : s->spare + x;
    up_taps taps = taps_of(op, pattern, channel, size);
    op->kernels->convolve(out, s->in, &taps, from, n);
}

/* Columns x .. x + n - 1 of one channel from its phases, which start at column x / stride. */
static void put_together(const up_conv_op *op, const conv_scratch *s, float *out, int x, int n,
                         int size, int channel)
{
    int stride = op->axis[1].phases, start = x % stride;
    for (int i = 0; i < up_min(stride, n); i++) {
        int step = (start + i) / stride, phase = (start + i) % stride;
        size_t row = (size_t)op->slot[phase] * size + channel;
        s->piece[i] = s->phase + row * PHASE_ROW + step;
    }
    op->kernels->interleave(out + x, s->piece, stride, n);
}

/* Through scratch, a chunk at a time. */
static void make_phases(const up_conv_op *op, const up_conv_pattern *set, const conv_scratch *s,
                        const up_target *to, int channel, int size)
{
    int stride = op->axis[1].phases, n;
    for (int x = to->x0; x < to->x1; x += n) {
        n = stride > INT_MAX / CHUNK ? to->x1 - x : up_min(CHUNK * stride, to->x1 - x);
        int steps = (x % stride + n - 1) / stride + 1;
        const float **in = s->in;
        float *row = s->phase;
        for (const up_conv_pattern *p = set; p < set + op->columns; in += p++->pointers) {
            float *out[UP_MAX_OUTS];
            for (int j = 0; j < p->columns * size; j++, row += PHASE_ROW)
                out[j] = row;
            up_taps taps = taps_of(op, p, channel, size);
            op->kernels->convolve(out, in, &taps, x / stride, steps);
        }
        for (int c = 0; c < size; c++)
            put_together(op, s, (float *)to->row[channel + c], x, n, size, c);
    }
}

/* The output channels of a group whose taps are resolved. */
static void make_group(const up_conv_op *op, const up_conv_pattern *set, const conv_scratch *s,
                       const up_target *to, int group, int x, int n, int from)
{
    for (int b = 0; b < op->blocks.blocks; b++) {
        int first = up_conv_block(&op->blocks, b);
        int size = up_conv_block(&op->blocks, b + 1) - first;
        int channel = group * op->blocks.channels + first;
        if (phase_bytes(op) > 0)
            make_phases(op, set, s, to, channel, size);
        else
            make_block(op, set, s, to, channel, size, x, n, from);
    }
}

void up_conv_run_rows(const up_op *base, const up_window *in, const up_target *to)
{
    const up_conv_op *op = (const up_conv_op *)base;
    conv_scratch s = lay_out(op, to->scratch);
    int origin, ins = base->in[0].channels / op->groups;
    const up_conv_pattern *set = find_set(op, to->y, &origin);
    for (int g = 0; g < op->groups; g++) {
        if (op->axis[1].jump > 1) {
            for (int x = to->x0, n; x < to->x1; x += n) {
                n = up_min(op->chunk, to->x1 - x);
                take_apart(op, &s, in, origin, g * ins, x, n);
                make_group(op, set, &s, to, g, x, n, 0);
            }
            continue;
        }
        const float **end = s.in;
        for (int k = 0; k < op->columns; k++)
            end = resolve(end, &set[k], in, origin, g * ins);
        make_group(op, set, &s, to, g, to->x0, to->x1 - to->x0, to->x0 / op->axis[1].phases);
    }
}
