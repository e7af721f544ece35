/* SPDX-License-Identifier: MIT */
/*
 * One axis of a resampling: where each output sample lies between the inputs, and the weights of
 * a filter there. Positions are exact fractions, so that no size and no scale drifts.
 */
#ifndef UP_OPS_AXIS_H
#define UP_OPS_AXIS_H

#include "base/status.h"

#include <stdint.h>

/* A reduced positive fraction. */
typedef struct {
    int64_t num, den;
} up_ratio;

up_ratio up_ratio_make(int64_t num, int64_t den);

/* The simplest fraction within 1e-12 of `value` (2.3 is 23/10). value > 0. */
up_ratio up_ratio_from_double(double value);

/* floor(n * ratio), saturating at INT_MAX. */
int up_ratio_floor(up_ratio ratio, int64_t n);

/* How outputs o lie over the inputs, 0 being the centre of the first; as ONNX calls them. */
typedef enum {
    UP_HALF_PIXEL,           /* (o + 0.5) * step - 0.5 */
    UP_HALF_PIXEL_SYMMETRIC, /* the same about the middle, where out is not in / step */
    UP_HALF_PIXEL_PYTORCH,   /* the same, but 0 where there is one output */
    UP_HALF_PIXEL_NEAREST,   /* (o + 0.5) * step: tf_half_pixel_for_nn */
    UP_ALIGN_CORNERS,        /* o * (in - 1) / (out - 1), or 0 where either is 1 */
    UP_ASYMMETRIC,           /* o * step */
} up_coordinates;

/* Output o lies at (2 o * step.num + shift) / (2 step.den). */
typedef struct {
    int in, out;
    up_ratio step; /* inputs per output */
    int64_t shift;
} up_positions;

up_positions up_positions_make(int in, int out, up_ratio step, up_coordinates coordinates);

/* Where samples lie at 1 / sited of their pixels' sides: inputs, outputs; 2 is the centre, so that
 * { 2, 2 } is UP_HALF_PIXEL. Of chroma other values, even ones, are usual: video.h. */
up_positions up_positions_sited(int in, int out, up_ratio step, const int sited[2]);

/* Outputs from one to the next that lies alike between the inputs, and the inputs from one to the
 * other; 0 outputs where they are too many to count. */
void up_positions_repeat(const up_positions *at, int *outputs, int *inputs);

/* To a whole number; of the latter two to the nearest, halves down or up. */
typedef enum { UP_ROUND_FLOOR, UP_ROUND_CEIL, UP_ROUND_HALF_DOWN, UP_ROUND_HALF_UP } up_rounding;

/* The input nearest to output o. */
int up_positions_round(const up_positions *at, int o, up_rounding rounding);

typedef struct {
    const char *name;
    double support; /* the filter is 0 at this distance and beyond */
    double (*at)(double x, double parameter);
} up_filter;

extern const up_filter up_filter_triangle; /* bilinear */
extern const up_filter up_filter_cubic;    /* Keys 1981 with a = parameter */
extern const up_filter up_filter_lanczos3; /* sinc(x) sinc(x / 3) */

typedef struct {
    up_positions at;
    const up_filter *filter;
    double parameter;
    double stretch; /* > 1: the filter is widened against aliasing */
    bool inside;    /* inputs beyond the ends have no weight (ONNX: exclude_outside) */
    int taps;
} up_axis;

void up_axis_init(up_axis *axis, up_positions at, const up_filter *filter, double parameter,
                  bool antialias, bool inside);

/* First input of output y; may be negative, first + taps may lie beyond the end. */
int up_axis_first(const up_axis *axis, int y);

/* taps weights that sum to 1; returns the first input. */
int up_axis_weights(const up_axis *axis, int y, float *weight);

#endif
