/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/cluster/plan_reading.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"

#include <stdlib.h>

typedef struct {
    size_t pieces, done, failed;
    double cost, made, open; /* of all, of what is done, and of what is neither done nor failed */
    double pace;             /* what was made in a second since it was begun; of all that run */
    double left;             /* seconds until it is done; < 0: not known */
} progress_of_shard;

typedef struct {
    cli_plan_reading plan;
    progress_of_shard *shard; /* [shards + 1]; 0: all */
    int slowest, running, not_begun;
} statement;

static const up_journal_state *state_of(const statement *s, int shard)
{
    return up_overview_shard(s->plan.overview, shard);
}

static void count(statement *s, const up_piece *piece)
{
    int64_t time;
    const up_event event = up_overview_find(s->plan.overview, up_piece_key(piece->output), &time);
    const bool done = event == UP_EVENT_DONE || event == UP_EVENT_MADE;
    const int places[2] = { 0, piece->shard };
    for (int i = 0; i < 2; i++) {
        progress_of_shard *p = &s->shard[places[i]];
        p->pieces++;
        p->cost += piece->cost;
        p->done += done;
        p->made += done ? piece->cost : 0;
        p->failed += event == UP_EVENT_FAILED;
        p->open += done || event == UP_EVENT_FAILED ? 0 : piece->cost;
    }
    const up_journal_state *state = state_of(s, piece->shard);
    if (done && time >= state->started && state->last > state->started)
        s->shard[piece->shard].pace += 1e9 * piece->cost / (double)(state->last - state->started);
}

static up_status count_all(statement *s, up_error *error)
{
    up_piece piece;
    bool more = true;
    while (more) {
        const up_status status = up_manifest_next(s->plan.manifest, &piece, &more, error);
        if (status != UP_OK)
            return status;
        if (more && piece.shard > 0)
            count(s, &piece);
        up_piece_clear(&piece);
    }
    return UP_OK;
}

static double time_left(const progress_of_shard *p)
{
    return p->open > 0 ? p->pace > 0 ? p->open / p->pace : -1 : 0;
}

/* All takes as long as the slowest shard, and as what is open takes those that run. */
static void look_at_shards(statement *s)
{
    progress_of_shard *all = &s->shard[0];
    double most = -1;
    for (int i = 1; i <= s->plan.info->shards; i++) {
        progress_of_shard *p = &s->shard[i];
        const up_journal_state *state = state_of(s, i);
        p->left = time_left(p);
        all->pace += state->running ? p->pace : 0;
        s->running += state->running;
        s->not_begun += !state->begun;
        if (p->left > most) {
            s->slowest = i;
            most = p->left;
        }
    }
    all->left = time_left(all);
    if (all->left > 0 && most > all->left)
        all->left = most;
}

static void tell_json(const statement *s)
{
    const progress_of_shard *all = &s->shard[0];
    cli_json_put(json_pack("{sI sI sI si si so si sf}", "pieces", (json_int_t)all->pieces, "done",
                           (json_int_t)all->done, "failed", (json_int_t)all->failed, "running",
                           s->running, "not_begun", s->not_begun, "eta",
                           all->left < 0 ? json_null() : json_real(all->left), "slowest",
                           s->slowest, "share_done", all->cost > 0 ? all->made / all->cost : 1));
}

static void tell(const statement *s)
{
    const progress_of_shard *all = &s->shard[0], *slowest = &s->shard[s->slowest];
    cli_print("%zu of %zu done (%.0f %% of the work), %zu failed", all->done, all->pieces,
              all->cost > 0 ? 100 * all->made / all->cost : 100, all->failed);
    cli_print("%d shards: %d running, %d not begun", s->plan.info->shards, s->running,
              s->not_begun);
    if (all->done + all->failed == all->pieces)
        return;
    if (all->left > 0)
        cli_print("%s left if those that run go on like this", cli_clock_text(all->left).text);
    if (slowest->left > 0)
        cli_print("slowest: shard %d on %s, %zu of %zu done, %s left", s->slowest,
                  state_of(s, s->slowest)->host, slowest->done, slowest->pieces,
                  cli_clock_text(slowest->left).text);
}

static int run_status(cli_settings *settings)
{
    statement s = { 0 };
    up_error error;
    int code = cli_plan_open(&s.plan, settings, CLI_PLAN_OVERVIEW);
    if (code != CLI_EXIT_OK)
        return code;
    s.shard = cli_alloc((size_t)s.plan.info->shards + 1, sizeof *s.shard);
    if (count_all(&s, &error) == UP_OK) {
        look_at_shards(&s);
        (settings->json ? tell_json : tell)(&s);
    } else {
        cli_say("%s", error.message);
        code = CLI_EXIT_FAILED;
    }
    free(s.shard);
    cli_plan_close(&s.plan);
    return code;
}

const cli_command cli_status_command = {
    .name = "status",
    .bit = CLI_STATUS,
    .synopsis = "PLAN.jsonl [--json]\n",
    .summary = "how far the shards of a plan are",
    .about = "Sums the journals: what is done, what failed, which shards run, and how long the "
             "slowest will take at the pace that it has had.\n",
    .examples = "# once, and every minute\n"
                "upscale status plan.jsonl\n"
                "watch -n 60 upscale status plan.jsonl\n",
    .run = run_status,
};
