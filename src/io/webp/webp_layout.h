/* SPDX-License-Identifier: MIT */
/* What a WebP file holds and where: the chunks of its RIFF container. libwebp's own demuxer wants
 * all of a file in memory; this reads heads of chunks only. */
#ifndef UP_IO_WEBP_LAYOUT_H
#define UP_IO_WEBP_LAYOUT_H

#include "io/files/reader.h"
#include "io/metadata/metadata.h"

typedef struct {
    int width, height;             /* of the canvas */
    int x, y, columns, rows;       /* of the picture, or first frame, on it */
    bool alpha, lossless;          /* of the picture */
    int frames;                    /* of an animation; 0: it is none */
    int64_t pixels_at, pixels_end; /* the chunks that libwebp is to see: ALPH, VP8 and VP8L */
    bool cut, pixels_cut;          /* the file ends before its container, or those, do */
    up_metadata *metadata;         /* gets ICC, EXIF and XMP; other chunks are named as lost */
} up_webp_layout;

/* `layout` has its `metadata` set. Needs a reader that can seek. */
up_status up_webp_read_layout(up_webp_layout *layout, up_reader *reader, up_error *error);

#endif
