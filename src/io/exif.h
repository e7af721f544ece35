/* The TIFF structure of an EXIF block: read, and patched in place. */
#ifndef UP_IO_EXIF_H
#define UP_IO_EXIF_H

#include "io/metadata.h"

/* Pixels per inch; false if there are none or they are damaged. */
bool up_exif_density(const up_blob *exif, double *x, double *y);

/* By which samples are raised to become light; 0 if nothing, or sRGB, is said. */
double up_exif_gamma(const up_blob *exif);

/* What up_metadata_rescale() promises for EXIF. `transposed`: rows and columns were exchanged when
 * the orientation was applied. Only complete, well-formed entries are touched. */
void up_exif_rescale(up_blob *exif, double scale_x, double scale_y, bool transposed, int width,
                     int height);

#endif
