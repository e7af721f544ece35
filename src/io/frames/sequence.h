/* SPDX-License-Identifier: MIT */
/* Frames of one size that follow each other in time: an animation, or a video. */
#ifndef UP_IO_FRAMES_SEQUENCE_H
#define UP_IO_FRAMES_SEQUENCE_H

#include "base/status.h"

#define UP_FRAMES_UNTIL_END (-1) /* as many as come: nobody knows before the last */

typedef struct {
    uint32_t num, den; /* seconds: num / den; den 0: not said */
} up_duration;

typedef struct {
    int64_t frames;    /* 0: it is one picture, or a batch; UP_FRAMES_UNTIL_END */
    int loops;         /* times that all of it is shown; 0: for ever */
    double seconds;    /* that showing it once takes; 0: not known */
    size_t held_bytes; /* that its frames take beside what one picture of the file takes */
} up_sequence;

/* In lowest terms, or the nearest fraction whose parts are at most `most`. */
up_duration up_duration_within(up_duration duration, uint32_t most);

/* Whole milliseconds, rounded; at most `most`. */
int up_duration_milliseconds(up_duration duration, int most);

#endif
