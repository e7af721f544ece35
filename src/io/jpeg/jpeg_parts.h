/* SPDX-License-Identifier: MIT */
/* ICC profiles and XMP that a JPEG file holds in several segments. */
#ifndef UP_IO_JPEG_PARTS_H
#define UP_IO_JPEG_PARTS_H

#include "io/jpeg/jpeg_segments.h"

bool up_jpeg_begins(jpeg_saved_marker_ptr segment, const void *start, size_t size);
bool up_jpeg_is_icc_part(jpeg_saved_marker_ptr segment);
bool up_jpeg_is_xmp_part(jpeg_saved_marker_ptr segment);

/* Join what is in the list that begins with `first`. What does not fit together is named in
 * m->lost. XMP: m->xmp names its extension, and no longer does so where that is not whole. */
up_status up_jpeg_take_icc(up_metadata *m, jpeg_saved_marker_ptr first, up_error *error);
up_status up_jpeg_take_extended_xmp(up_metadata *m, jpeg_saved_marker_ptr first, up_error *error);

#endif
