/* SPDX-License-Identifier: MIT */

#include "pipeline/run/run.h"

#include "base/machine/team.h"
#include "base/memory.h"
#include "pipeline/state.h"

#include <string.h>

#define SKIPPED_ROWS 256 /* before it is looked whether anyone still wants them */

/* The rows that lie in memory: those of frames, and those of a source that does. */
static void bind_inputs(up_state *s)
{
    const up_pixels *mapped = &s->run->source->mapped;
    for (int i = 0; i < s->stage->graph->inputs; i++) {
        up_ring *ring = &s->strips.input[i];
        const int from = s->stage->from[i];
        if (from >= 0) {
            up_frame_bind(&s->run->stages.frame[from], ring);
        } else if (mapped->data) {
            size_t frame = mapped->plane_stride * ring->shape.channels * (size_t)s->frame;
            up_ring_bind(ring, (char *)mapped->data + frame, mapped->row_stride,
                         mapped->plane_stride, 0);
        }
    }
}

static up_status take_strips(up_state *s, up_stage *stage, up_error *error)
{
    if (s->stage == stage)
        return UP_OK;
    s->stage = stage;
    up_strips_free(&s->strips);
    UP_TRY(up_stage_strips(stage, &s->strips, error));
    return up_strips_allocate(&s->strips, error);
}

/* Those that nothing needs; many may take long. */
static up_status skip_rows(up_state *s, int rows, up_error *error)
{
    for (int done = 0; done < rows && !up_state_stopped(s); done += SKIPPED_ROWS) {
        up_state_check_cancel(s);
        UP_TRY(up_source_skip(s->run->source, up_min(SKIPPED_ROWS, rows - done), error));
    }
    return UP_OK;
}

static up_status enter_stage(up_state *s, int number, up_error *error)
{
    up_stages *stages = &s->run->stages;
    UP_TRY(take_strips(s, &stages->stage[number], error));
    for (int f = 0; f < stages->frames; f++)
        if (stages->frame[f].first == number)
            UP_TRY(up_frame_open(&stages->frame[f], error));
    up_strips_rewind(&s->strips);
    if (s->stage->reads)
        UP_TRY(skip_rows(s, s->stage->graph->node[0].first, error));
    bind_inputs(s);
    s->work = s->stage->work - s->stage->finishing;
    return UP_OK;
}

static bool goes_on(void *run, double done)
{
    up_state *s = run;
    up_state_check_cancel(s);
    up_state_report(s, done);
    return !up_state_stopped(s);
}

/* What is made of all rows of a node. */
static void finish(up_state *s, up_frame *frame)
{
    up_error error;
    s->work = frame->whole->finish_multiply_adds;
    up_state_note(s, up_frame_finish(frame, s->run->threads, s, goes_on, &error), &error);
    s->work_before += s->work;
}

static void leave_stage(up_state *s, int number)
{
    up_stages *stages = &s->run->stages;
    s->work_before += s->work;
    for (int f = 0; f < stages->frames && !up_state_stopped(s); f++) {
        up_frame *frame = &stages->frame[f];
        int done = 0;
        if (frame->first == number && frame->whole)
            finish(s, frame);
        if (frame->last == number)
            up_frame_close(frame);
        else if (frame->data)
            up_frame_release(frame, &done, frame->shape.height);
    }
}

static void run_frame(up_state *s)
{
    up_error error;
    s->work_before = 0;
    for (int i = 0; i < s->run->stages.count && !up_state_stopped(s); i++) {
        up_state_note(s, enter_stage(s, i, &error), &error);
        if (!up_state_stopped(s))
            up_schedule_frame(s);
        if (!up_state_stopped(s))
            leave_stage(s, i);
    }
}

