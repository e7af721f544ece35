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
    for (int i = 0; i < s->strips.count; i++) {
        up_strip *strip = &s->strips.strip[i];
        up_walk_rewind(&strip->walk);
        for (int r = 0; r < s->stage->graph->inputs + s->stage->graph->outputs; r++)
            strip->released[r] = 0;
    }
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

static void run_further(up_state *s)
{
    up_state *further = s->further;
    for (int i = 0; i < s->run->further_planes && !up_state_stopped(s); i++) {
        run_frame(further);
        up_state_note(s, (up_status)atomic_load(&further->status), &further->error);
    }
}

static up_status fail_short(const up_state *s, int64_t first, up_error *error)
{
    const char *name = s->run->source->name;
    if (s->frame + first == 0)
        return up_fail(error, UP_ERROR_INPUT, "%s: holds no frame", name);
    return up_fail(error, UP_ERROR_INPUT, "%s: ends before frame %lld, counted from 0", name,
                   (long long)(s->frame + first));
}

/* Of a sequence, past frames that nobody wants. */
static up_status go_on(up_state *s, bool *there, up_error *error)
{
    const up_run *run = s->run;
    *there = true;
    for (int64_t left = s->frame ? 0 : run->frames.first; left >= 0 && *there; left--) {
        up_state_check_cancel(s);
        if (up_state_stopped(s))
            return UP_OK;
        UP_TRY(up_source_next(run->source, there, error));
    }
    if (!*there)
        return s->frame == 0 || run->frames.count > 0 ? fail_short(s, run->frames.first, error)
                                                      : UP_OK;
    for (int o = 0; o < run->graph->outputs; o++)
        if (run->sink[o]->frame)
            UP_TRY(run->sink[o]->frame(run->sink[o], run->source->duration, error));
    return UP_OK;
}

static bool next_frame(up_state *s)
{
    up_error error;
    const int64_t frames = up_state_frames(s);
    bool there = frames < 0 || s->frame < frames;
    if (there && s->run->frames.count && !up_state_stopped(s))
        up_state_note(s, go_on(s, &there, &error), &error);
    return there && !up_state_stopped(s);
}

static void run_frames(void *user)
{
    up_state *s = user;
    const up_run *run = s->run;
    const int64_t frames = up_state_frames(s);
    if (frames == 0)
        up_state_report(s, 1);
    for (s->frame = 0; next_frame(s); s->frame++) {
        run_frame(s);
        run_further(s);
    }
    if (frames < 0 && run->progress && !up_state_stopped(s))
        run->progress(run->user, 1);
}

static up_status allocate(up_state *s, up_error *error)
{
    up_run *run = s->run;
    UP_TRY(take_strips(s, &run->stages.stage[0], error));
    for (int o = 0; o < run->graph->outputs; o++) {
        s->group_bytes[o] = up_run_group_bytes(run, o);
        if (run->sink[o]->mapped.data)
            continue;
        s->slot[o] = up_alloc(run->slots, s->group_bytes[o]);
        if (!s->slot[o])
            return up_fail_memory(error, "output rows", s->group_bytes[o] * run->slots);
    }
    return UP_OK;
}

static up_status allocate_further(up_state *further, up_run *run, up_error *error)
{
    if (!run->further)
        return UP_OK;
    memcpy(run->further->sink, run->sink, sizeof run->sink);
    return allocate(further, error);
}

static void release(up_state *s)
{
    up_strips_free(&s->strips);
    for (int f = 0; f < s->run->stages.frames; f++)
        up_frame_close(&s->run->stages.frame[f]);
    for (int o = 0; o < UP_MAX_OUTPUTS; o++)
        up_free(s->slot[o]);
}

up_status up_run_start(up_run *run, up_error *error)
{
    up_state further = { .run = run->further }, s = { .run = run, .further = &further };
    up_status status = allocate(&s, error);
    if (status == UP_OK)
        status = allocate_further(&further, run, error);
    if (status == UP_OK) {
        up_team_run(run_frames, &s);
        status = (up_status)atomic_load(&s.status);
        if (status != UP_OK && error)
            *error = s.error;
    }
    release(&s);
    if (run->further)
        release(&further);
    for (int o = 0; o < run->graph->outputs && status == UP_OK; o++)
        if (run->sink[o]->finish)
            status = run->sink[o]->finish(run->sink[o], error);
    return status;
}
