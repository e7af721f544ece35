/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of a convolution along one axis. Output o belongs to phase o % phases and is step
 * o / phases of it; kernel index k belongs to one phase and there reads input step * jump + offset.
 * A convolution has one phase and jumps by its stride; a transposed one has as many phases as its
 * stride and jumps by 1.
 */
#ifndef UP_OPS_CONV_AXIS_H
#define UP_OPS_CONV_AXIS_H

#include "kernels/kernels.h"
#include "ops/conv/conv_parameters.h"

#include <stdint.h>

typedef struct {
    int phase, offset, kernel;
} up_conv_index;

typedef struct {
    bool transposed;
    int kernel, phases, jump, dilation;
    int before, after;    /* padding */
    int in, out;          /* size */
    up_conv_index *index; /* [kernel], sorted by phase, then offset */
} up_conv_axis;

/* Checks the parameters of axis 0 (rows) or 1, and sizes the output. */
up_status up_conv_axis_plan(up_conv_axis *axis, const up_conv *conv, int a, int in,
                            up_error *error);
void up_conv_axis_free(up_conv_axis *axis);

/* Input [*first, *end) of output o; never empty, and neither ever decreases with o. */
void up_conv_axis_span(const up_conv_axis *axis, int o, int *first, int *end);

/* See up_op.repeat. */
void up_conv_axis_repeat(const up_conv_axis *axis, int *outputs, int *inputs);

/* The phases with taps in order, divided by `unit`, then the first without, if there is one; only
 * those below `end`. `found` has room for kernel + 1. Returns how many, spare included. */
int up_conv_axis_phases(const up_conv_axis *axis, int unit, int end, int *found, bool *spare);

/* An offset, and the kernel index with which each of a few phases uses it, or -1. */
typedef struct {
    int offset;
    int kernel[UP_MAX_GROUPS];
} up_conv_line;

/* The distinct offsets of the phases, in order. Phases from axis->phases on are those of the
 * next step. NULL: no memory. */
up_conv_line *up_conv_axis_lines(const up_conv_axis *axis, const int *phase, int phases,
                                 int *count);

#endif
