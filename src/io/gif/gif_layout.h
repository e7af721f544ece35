/* SPDX-License-Identifier: MIT */
/* The blocks of a GIF file: what its pictures are and where, without their pixels. GIF89a; what
 * viewers make of it beyond that is said where it is done. */
#ifndef UP_IO_GIF_LAYOUT_H
#define UP_IO_GIF_LAYOUT_H

#include "io/gif/gif_blocks.h"

enum { UP_GIF_SCREEN = 13, UP_GIF_FRONT_MOST = UP_GIF_SCREEN + 3 * 256 };

typedef struct {
    int width, height;
    uint8_t front[UP_GIF_FRONT_MOST]; /* the file up to its first block: screen and palette */
    size_t front_size;
    up_sequence sequence; /* frames: the pictures that there are */
    bool clears;          /* some of the screen is transparent at times */
    bool goes_back;
    bool cut;   /* the file ends before its trailer */
    int widest; /* pixels of the widest picture */
} up_gif_layout;

/* Goes on to the next picture. False: there is none. */
bool up_gif_walk_next(up_gif_walk *walk, up_gif_picture *picture, up_error *error);

/* Reads all blocks of a file that can be searched. */
up_status up_gif_read_layout(up_gif_layout *layout, up_reader *reader, up_metadata *metadata,
                             up_error *error);

#endif
