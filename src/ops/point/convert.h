/* SPDX-License-Identifier: MIT */
/* The colours of a picture to plain sRGB. */
#ifndef UP_OPS_CONVERT_H
#define UP_OPS_CONVERT_H

#include "colour/conversion.h"
#include "ops/op.h"

/* The first channels, 0 .. white, become those of sRGB; one more, alpha, stays. `clip`: to 0 ..
 * white, for samples that are whole numbers. The op takes the conversion over, on failure, too. */
up_status up_convert_plan(up_op **op, const up_shape *in, up_conversion **conversion, int colours,
                          float white, bool clip, up_error *error);

#endif
