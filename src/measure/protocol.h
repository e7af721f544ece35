/* SPDX-License-Identifier: MIT */
/* The protocol of papers, in parts. */
#ifndef UP_MEASURE_PROTOCOL_H
#define UP_MEASURE_PROTOCOL_H

#include "base/status.h"
#include "upscale_measure.h"

/* Upscales picture->reduced into *output, for up_pixels_free(); says in `result` what it took. */
up_status up_eval_upscale(up_eval_result *result, up_pixels *output, const up_eval_picture *picture,
                          const up_options *options, up_error *error);

#endif
