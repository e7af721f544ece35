/* SPDX-License-Identifier: MIT */
/* What metadata say of an output that is larger or smaller than its input. */
#ifndef UP_IO_METADATA_RESCALE_H
#define UP_IO_METADATA_RESCALE_H

#include "io/metadata/metadata.h"

/* Prepares metadata for an output `scale_x`, `scale_y` times as large: multiplies the DPI (also
 * inside EXIF, XMP and Photoshop's resources), sets the orientation in EXIF and XMP to 1, their
 * pixel dimensions to width x height, and drops the EXIF thumbnail's claim to be current. Damaged
 * EXIF is left as it is but for the orientation. */
up_status up_metadata_rescale(up_metadata *m, double scale_x, double scale_y, int width, int height,
                              up_error *error);

#endif
