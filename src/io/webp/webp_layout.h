/* SPDX-License-Identifier: MIT */
/* What a WebP file holds and where: the chunks of its RIFF container. libwebp's own demuxer wants
 * all of a file in memory; this reads heads of chunks only. */
#ifndef UP_IO_WEBP_LAYOUT_H
#define UP_IO_WEBP_LAYOUT_H

#include "io/files/reader.h"
#include "io/metadata/metadata.h"
#include "io/webp/webp_frame.h"

typedef struct {
    int width, height;     /* of the canvas */
    int x, y;              /* of the picture, or first frame, on it */
    up_webp_pixels pixels; /* of it */
    int frames;            /* of an animation; 0: it is none */
    int lossless_frames, loops;
    double seconds;      /* that they take */
    bool clears;         /* some of the canvas is transparent at times */
    int64_t pixels_most; /* of one frame, and bytes of one */
    size_t packed_most;
    bool cut;              /* the file ends before its container does */
    up_metadata *metadata; /* gets ICC, EXIF and XMP; other chunks are named as lost */
} up_webp_layout;

/* `layout` has its `metadata` set. Needs a reader that can seek. */
up_status up_webp_read_layout(up_webp_layout *layout, up_reader *reader, up_error *error);

#endif
