/* SPDX-License-Identifier: MIT */
/* What is known while the blocks of a GIF file are gone through. */
#ifndef UP_IO_GIF_BLOCKS_H
#define UP_IO_GIF_BLOCKS_H

#include "io/files/reader.h"
#include "io/frames/screen.h"
#include "io/frames/sequence.h"
#include "io/metadata/metadata.h"

/* One picture of it. */
typedef struct {
    up_placed place;
    up_duration duration;
    int transparent; /* the colour that is; -1: none */
    int64_t at;      /* of its descriptor, and behind its last block */
    int64_t end;
    bool cut; /* the file ends before that */
} up_gif_picture;

/* Where reading stands: behind `front` at the start. */
typedef struct {
    up_reader *reader;
    int64_t at;
    up_metadata *metadata;  /* gets comments, XMP and ICC; NULL: they are passed over */
    up_sequence *sequence;  /* gets the loops; NULL: likewise */
    up_gif_picture control; /* what has been said of the next picture */
    bool cut;
} up_gif_walk;

#endif
