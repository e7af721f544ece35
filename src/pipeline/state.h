/* SPDX-License-Identifier: MIT */
/* What one run shares among its tasks. */
#ifndef UP_PIPELINE_STATE_H
#define UP_PIPELINE_STATE_H

#include "pipeline/run/run.h"
#include "pipeline/strip.h"

#include <stdatomic.h>

#define UP_MOST_THREADS 256
#define UP_MOST_SLOTS (UP_MOST_THREADS + 2)

/* What all states of a run have in common. */
typedef struct {
    atomic_int status; /* the first failure stops everything after it */
    up_error error;
    atomic_bool ended; /* no frame follows */
    int slots;         /* of every sink */
    int64_t chunks;    /* that have got a slot */
    struct {           /* addresses for depend clauses; never read or written */
        char source, progress;
        char slot[UP_MOST_SLOTS][UP_MAX_OUTPUTS];
        char accept[UP_MAX_OUTPUTS], emit[UP_MAX_OUTPUTS];
        char out[UP_FRAMES_AT_ONCE][UP_MOST_SLOTS][UP_MAX_OUTPUTS]; /* slots of frames under way */
    } token;
} up_shared;

/* Of one of the frames that are made at a time, and of the planes of one kind in it. */
typedef struct up_state {
    up_run *run;
    up_shared *shared;
    int lane;                 /* which of the frames: 0 .. UP_FRAMES_AT_ONCE - 1 */
    struct up_state *further; /* of run->further */
    up_stage *stage;          /* that runs */
    up_strips strips;
    double work_before;                  /* of this frame, what was done before ... */
    double work;                         /* ... and what is under way */
    unsigned char *slot[UP_MAX_OUTPUTS]; /* run->slots buffers of group_bytes */
    size_t group_bytes[UP_MAX_OUTPUTS];
    int64_t frame;
    bool absent;          /* the sequence has ended before this frame */
    up_duration duration; /* of it */
    struct {              /* as above */
        char begin;
        char ahead[2][UP_MOST_THREADS], strip[UP_MOST_THREADS];
    } token;
} up_state;

/* Of a prepared stage, with their memory laid out but not yet taken. */
up_status up_stage_strips(const up_stage *stage, up_strips *strips, up_error *error);

/* Nothing more is to be done: something failed, or there is no such frame. */
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
/* What goes on in it: makes the tasks. By its master. */
void up_schedule_chunks(up_state *s);

/* Of a sequence: goes on to frame s->frame, past those that nobody wants, or finds it absent; and
 * has a sink begin it. */
up_status up_frame_next(up_state *s, up_error *error);
up_status up_frame_begin(up_state *s, int output, up_error *error);

/* Makes all frames of a sequence, run->frames.at_once at a time, each by a state of its own, in one
 * parallel region. */
void up_schedule_sequence(up_state *state);

#endif
