/* SPDX-License-Identifier: MIT */
/* The frames of an animated PNG, put together one after the other. */
#ifndef UP_IO_PNG_FRAMES_H
#define UP_IO_PNG_FRAMES_H

#include "base/notes.h"
#include "io/files/reader.h"
#include "io/png/animation/png_animation.h"

typedef struct up_png_frames up_png_frames;

/* What chunks say of the frames, without their pixels. */
typedef struct {
    int64_t frames;   /* that are in order, and there */
    const char *flaw; /* why those behind them do not count; NULL: they are all */
    double seconds;
    bool clears;    /* some of the canvas is transparent at times, whatever the pixels are */
    bool goes_back; /* a frame gives back what was there before it */
} up_png_overview;

/* Of a file that can be searched; leaves the position of the reader alone. */
up_status up_png_look_through(up_png_overview *overview, up_reader *reader, up_error *error);

/* `format` is that of the canvas; the reader must stay, and is read at places of its own. */
up_status up_png_frames_open(up_png_frames **frames, up_reader *reader, const up_format *format,
                             up_error *error);
void up_png_frames_close(up_png_frames **frames);

/* Bytes that this takes. False: too many. */
bool up_png_frames_bytes(const up_format *format, const up_png_overview *overview, bool interlaced,
                         size_t *bytes);

/* Puts the next frame on the canvas. *there: there is one. A frame that breaks off stays as it is
 * by then, and is noted. */
up_status up_png_frames_next(up_png_frames *frames, bool *there, up_duration *duration,
                             up_notes *notes, up_error *error);

const up_screen *up_png_frames_screen(const up_png_frames *frames);

#endif
