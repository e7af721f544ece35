/* SPDX-License-Identifier: MIT */
/* Small tensors through the very ops and methods that pictures go through. */
#ifndef UP_EXPLAIN_ENGINE_H
#define UP_EXPLAIN_ENGINE_H

#include "explain/small_tensor.h"
#include "ops/op.h"

typedef up_status up_explain_planner(up_op **op, const up_shape *in, const void *what,
                                     up_error *error);

/* Plans an op for x, and runs it through the pipeline. `y` is made. */
up_status up_explain_run(up_small *y, const up_small *x, up_explain_planner *plan, const void *what,
                         up_error *error);

/* up_upscale_pixels(). */
up_status up_explain_upscale(up_small *y, const up_small *x, const up_options *options,
                             up_error *error);

/* A layer, for up_explain_run() with up_explain_plan_conv(). */
up_status up_explain_plan_conv(up_op **op, const up_shape *in, const void *conv, up_error *error);

/* The values as float32, for up_free(). */
up_status up_explain_floats(float **floats, const up_small *t, up_error *error);

#endif
