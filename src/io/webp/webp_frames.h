/* SPDX-License-Identifier: MIT */
/* The frames of an animated WebP, put together one after the other. */
#ifndef UP_IO_WEBP_FRAMES_H
#define UP_IO_WEBP_FRAMES_H

#include "base/notes.h"
#include "io/webp/webp_layout.h"

typedef struct {
    up_reader *reader;
    up_screen screen; /* RGB with alpha */
    int64_t at;       /* the chunk to come to */
    int64_t shown;
} up_webp_frames;

/* Bytes that frames take. False: too many. */
bool up_webp_frames_bytes(const up_webp_layout *layout, const up_format *format, size_t *bytes);

up_status up_webp_frames_begin(up_webp_frames *frames, up_reader *reader, const up_format *format,
                               up_error *error);
void up_webp_frames_end(up_webp_frames *frames);

/* Puts the next frame on the screen. *there: there is one. What is damaged leaves the screen as it
 * is, and is noted. */
up_status up_webp_frames_next(up_webp_frames *frames, bool *there, up_duration *duration,
                              up_notes *notes, up_error *error);

#endif
