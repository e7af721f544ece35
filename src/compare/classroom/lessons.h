/* SPDX-License-Identifier: MIT */
/* The upsamplers that are taught side by side, and what to look at. */
#ifndef UP_COMPARE_LESSONS_H
#define UP_COMPARE_LESSONS_H

#include "base/status.h"
#include "upscale_compare.h"

#define UP_LESSONS 7

typedef struct {
    int scale;
    up_contender contender[UP_LESSONS];
    char kernel[2][1024]; /* of the transposed convolutions, as text: of even and uneven overlap */
} up_lessons;

/* All enlarge by the scale that `how` says (2, 3 or 4; 2 if it says nothing), on as many threads
 * and in as much memory as it allows. Max-unpooling still lacks its positions. The lessons must not
 * be moved. */
up_status up_lessons_init(up_lessons *lessons, const up_options *how, up_error *error);

const char *up_lesson_look(int i);

/* A command that shows it on an input, given as text as the positions are; for free(). NULL: out of
 * memory. */
char *up_lesson_command(const up_contender *lesson, int scale, const char *input,
                        const char *positions);

/* Whether it needs the positions of a pooling. */
bool up_lesson_needs_positions(const up_contender *lesson);

#endif
