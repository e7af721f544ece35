/* SPDX-License-Identifier: MIT */
#include "ops/conv/conv_axis.h"

#include "base/floor.h"
#include "base/memory.h"

#include <limits.h>
#include <stdlib.h>

#define FAR (INT_MAX / 8) /* most of padding, extent and size: sums of a few stay an int */

static int64_t extent_of(const up_conv_axis *axis)
{
    return (int64_t)axis->dilation * (axis->kernel - 1);
}

static up_status check(const up_conv_axis *axis, int output_padding, const char *name,
                       up_error *error)
{
    if (axis->kernel < 1 || axis->phases < 1 || axis->jump < 1 || axis->dilation < 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "kernel, stride and dilation of a convolution must be at least 1 "
                       "(%s: %d, %d, %d)",
                       name, axis->kernel, axis->phases * axis->jump, axis->dilation);
    if (axis->before < 0 || axis->after < 0 || output_padding < 0)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "padding and output padding cannot be negative (%s: %d, %d, %d)", name,
                       axis->before, axis->after, output_padding);
    if (up_max(axis->before, axis->after) > FAR || extent_of(axis) > FAR)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "padding %d, or dilation %d of a kernel of %d, is too large (%s)",
                       up_max(axis->before, axis->after), axis->dilation, axis->kernel, name);
    if (axis->transposed && output_padding >= axis->phases && output_padding >= axis->dilation)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "output padding %d must be smaller than stride %d or dilation %d (%s)",
                       output_padding, axis->phases, axis->dilation, name);
    if (!axis->transposed && output_padding != 0)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "output padding is for transposed convolutions only");
    return UP_OK;
}

static up_status size_up(up_conv_axis *axis, int output_padding, const char *name, up_error *error)
{
    int64_t padding = (int64_t)axis->before + axis->after;
    int64_t places = axis->transposed ? ((int64_t)axis->in - 1) * axis->phases - padding +
                                            extent_of(axis) + output_padding + 1
                                      : axis->in + padding - extent_of(axis);
    if (places < 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%d input %s leave no output with kernel %d, padding %d and %d and "
                       "dilation %d",
                       axis->in, name, axis->kernel, axis->before, axis->after, axis->dilation);
    if (places > FAR)
        return up_fail(
            error, UP_ERROR_LIMIT, "the convolution would go to %lld %s, at most %d are possible%s",
            (long long)places, name, FAR, axis->transposed ? "; use a smaller stride" : "");
    axis->out = (int)((places - 1) / axis->jump + 1);
    return UP_OK;
}

static int compare_indices(const void *a, const void *b)
{
    const up_conv_index *x = a, *y = b;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static up_conv_index index_of(const up_conv_axis *axis, int k)
{
    int shift = k * axis->dilation - axis->before;
    if (!axis->transposed)
        return (up_conv_index){ 0, shift, k };
    int steps = (int)up_floor_div(shift, axis->phases);
    return (up_conv_index){ shift - steps * axis->phases, -steps, k };
}

up_status up_conv_axis_plan(up_conv_axis *axis, const up_conv *conv, int a, int in, up_error *error)
{
    static const char *const names[] = { "rows", "columns" };
    *axis = (up_conv_axis){
        .transposed = conv->transposed,
        .kernel = conv->kernel[a],
        .phases = conv->transposed ? conv->stride[a] : 1,
        .jump = conv->transposed ? 1 : conv->stride[a],
        .dilation = conv->dilation[a],
        .before = conv->pad_before[a],
        .after = conv->pad_after[a],
        .in = in,
    };
    UP_TRY(check(axis, conv->output_padding[a], names[a], error));
    UP_TRY(size_up(axis, conv->output_padding[a], names[a], error));
    int padding = up_max(axis->before, axis->after);
    if (!conv->transposed && conv->edge == UP_EDGE_REFLECT && padding >= in)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "cannot pad %d %s by reflecting %d: the padding must be smaller", in,
                       names[a], padding);
    axis->index = up_alloc(axis->kernel, sizeof *axis->index);
    if (!axis->index)
        return up_fail_memory(error, "a kernel", axis->kernel * sizeof *axis->index);
    for (int k = 0; k < axis->kernel; k++)
        axis->index[k] = index_of(axis, k);
    qsort(axis->index, axis->kernel, sizeof *axis->index, compare_indices);
    return UP_OK;
}

void up_conv_axis_free(up_conv_axis *axis)
{
    up_free(axis->index);
    axis->index = NULL;
}

void up_conv_axis_span(const up_conv_axis *axis, int o, int *first, int *end)
{
    int extent = (int)extent_of(axis);
    if (!axis->transposed) {
        *first = o * axis->jump - axis->before;
        *end = *first + extent + 1;
        return;
    }
    int last = (int)up_floor_div(o + axis->before, axis->phases);
    int above = (int)up_floor_div(o + axis->before - extent - 1, axis->phases);
    *first = up_min(above + 1, last);
    *end = last + 1;
}

void up_conv_axis_repeat(const up_conv_axis *axis, int *outputs, int *inputs)
{
    *outputs = axis->transposed ? axis->phases : 1;
    *inputs = axis->jump;
}

int up_conv_axis_phases(const up_conv_axis *axis, int unit, int end, int *found, bool *spare)
{
    int count = 0, missing = 0;
    for (int i = 0; i < axis->kernel; i++) {
        int phase = axis->index[i].phase / unit;
        if (phase >= end || (count > 0 && found[count - 1] == phase))
            continue;
        missing += phase == missing;
        found[count++] = phase;
    }
    *spare = count < end;
    if (*spare)
        found[count++] = missing;
    return count;
}

/* The position of the first index of a phase. */
static int find_phase(const up_conv_axis *axis, int phase)
{
    int low = 0, high = axis->kernel;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (axis->index[middle].phase < phase)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_lines(const void *a, const void *b)
{
    int x = ((const up_conv_line *)a)->offset, y = ((const up_conv_line *)b)->offset;
    return (x > y) - (x < y);
}

static int merge_lines(up_conv_line *lines, int found)
{
    qsort(lines, found, sizeof *lines, compare_lines);
    int count = 0;
    for (int i = 0; i < found; i++) {
        if (count == 0 || lines[count - 1].offset != lines[i].offset) {
            lines[count++] = lines[i];
            continue;
        }
        for (int p = 0; p < UP_MAX_GROUPS; p++)
            lines[count - 1].kernel[p] = up_max(lines[count - 1].kernel[p], lines[i].kernel[p]);
    }
    return count;
}

up_conv_line *up_conv_axis_lines(const up_conv_axis *axis, const int *phase, int phases, int *count)
{
    int start[UP_MAX_GROUPS], end[UP_MAX_GROUPS], total = 0, found = 0;
    for (int p = 0; p < phases; p++) {
        start[p] = find_phase(axis, phase[p] % axis->phases);
        end[p] = find_phase(axis, phase[p] % axis->phases + 1);
        total += end[p] - start[p];
    }
    up_conv_line *lines = up_alloc(total, sizeof *lines);
    for (int p = 0; lines && p < phases; p++) {
        for (int i = start[p]; i < end[p]; i++) {
            int offset = axis->index[i].offset + phase[p] / axis->phases * axis->jump;
            lines[found] = (up_conv_line){ offset, { -1, -1, -1, -1 } };
            lines[found++].kernel[p] = axis->index[i].kernel;
        }
    }
    *count = lines ? merge_lines(lines, found) : 0;
    return lines;
}
