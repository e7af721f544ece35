/* SPDX-License-Identifier: MIT */
/* A frame of an animated PNG as the bytes of a PNG of its own, as libpng is to see it: with its
 * size, the palette of the file, and pixels as IDAT wherever they lie. */
#ifndef UP_IO_PNG_FRAME_BYTES_H
#define UP_IO_PNG_FRAME_BYTES_H

#include "io/png/animation/png_animation.h"
#include "io/png/animation/png_walk.h"

enum {
    UP_PNG_FRAME_PIECE = 32 << 10,
    UP_PNG_PALETTE_MOST = 3 * 256,
    UP_PNG_KEYS_MOST = 256, /* bytes of tRNS */
    UP_PNG_FRAME_FRONT = UP_PNG_SIGNATURE_SIZE + 3 * (UP_PNG_CHUNK_HEAD + UP_PNG_CHUNK_TAIL) + 13 +
                         UP_PNG_PALETTE_MOST + UP_PNG_KEYS_MOST
};

typedef struct {
    up_reader *reader;
    int64_t next; /* the chunk to come to */
    bool cut;     /* the pixels of this frame end early */
    size_t front_size;
    uint8_t front[UP_PNG_FRAME_FRONT]; /* all before the pixels */
    const uint8_t *piece;              /* that is being handed out, */
    size_t at, end;                    /* and what of it is left */
    up_png_place chunk;                /* of pixels, of which `left` bytes are to come */
    int64_t left;
    uint32_t checksum;
    uint8_t buffer[UP_PNG_CHUNK_HEAD + UP_PNG_FRAME_PIECE + UP_PNG_CHUNK_TAIL];
} up_png_frame_bytes;

up_status up_png_frame_bytes_open(up_png_frame_bytes *bytes, up_reader *reader, up_error *error);

/* Goes on to the next frame; false: there is none. */
bool up_png_frame_bytes_next(up_png_frame_bytes *bytes, up_placed *place, up_duration *duration);

/* The next `size` bytes of it. Checksums of pixels are checked here. */
up_status up_png_frame_bytes_read(up_png_frame_bytes *bytes, uint8_t *data, size_t size,
                                  up_error *error);

#endif
