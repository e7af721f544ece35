/* SPDX-License-Identifier: MIT */

#include "ops/conv/conv_plan.h"

#include "base/memory.h"

#include <stdlib.h>

#define ROWS_AT_A_TIME 16 /* input rows that runs come back to: a tile of them stays in the L1 */

/* False if no group uses this place of the input. */
static bool make_tap(up_conv_tap *tap, const up_conv_pattern *pattern, const up_conv_line *row,
                     const up_conv_line *column, const up_conv_axis *columns)
{
    int phase = column->offset % columns->jump;
    phase += phase < 0 ? columns->jump : 0;
    *tap = (up_conv_tap){ .row = row->offset,
                          .column = (column->offset - phase) / columns->jump,
                          .phase = phase };
    for (int g = 0; g < pattern->rows * pattern->columns; g++) {
        int y = row->kernel[g % pattern->rows], x = column->kernel[g / pattern->rows];
        if (y < 0 || x < 0)
            continue;
        tap->groups |= 1u << g;
        tap->kernel[g] = y * columns->kernel + x;
    }
    return tap->groups != 0;
}

/* By groups, all of them first; then as the input lies in memory. */
static int compare_taps(const void *a, const void *b)
{
    const up_conv_tap *x = a, *y = b;
    if (x->groups != y->groups)
        return x->groups > y->groups ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* Returns how many taps there are, or -1 without memory. */
static int find_taps(up_conv_pattern *pattern, const up_conv_axis axis[2], int *row_count)
{
    int phase[UP_MAX_GROUPS], taps = -1, column_count;
    for (int i = 0; i < pattern->rows; i++)
        phase[i] = pattern->row_phase + i;
    up_conv_line *rows = up_conv_axis_lines(&axis[0], phase, pattern->rows, row_count);
    up_conv_line *columns =
        up_conv_axis_lines(&axis[1], pattern->column_phase, pattern->columns, &column_count);
    pattern->tap = up_alloc((size_t)*row_count * column_count, sizeof *pattern->tap);
    if (rows && columns && pattern->tap) {
        taps = 0;
        for (int r = 0; r < *row_count; r++)
            for (int c = 0; c < column_count; c++)
                taps += make_tap(&pattern->tap[taps], pattern, &rows[r], &columns[c], &axis[1]);
        qsort(pattern->tap, taps, sizeof *pattern->tap, compare_taps);
    }
    up_free(rows);
    up_free(columns);
    return taps;
}

int up_conv_piece(const up_conv_tap *tap, int taps)
{
    int count = 1;
    while (count < taps && tap[count].row == tap->row && tap[count].phase == tap->phase &&
           tap[count].column - tap->column <= UP_LANES)
        count++;
    return count;
}

static int count_pieces(const up_conv_pattern *pattern)
{
    int pieces = 0;
    for (const up_conv_run *run = pattern->run; run < pattern->run + pattern->runs; run++)
        for (int t = 0; t < run->taps; pieces += run->channels)
            t += up_conv_piece(pattern->tap + run->tap + t, run->taps - t);
    return pieces;
}

/* A few input channels at a time, for those one run per set of groups. */
static void add_runs(up_conv_pattern *pattern, int taps, int step, int channels)
{
    const up_conv_tap *tap = pattern->tap;
    pattern->pointers = taps * channels;
    for (int c = 0; c < channels; c += step) {
        for (int t = 0, end; t < taps; t = end) {
            for (end = t; end < taps && tap[end].groups == tap[t].groups;)
                end++;
            up_conv_run run = { tap[t].groups, t, end - t, c, up_min(step, channels - c) };
            int pointers = run.taps * run.channels;
            pattern->weights += (size_t)__builtin_popcount(run.groups) * pointers;
            pattern->kernel_run[pattern->runs] = (up_tap_run){ run.groups, pointers };
            pattern->run[pattern->runs++] = run;
        }
    }
}

/* The weight of output channel `out` (of all) for an input channel of its group. */
static float weight_of(const up_conv *conv, int out, int in, int kernel)
{
    size_t size = (size_t)conv->kernel[0] * conv->kernel[1];
    int outs = conv->out_channels / conv->groups, ins = conv->in_channels / conv->groups;
    size_t plane = conv->transposed ? ((size_t)(out / outs) * ins + in) * outs + out % outs
                                    : (size_t)out * ins + in;
    return conv->weight[plane * size + kernel];
}

static float *pack_tap(float *to, const up_conv_tap *tap, const up_conv *conv, int out, int outs,
                       int in)
{
    for (int g = 0; g < UP_MAX_GROUPS; g++)
        for (int j = 0; j < outs && tap->groups >> g & 1; j++)
            *to++ = weight_of(conv, out + j, in, tap->kernel[g]);
    return to;
}

static float *pack_block(float *to, const up_conv_pattern *pattern, const up_conv *conv, int out,
                         int outs)
{
    for (const up_conv_run *run = pattern->run; run < pattern->run + pattern->runs; run++)
        for (int c = run->channel; c < run->channel + run->channels; c++)
            for (int t = run->tap; t < run->tap + run->taps; t++)
                to = pack_tap(to, &pattern->tap[t], conv, out, outs, c);
    return to;
}

static up_status pack(up_conv_pattern *pattern, const up_conv *conv, const up_conv_blocks *blocks,
                      up_error *error)
{
    pattern->weight = up_alloc(conv->out_channels, pattern->weights * sizeof(float));
    if (!pattern->weight)
        return up_fail_memory(error, "weights",
                              pattern->weights * conv->out_channels * sizeof(float));
    float *to = pattern->weight;
    for (int g = 0; g < conv->groups; g++)
        for (int b = 0; b < blocks->blocks; b++) {
            int first = up_conv_block(blocks, b), end = up_conv_block(blocks, b + 1);
            to = pack_block(to, pattern, conv, g * blocks->channels + first, end - first);
        }
    return UP_OK;
}

up_status up_conv_pattern_plan(up_conv_pattern *pattern, const up_conv *conv,
                               const up_conv_axis axis[2], const up_conv_blocks *blocks,
                               up_error *error)
{
    int channels = conv->in_channels / conv->groups, row_count;
    int taps = find_taps(pattern, axis, &row_count);
    if (taps < 0)
        return up_fail_memory(error, "taps", sizeof *pattern->tap);
    bool one_run = pattern->rows * pattern->columns == 1;
    int step = one_run ? channels : up_max(1, ROWS_AT_A_TIME / up_max(row_count, 1));
    size_t most_runs = ((size_t)channels / step + 1) * up_min(taps, 1 << UP_MAX_GROUPS);
    size_t run_bytes = most_runs * (sizeof *pattern->run + sizeof *pattern->kernel_run);
    pattern->run = up_alloc(most_runs, sizeof *pattern->run);
    pattern->kernel_run = up_alloc(most_runs, sizeof *pattern->kernel_run);
    if (!pattern->run || !pattern->kernel_run)
        return up_fail_memory(error, "taps", most_runs * sizeof *pattern->run);
    add_runs(pattern, taps, step, channels);
    pattern->apart = axis[1].jump > 1 ? count_pieces(pattern) : 0;
    pattern->bytes = up_alloc_bytes(pattern->weights * conv->out_channels * sizeof(float)) +
                     up_alloc_bytes(taps * sizeof *pattern->tap) + up_alloc_bytes(run_bytes);
    return pack(pattern, conv, blocks, error);
}

void up_conv_pattern_free(up_conv_pattern *pattern)
{
    up_free(pattern->tap);
    up_free(pattern->run);
    up_free(pattern->kernel_run);
    up_free(pattern->weight);
}
