/* SPDX-License-Identifier: MIT */
/* Ops that see one column at a time: colour, alpha and ranges here; see activation.h and
 * arithmetic.h for those of networks. */
#ifndef UP_OPS_POINTWISE_H
#define UP_OPS_POINTWISE_H

#include "ops/op.h"

/* A function of one column of all channels; `in` holds those of the first input, then those of the
 * second, if there are two. n columns. */
typedef struct {
    const char *name;
    int inputs;
    void (*apply)(float *const *out, const float *const *in, int channels, const float *parameter,
                  int n);
} up_point;

/* Behind each its parameters p. */
extern const up_point up_point_affine;          /* v * p[0] + p[1] */
extern const up_point up_point_affine_channels; /* v * p[c] + p[channels + c] */
extern const up_point up_point_fill;            /* p[0], whatever v is */
extern const up_point up_point_clip;            /* to p[0] .. p[1] */
extern const up_point up_point_clip_channels;   /* to p[c] .. p[channels + c] */
extern const up_point up_point_round;           /* to whole numbers of 0 .. p[0] */
extern const up_point up_point_matrix;          /* a row of factors and an offset per channel */
extern const up_point up_point_premultiply;     /* colour * alpha / p[0]; alpha is last */
extern const up_point up_point_unpremultiply;   /* colour * p[0] / alpha, 0 where alpha is 0 */
extern const up_point up_point_hide;            /* colour where alpha is above p[0], 0 elsewhere */
/* Two inputs: the second where they differ by at most p[0], the first from twice that on. */
extern const up_point up_point_settle;
/* Two inputs: how far the first lies outside of the second -+ p[0], times p[1]. */
extern const up_point up_point_outside;
/* Two inputs, the second premultiplied (p[0] is opaque) and blurred: colour as it is from an alpha
 * of p[1] on, below it more and more of the blurred one, where that has any alpha. */
extern const up_point up_point_bleed;
extern const up_point up_point_over; /* premultiplied colour over p[1..3]; p[0] is opaque */

/* The parameters are copied. All inputs have the shape `in`. */
up_status up_point_plan(up_op **op, const up_shape *in, const up_point *point,
                        const float *parameter, int parameters, up_error *error);

/* Of two inputs, either of which may have a single channel: it then stands for all channels. */
up_status up_point_pair_plan(up_op **op, const up_shape *a, const up_shape *b,
                             const up_point *point, const float *parameter, int parameters,
                             up_error *error);

#endif
