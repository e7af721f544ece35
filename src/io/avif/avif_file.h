/* SPDX-License-Identifier: MIT */
/* An AVIF file as libavif sees it, through a reader. */
#ifndef UP_IO_AVIF_FILE_H
#define UP_IO_AVIF_FILE_H

#include "io/avif/avif_library.h"
#include "io/source.h"

typedef struct {
    up_reader *reader; /* one that can seek */
    avifIO io;
    uint8_t *bytes; /* that libavif looks at */
    size_t room;
    avifDecoder *decoder;
} up_avif_file;

typedef enum {
    UP_AVIF_BARE,      /* without EXIF and XMP */
    UP_AVIF_WITH_EXIF, /* and XMP */
    UP_AVIF_CUT,       /* bare, a sequence of frames whose end may be missing */
} up_avif_parts;

/* Reads all but pixels. `most`: pixels that a part of the picture may have. Needs up_avif_close()
 * in any case; the file must stay where it is until then. */
up_status up_avif_open(up_avif_file *file, up_reader *reader, up_avif_parts parts, uint32_t most,
                       up_error *error);
void up_avif_close(up_avif_file *file);

/* What libavif said, with the file's name before it. */
up_status up_avif_fail(const up_avif_file *file, avifResult said, up_error *error);

/* Frames that are there as a whole, with those that they are made from. */
int up_avif_whole_frames(const up_avif_file *file);

/* As EXIF names it: what is to be done after the picture's irot and imir. */
int up_avif_orientation(const avifImage *picture);

#endif
