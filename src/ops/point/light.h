/* SPDX-License-Identifier: MIT */
/* Samples to light and back. */
#ifndef UP_OPS_LIGHT_H
#define UP_OPS_LIGHT_H

#include "colour/transfer.h"
#include "ops/op.h"

/* The first `colours` channels, 0 .. white, become light by `light`, times `white`; the others
 * stay. `light` need not outlive the op. */
up_status up_to_light_plan(up_op **op, const up_shape *in, const up_light *light, int colours,
                           float white, up_error *error);

/* And back. `whole`, for a white of 255 or 65535: to the nearest whole sample. */
up_status up_from_light_plan(up_op **op, const up_shape *in, const up_light *light, int colours,
                             float white, bool whole, up_error *error);

#endif
