/* SPDX-License-Identifier: MIT */
/* Chunks of a WebP file: heads, pictures, and the frames of an animation. */
#ifndef UP_IO_WEBP_FRAME_H
#define UP_IO_WEBP_FRAME_H

#include "io/files/reader.h"
#include "io/frames/screen.h"
#include "io/frames/sequence.h"

typedef struct {
    char type[5];
    int64_t data, size; /* where its data lie; what of them is in the file */
    bool cut;
} up_webp_chunk;

/* Where a picture is packed. */
typedef struct {
    int columns, rows;
    bool alpha, lossless;
    int64_t at, end;  /* the chunks that libwebp is to see: ALPH, VP8 and VP8L; 0: none yet */
    int64_t alpha_at; /* an ALPH chunk before the picture; 0: none */
    bool cut;         /* the file ends before they do */
} up_webp_pixels;

typedef struct {
    up_placed place;
    up_duration duration;
    up_webp_pixels pixels;
} up_webp_frame;

/* Low byte first. */
int64_t up_webp_little(const uint8_t *at, int bytes);

/* The chunk at *at, which moves behind it; false: the next one is not whole. */
bool up_webp_next_chunk(up_webp_chunk *chunk, up_reader *reader, int64_t *at, int64_t end);
bool up_webp_is(const up_webp_chunk *chunk, const char *type);

/* Of the chunks of a picture up to its pixels each in turn. */
up_status up_webp_take_pixels(up_webp_pixels *pixels, const up_webp_chunk *chunk, up_reader *reader,
                              up_error *error);

/* What an ANMF chunk holds; its pixels are at 0 where they make no sense. False: it is no frame. */
bool up_webp_read_frame(up_webp_frame *frame, const up_webp_chunk *chunk, up_reader *reader,
                        up_error *error);

#endif
