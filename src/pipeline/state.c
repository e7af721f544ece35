/* SPDX-License-Identifier: MIT */
#include "pipeline/state.h"

bool up_state_stopped(up_state *s)
{
    return s->absent || atomic_load_explicit(&s->shared->status, memory_order_acquire) != UP_OK;
}

void up_state_note(up_state *s, up_status status, const up_error *error)
{
    int none = UP_OK;
    if (status == UP_OK)
        return;
    if (atomic_compare_exchange_strong(&s->shared->status, &none, (int)status))
        s->shared->error = *error;
}

void up_state_check_cancel(up_state *s)
{
    up_error error;
    if (s->run->cancel && __atomic_load_n(s->run->cancel, __ATOMIC_RELAXED))
        up_state_note(s, up_fail(&error, UP_ERROR_INTERRUPTED, "interrupted"), &error);
}

int64_t up_state_frames(const up_state *s)
{
    const up_run *run = s->run;
    return run->frames.count ? run->frames.count : run->source->format.frames;
}

void up_state_report(up_state *s, double done)
{
    const up_stages *stages = &s->run->stages;
    const int64_t frames = up_state_frames(s);
    if (!s->run->progress || up_state_stopped(s) || frames < 0)
        return;
    if (stages->count > 1)
        done = (s->work_before + done * s->work) / stages->work;
    s->run->progress(s->run->user, frames ? ((double)s->frame + done) / (double)frames : done);
}
