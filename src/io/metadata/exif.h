/* SPDX-License-Identifier: MIT */
/* The TIFF structure of an EXIF block: read, and patched in place. */
#ifndef UP_IO_EXIF_H
#define UP_IO_EXIF_H

#include "io/metadata/metadata.h"

/* The orientation in an EXIF block (1 if there is none or it is damaged). */
int up_exif_orientation(const up_blob *exif);

/* Pixels per inch; false, and 0, if there are none or they are damaged. */
bool up_exif_density(const up_blob *exif, double *x, double *y);

/* By which samples are raised to become light; 0 if nothing, or sRGB, is said. */
double up_exif_gamma(const up_blob *exif);
/* Whether it says that colours are those of Adobe RGB, as cameras do. */
bool up_exif_is_adobe_rgb(const up_blob *exif);
/* Says sRGB wherever it says something of colours. */
void up_exif_say_srgb(up_blob *exif);
/* Whether it says which way is up, be that 1. */
bool up_exif_states_orientation(const up_blob *exif);
/* Whether it holds a smaller picture behind its own directory. */
bool up_exif_has_thumbnail(const up_blob *exif);
/* The whole number that the first directory of a TIFF structure gives for a tag, or `otherwise`. */
uint32_t up_exif_integer(const up_blob *exif, unsigned tag, uint32_t otherwise);

/* What up_metadata_rescale() promises for EXIF. `transposed`: rows and columns were exchanged when
 * the orientation was applied. Only complete, well-formed entries are touched. */
void up_exif_rescale(up_blob *exif, double scale_x, double scale_y, bool transposed, int width,
                     int height);

#endif
