/* SPDX-License-Identifier: MIT */
/*
 * Weights of a separable resampling of bytes, in whole numbers: rows first, into 16-bit words, then
 * columns. Whole numbers are taken only where what they make of any picture is, before it is
 * rounded, within UP_BYTE_OFF of a level of what exact weights make.
 */
#ifndef UP_OPS_BYTE_WEIGHTS_H
#define UP_OPS_BYTE_WEIGHTS_H

#include "kernels/kernels.h"
#include "ops/resample/axis.h"

#define UP_BYTE_PHASES 8
#define UP_BYTE_OFF 0.01

/* Outputs o and o + phases have the same weights, and the latter starts `advance` inputs on. */
typedef struct {
    int phases, advance, taps; /* taps: even */
    int first[UP_BYTE_PHASES];
    int shift; /* as kernels/kernels.h has it, like all below */
    bool fine;
    int32_t bias[UP_BYTE_PHASES], fine_bias[UP_BYTE_PHASES];
    int16_t weight[UP_BYTE_PHASES][2 * UP_BYTE_TAPS];
} up_byte_axis;

/* Finds the cheapest way that is near enough for both passes together; false: there is none, or
 * either axis is none of these: enlarged by a fraction of few phases, with few taps. */
bool up_byte_axes_find(up_byte_axis *rows, up_byte_axis *columns, const up_axis *of_rows,
                       const up_axis *of_columns);

/* The first input of an output. */
static inline int up_byte_axis_first(const up_byte_axis *axis, int o)
{
    return axis->first[o % axis->phases] + o / axis->phases * axis->advance;
}

#endif
