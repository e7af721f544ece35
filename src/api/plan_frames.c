/* SPDX-License-Identifier: MIT */
/* Which frames of a sequence a plan makes. */
#include "api/plan.h"

#include <stdio.h>

static up_status fail_frames(const up_plan *plan, const char *what, up_error *error)
{
    return up_fail(error, UP_ERROR_ARGUMENT, "%s: %s", plan->image->source->name, what);
}

static up_status check_frames(const up_plan *plan, up_error *error)
{
    const int64_t first = plan->options.frames.first, end = plan->options.frames.end;
    const int64_t frames = plan->image->source->sequence.frames;
    char what[128];
    if (first == 0 && end == 0)
        return UP_OK;
    if (first < 0 || end <= first)
        return up_fail(error, UP_ERROR_ARGUMENT, "there are no frames from %lld up to %lld",
                       (long long)first, (long long)end);
    if (!plan->image->source->next && end > 1)
        return fail_frames(plan, "is one picture, with no frames behind it", error);
    if (frames <= 0 || end <= frames)
        return UP_OK;
    snprintf(what, sizeof what, "has %lld frames, of which the last is %lld, counted from 0",
             (long long)frames, (long long)frames - 1);
    return fail_frames(plan, what, error);
}

/* `type` NULL: memory, which holds one picture. */
static bool holds_frames(const up_plan *plan, const up_sink_format *type, int64_t count)
{
    if (!type || plan->options.rows.end > 0)
        return false;
    return type->frames == UP_ANY_FRAMES || (type->frames == UP_COUNTED_FRAMES && count > 0);
}

up_status up_plan_choose_frames(up_plan *plan, const up_sink_format *type, up_error *error)
{
    const up_sequence *sequence = &plan->image->source->sequence;
    const int64_t first = plan->options.frames.first, end = plan->options.frames.end;
    const bool asked = end > 0;
    UP_TRY(check_frames(plan, error));
    if (!plan->image->source->next)
        return UP_OK;
    int64_t count = asked ? end - first : sequence->frames;
    const bool held = count != 1 && holds_frames(plan, type, count);
    if (!held && count < 0)
        UP_TRY(up_notes_add(&plan->notes, UP_NOTE_DROPPED, error, "all frames but the first"));
    else if (!held && count > 1 && !plan->options.strip)
        UP_TRY(up_notes_add(&plan->notes, UP_NOTE_DROPPED, error, "%lld of %lld animation frames",
                            (long long)count - 1, (long long)count));
    if (!held && !asked)
        return UP_OK;
    plan->run.frames.first = first;
    plan->run.frames.count = held ? count : 1;
    plan->encoding.sequence = held ? *sequence : (up_sequence){ 0 };
    plan->encoding.sequence.frames = held ? count : 0;
    return UP_OK;
}
