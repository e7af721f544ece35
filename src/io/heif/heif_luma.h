/* SPDX-License-Identifier: MIT */
/* How large the pictures of a HEIF file become while they are decoded, whatever it says of the one
 * that is seen: libheif takes memory by what streams and grids say. */
#ifndef UP_IO_HEIF_LUMA_H
#define UP_IO_HEIF_LUMA_H

#include "io/boxes/hevc_stream.h"

/* Of a file that can seek; one whose streams have more than its boxes say is refused. */
up_status up_heif_luma(up_reader *reader, up_hevc_luma *luma, up_error *error);

#endif
