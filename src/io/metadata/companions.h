/* SPDX-License-Identifier: MIT */
/* Pictures and videos beside the one that is read: they are left behind, and so are claims that
 * they are there. */
#ifndef UP_IO_COMPANIONS_H
#define UP_IO_COMPANIONS_H

#include "io/source.h"

/* What all formats share once a header has been read: the orientation (XMP's where EXIF has none),
 * thumbnails, and companions with what XMP says of them. */
up_status up_source_settle(up_source *source, up_error *error);

#endif
