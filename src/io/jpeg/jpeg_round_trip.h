/* What JPEG leaves of a picture. */
#ifndef UP_IO_JPEG_ROUND_TRIP_H
#define UP_IO_JPEG_ROUND_TRIP_H

#include "base/status.h"

#include <stdbool.h>

/* Encodes 8-bit grey or RGB in memory, colour with 4:2:0 chroma unless that is `whole` (4:4:4), and
 * decodes it into its place. quality: 1..100. Strides must be filled in. */
up_status up_jpeg_round_trip(const up_pixels *pixels, int quality, bool whole, up_error *error);

#endif
