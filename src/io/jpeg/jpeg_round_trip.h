/* SPDX-License-Identifier: MIT */
/* What JPEG leaves of a picture. */
#ifndef UP_IO_JPEG_ROUND_TRIP_H
#define UP_IO_JPEG_ROUND_TRIP_H

#include "base/status.h"

/* Encodes 8-bit grey or RGB in memory, and decodes it into its place. quality: 1..100; chroma of
 * RGB as said, 4:2:0 for UP_SUBSAMPLING_AUTO. Strides must be filled in. */
up_status up_jpeg_round_trip(const up_pixels *pixels, int quality, up_subsampling chroma,
                             up_error *error);

#endif
