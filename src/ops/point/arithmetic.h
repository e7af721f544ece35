/* SPDX-License-Identifier: MIT */
/* Two tensors put together element by element: points of two inputs, see up_point_pair_plan(). */
#ifndef UP_OPS_ARITHMETIC_H
#define UP_OPS_ARITHMETIC_H

#include "ops/point/pointwise.h"

extern const up_point up_point_add;
extern const up_point up_point_subtract; /* a - b */
extern const up_point up_point_multiply;
extern const up_point up_point_divide; /* a / b */
extern const up_point up_point_minimum;
extern const up_point up_point_maximum; /* both: NaN where either is NaN */

#endif
