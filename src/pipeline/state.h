/* SPDX-License-Identifier: MIT */
/* What one run shares among its tasks. */
#ifndef UP_PIPELINE_STATE_H
#define UP_PIPELINE_STATE_H

#include "pipeline/run/run.h"
#include "pipeline/strip.h"

#include <stdatomic.h>

#define UP_MOST_THREADS 256
#define UP_MOST_SLOTS (UP_MOST_THREADS + 2)

typedef struct up_state {
    up_run *run;
    struct up_state *further; /* of run->further */
    up_stage *stage;          /* that runs */
    up_strips strips;
    double work_before;                  /* of this frame, what was done before ... */
    double work;                         /* ... and what is under way */
    unsigned char *slot[UP_MAX_OUTPUTS]; /* run->slots buffers of group_bytes */
    size_t group_bytes[UP_MAX_OUTPUTS];
    int64_t frame;
    atomic_int status; /* the first failure stops everything after it */
    up_error error;
    struct { /* addresses for depend clauses; never read or written */
        char source, progress;
        char ahead[2][UP_MOST_THREADS], strip[UP_MOST_THREADS];
        char slot[UP_MOST_SLOTS][UP_MAX_OUTPUTS];
        char accept[UP_MAX_OUTPUTS], emit[UP_MAX_OUTPUTS];
    } token;
} up_state;

/* Of a prepared stage, with their memory laid out but not yet taken. */
up_status up_stage_strips(const up_stage *stage, up_strips *strips, up_error *error);

bool up_state_stopped(up_state *s);

/* Keeps the first error of all tasks. */
void up_state_note(up_state *s, up_status status, const up_error *error);

void up_state_check_cancel(up_state *s);

/* That the run makes; negative: nobody knows. */
int64_t up_state_frames(const up_state *s);

/* Tells the caller that so much of the stage that runs is done: 0..1. */
void up_state_report(up_state *s, double done);

/* Makes the rows of a chunk in one strip. */
void up_engine_run(up_state *s, up_strip *strip, int chunk);

/* Runs the current stage for the current frame: the one parallel region. */
void up_schedule_frame(up_state *s);

#endif