static bool next_frame(up_state *s)
{
    up_error error;
    const int64_t frames = up_state_frames(s);
    if ((frames >= 0 && s->frame >= frames) || up_state_stopped(s))
        return false;
    if (s->run->frames.count == 0)
        return true;
    up_state_note(s, up_frame_next(s, &error), &error);
    for (int o = 0; o < s->run->graph->outputs && !up_state_stopped(s); o++)
        up_state_note(s, up_frame_begin(s, o, &error), &error);
    return !up_state_stopped(s);
}

static void run_frames(void *user)
{
    up_state *s = user;
    const up_run *run = s->run;
    const int64_t frames = up_state_frames(s);
    if (frames == 0)
        up_state_report(s, 1);
    if (run->frames.at_once > 1)
        up_schedule_sequence(s);
    for (s->frame = 0; run->frames.at_once <= 1 && next_frame(s); s->frame++) {
        run_frame(s);
        for (int i = 0; i < run->further_planes && !up_state_stopped(s); i++)
            run_frame(s->further);
    }
    if (frames < 0 && run->progress && atomic_load(&s->shared->status) == UP_OK)
        run->progress(run->user, 1);
}

/* Slots are those of the first of the states. */
static up_status allocate(up_state *s, const up_state *first, up_error *error)
{
    up_run *run = s->run;
    UP_TRY(take_strips(s, &run->stages.stage[0], error));
    for (int o = 0; o < run->graph->outputs; o++) {
        s->group_bytes[o] = up_run_group_bytes(run, o);
        s->slot[o] = first->slot[o];
        if (run->sink[o]->mapped.data || s->slot[o])
            continue;
        s->slot[o] = up_alloc(run->slots, s->group_bytes[o]);
        if (!s->slot[o])
            return up_fail_memory(error, "output rows", s->group_bytes[o] * run->slots);
    }
    return UP_OK;
}

static void release(up_state *s, int states, up_run *run)
{
    for (int f = 0; f < run->stages.frames; f++)
        up_frame_close(&run->stages.frame[f]);
    for (int o = 0; o < UP_MAX_OUTPUTS; o++)
        up_free(s->slot[o]);
    for (int i = 0; i < states; i++)
        up_strips_free(&s[i].strips);
}

/* The states of a run, one for each frame at a time. */
typedef struct {
    up_shared shared;
    up_state state[UP_FRAMES_AT_ONCE], further[UP_FRAMES_AT_ONCE];
    int count;
} states;

static up_status prepare(states *all, up_run *run, up_error *error)
{
    all->count = up_clamp(run->frames.at_once, 1, UP_FRAMES_AT_ONCE);
    all->shared.slots = run->slots;
    if (run->further) {
        memcpy(run->further->sink, run->sink, sizeof run->sink);
        all->shared.slots = up_min(run->slots, run->further->slots);
    }
    for (int i = 0; i < all->count; i++) {
        up_state *further = run->further ? &all->further[i] : NULL;
        all->state[i] =
            (up_state){ .run = run, .shared = &all->shared, .lane = i, .further = further };
        UP_TRY(allocate(&all->state[i], all->state, error));
        if (!further)
            continue;
        *further = (up_state){ .run = run->further, .shared = &all->shared, .lane = i };
        UP_TRY(allocate(further, all->further, error));
    }
    return UP_OK;
}

up_status up_run_start(up_run *run, up_error *error)
{
    states *all = up_alloc_zero(1, sizeof *all);
    if (!all)
        return up_fail_memory(error, "a run", sizeof *all);
    up_status status = prepare(all, run, error);
    if (status == UP_OK) {
        up_team_run(run_frames, all->state);
        status = (up_status)atomic_load(&all->shared.status);
        if (status != UP_OK && error)
            *error = all->shared.error;
    }
    release(all->state, all->count, run);
    if (run->further)
        release(all->further, all->count, run->further);
    up_free(all);
    for (int o = 0; o < run->graph->outputs && status == UP_OK; o++)
        if (run->sink[o]->finish)
            status = run->sink[o]->finish(run->sink[o], error);
    return status;
}
