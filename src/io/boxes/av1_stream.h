/* SPDX-License-Identifier: MIT */
/* What the AV1 streams of an AVIF or HEIF file say of themselves, whatever its boxes say. */
#ifndef UP_IO_AV1_STREAM_H
#define UP_IO_AV1_STREAM_H

#include "io/files/reader.h"

typedef struct {
    int frames; /* in the stream that has most; decoders keep no more than UP_AV1_KEPT together */
    int log_width, log_height; /* no frame has more than 2 to their power */
} up_av1_streams;

enum { UP_AV1_KEPT = 10 }; /* eight to refer to, one that is made, one that is shown */

/* Looks at all pictures of a file that can seek; not at the frames of a sequence. All 0: it has
 * none. */
up_status up_av1_look(up_reader *reader, up_av1_streams *streams, up_error *error);

#endif
