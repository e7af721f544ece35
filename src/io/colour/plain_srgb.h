/* SPDX-License-Identifier: MIT */
/* From the colours that a file declares to plain sRGB. */
#ifndef UP_IO_PLAIN_SRGB_H
#define UP_IO_PLAIN_SRGB_H

#include "colour/conversion.h"
#include "io/metadata/metadata.h"

typedef struct {
    up_conversion *conversion; /* owned; NULL: samples stay as they are */
    char from[64];             /* what the colours were, and what says so */
} up_plain_srgb;

/* How samples of a picture in `format`, 0 .. white, become sRGB. With `hdr_only` just those that
 * are PQ or HLG, else all; CMYK becomes RGB. For up_conversion_free(). */
up_status up_plain_srgb_find(up_plain_srgb *plain, const up_metadata *m, const up_format *format,
                             double white, bool hdr_only, up_error *error);

/* Says so: the profile and all other words on colour are replaced, in EXIF and XMP, too. */
up_status up_metadata_say_srgb(up_metadata *m, up_error *error);

#endif
