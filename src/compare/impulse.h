/* SPDX-License-Identifier: MIT */
/* What a method makes of one white pixel. */
#ifndef UP_COMPARE_IMPULSE_H
#define UP_COMPARE_IMPULSE_H

#include "base/status.h"

/* A white pixel in the middle of a black grey picture, upscaled by the scale of `output` to
 * `input`: floats with white at 1, neither clamped nor rounded. Free response->data with
 * up_free(). Large scales get fewer pixels of black around. */
up_status up_impulse_response(up_pixels *response, const up_options *options,
                              const up_format *input, const up_format *output, up_error *error);

#endif
