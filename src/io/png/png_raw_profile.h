/* SPDX-License-Identifier: MIT */
/* EXIF, XMP and IPTC in texts of PNG files, as ImageMagick began it. */
#ifndef UP_IO_PNG_RAW_PROFILE_H
#define UP_IO_PNG_RAW_PROFILE_H

#include "io/metadata/metadata.h"

/* Takes EXIF, XMP and IPTC out of "Raw profile type ..." texts, where nothing else says them. */
up_status up_png_take_raw_profiles(up_metadata *m, up_error *error);
/* Adds such a text. */
up_status up_png_add_raw_profile(up_metadata *m, const char *type, const up_blob *profile,
                                 up_error *error);

#endif
