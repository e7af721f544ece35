/* SPDX-License-Identifier: MIT */
/* Functions of one tensor, element by element, and softmax over its channels: see pointwise.h. */
#ifndef UP_OPS_ACTIVATION_H
#define UP_OPS_ACTIVATION_H

#include "ops/point/pointwise.h"

/* Behind each its parameters p; none: none. How exact they are says up_map (kernels/kernels.h);
 * those that are not there are exact to the rounding of what is written here. */
extern const up_point up_point_prelu; /* v > 0 ? v : v * p[c] */
extern const up_point up_point_tanh;
extern const up_point up_point_sigmoid;
extern const up_point up_point_silu;
extern const up_point up_point_mish;
extern const up_point up_point_gelu;
extern const up_point up_point_gelu_tanh;
extern const up_point up_point_elu; /* v > 0 ? v : p[0] * (exp(v) - 1) */
extern const up_point up_point_softplus;
extern const up_point up_point_exp;
extern const up_point up_point_log;
extern const up_point up_point_erf;
extern const up_point up_point_hard_sigmoid; /* v * p[0] + p[1], clipped to 0 .. 1 */
extern const up_point up_point_hard_swish;   /* v times that */
extern const up_point up_point_softsign;     /* v / (1 + |v|) */
extern const up_point up_point_sqrt;
extern const up_point up_point_abs;
extern const up_point up_point_reciprocal;
extern const up_point up_point_power; /* v to the power of p[0], as powf() has it */
extern const up_point up_point_floor;
extern const up_point up_point_ceil;
extern const up_point up_point_round_even; /* to the nearest whole number, halves to even ones */
extern const up_point up_point_softmax;    /* exp(v) over the sum of it over all channels */

#endif
