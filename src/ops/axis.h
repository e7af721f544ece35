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

typedef struct {
    const char *name;
    double support; /* the filter is 0 at this distance and beyond */
    double (*at)(double x, double parameter);
} up_filter;

extern const up_filter up_filter_triangle; /* bilinear */
extern const up_filter up_filter_cubic;    /* Keys 1981 with a = parameter */
extern const up_filter up_filter_lanczos3; /* sinc(x) sinc(x / 3) */

typedef struct {
    int in, out;
    up_ratio step; /* inputs per output */
    bool corners;  /* position y * step instead of (y + 0.5) * step - 0.5 */
    const up_filter *filter;
    double parameter;
    double stretch; /* > 1: the filter is widened against aliasing */
    int taps;
} up_axis;

/* align_corners: step becomes (in - 1) / (out - 1), or 0 where out is 1. */
void up_axis_init(up_axis *axis, int in, int out, up_ratio step, const up_filter *filter,
                  double parameter, bool align_corners, bool antialias);

/* First input of output y; may be negative, first + taps may lie beyond the end. */
int up_axis_first(const up_axis *axis, int y);

/* taps weights that sum to 1; returns the first input. */
int up_axis_weights(const up_axis *axis, int y, float *weight);

#endif
