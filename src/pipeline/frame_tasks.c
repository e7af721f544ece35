/* SPDX-License-Identifier: MIT */
/* Frame after frame of a sequence, two at a time: while one is made, the next is read, and the one
 * before encoded. */

#include "pipeline/state.h"

static up_status fail_short(const up_state *s, int64_t first, up_error *error)
{
    const char *name = s->run->source->name;
    if (s->frame + first == 0)
        return up_fail(error, UP_ERROR_INPUT, "%s: holds no frame", name);
    return up_fail(error, UP_ERROR_INPUT, "%s: ends before frame %lld, counted from 0", name,
                   (long long)(s->frame + first));
}

up_status up_frame_next(up_state *s, up_error *error)
{
    const up_run *run = s->run;
    bool there = true;
    for (int64_t left = s->frame ? 0 : run->frames.first; left >= 0 && there; left--) {
        up_state_check_cancel(s);
        if (up_state_stopped(s))
            return UP_OK;
        UP_TRY(up_source_next(run->source, &there, error));
    }
    s->duration = run->source->duration;
    s->absent = !there;
    if (s->further)
        s->further->absent = !there;
    if (there || (s->frame > 0 && run->frames.count < 0))
        return UP_OK;
    return fail_short(s, run->frames.first, error);
}

up_status up_frame_begin(up_state *s, int output, up_error *error)
{
    up_sink *sink = s->run->sink[output];
    return sink->frame ? sink->frame(sink, s->duration, error) : UP_OK;
}

static void next(up_state *s, int64_t frame)
{
    up_error error;
    s->frame = frame;
    if (s->further)
        s->further->frame = frame;
    if (!up_state_stopped(s))
        up_state_note(s, up_frame_next(s, &error), &error);
    if (up_state_stopped(s))
        atomic_store(&s->shared->ended, true);
}

static void begin(up_state *s, int output)
{
    up_error error;
    if (!up_state_stopped(s))
        up_state_note(s, up_frame_begin(s, output, &error), &error);
}

/* Tasks for the planes of a state, behind those that it still makes. */
static void schedule_planes(up_state *s)
{
#define EVERY_STRIP iterator(int i = 0 : s->strips.count), inout : s->token.strip[i]
#pragma omp task depend(EVERY_STRIP, s->token.ahead[0][i], s->token.ahead[1][i])
    up_strips_rewind(&s->strips);
#undef EVERY_STRIP
    up_schedule_chunks(s);
}

/* A sink that does not overlap frames begins one when all of that before has been emitted. */
static void schedule_begin(up_state *s, int output)
{
    up_shared *shared = s->shared;
    if (s->run->sink[output]->overlaps) {
#pragma omp task depend(inout : s->token.begin, shared->token.accept[output])
        begin(s, output);
    } else {
#pragma omp task depend(inout                                                                      \
                        : s->token.begin, shared->token.accept[output],                            \
                          shared->token.emit[output])
        begin(s, output);
    }
}

/* Behind all of the frame that the state had before, which the sinks have got by then. */
static void schedule_frame(up_state *s, int64_t frame)
{
    up_shared *shared = s->shared;
    const int lane = s->lane;
#define EVERY_SLOT iterator(int i = 0 : shared->slots), inout : shared->token.out[lane][i][0]
#pragma omp task depend(EVERY_SLOT, shared->token.out[lane][i][1])                                 \
    depend(inout                                                                                   \
           : s->token.begin, shared->token.source)
    next(s, frame);
#undef EVERY_SLOT
    for (int o = 0; o < s->run->graph->outputs; o++)
        schedule_begin(s, o);
    schedule_planes(s);
    for (int i = 0; i < s->run->further_planes; i++)
        schedule_planes(s->further);
}

void up_schedule_sequence(up_state *state)
{
    const int64_t ahead = 256; /* chunks; see up_schedule_chunks() */
    const up_run *run = state->run;
    const int64_t frames = up_state_frames(state);
    up_shared *shared = state->shared;
#pragma omp parallel num_threads(run->threads)
#pragma omp master
    for (int64_t n = 0, waited = 0; (frames < 0 || n < frames) && !atomic_load(&shared->ended);
         n++) {
        schedule_frame(&state[n % run->frames.at_once], n);
        if (shared->chunks - waited >= ahead) {
            waited = shared->chunks;
#pragma omp taskwait
        }
    }
}
