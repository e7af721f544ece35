/* Ops that see one column at a time: colour, alpha, ranges; and choosing or joining channels. */
#ifndef UP_OPS_POINTWISE_H
#define UP_OPS_POINTWISE_H

#include "ops/op.h"

typedef struct up_point up_point;

/* A function of one column of all channels. `in` and `out` have the op's channels; n columns. */
struct up_point {
    const char *name;
    void (*apply)(float *const *out, const float *const *in, int channels, const float *parameter,
                  int n);
};

extern const up_point up_point_affine;        /* v * p[0] + p[1] */
extern const up_point up_point_clip;          /* to p[0] .. p[1] */
extern const up_point up_point_premultiply;   /* colour * alpha / p[0]; alpha is last */
extern const up_point up_point_unpremultiply; /* colour * p[0] / alpha, 0 where alpha is 0 */
extern const up_point up_point_to_linear; /* sRGB of range 0..p[0] to linear light, p[1] colours */
extern const up_point up_point_from_linear;
extern const up_point up_point_over; /* premultiplied colour over p[1..3]; p[0] is opaque */

#define UP_POINT_PARAMETERS 4

up_status up_point_plan(up_op **op, const up_shape *in, const up_point *point,
                        const float parameter[UP_POINT_PARAMETERS], up_error *error);

/* Channels first .. first + count - 1 of the input. */
up_status up_select_plan(up_op **op, const up_shape *in, int first, int count, up_error *error);

/* The channels of `a`, then those of `b`. */
up_status up_concat_plan(up_op **op, const up_shape *a, const up_shape *b, up_error *error);

#endif
