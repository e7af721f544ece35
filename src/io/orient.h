/* SPDX-License-Identifier: MIT */
/* Applying the EXIF orientation. */
#ifndef UP_IO_ORIENT_H
#define UP_IO_ORIENT_H

#include "io/source.h"

/* Puts a source around *source that delivers upright pixels, if metadata.orientation asks for it:
 * size and density are exchanged where rows become columns; metadata.orientation stays, for
 * information. Mirrored rows (2) stream; the others are held, from the first read on. The caller's
 * own pixels (`mapped`) are upright by definition. On an error *source is as it was. */
up_status up_orient(up_source **source, up_error *error);

#endif
