/* SPDX-License-Identifier: MIT */
#include "cli/batch/batch.h"

#include "cli/args/method_choice.h"
#include "cli/batch/keep_times.h"
#include "cli/batch/tasks/memory_gate.h"
#include "cli/batch/tasks/task_run.h"
#include "cli/show/cli_text.h"
#include "cli/show/lines/progress.h"
#include "cli/signals.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct {
    const cli_tasks *tasks;
    const cli_settings *settings;
    cli_ledger *ledger;
    cli_progress *progress;
    cli_memory_gate gate;
    up_batch *outputs; /* NULL: each is published as soon as it is done */
    atomic_size_t next;
    int threads; /* for each job */
} batch;

typedef struct {
    batch *batch;
    int slot;
    pthread_t thread;
    bool started;
} worker;

/* A task until it is done and published, whichever comes last. */
typedef struct {
    cli_result result; /* first: it is what the outputs know the job by */
    up_error outcome;  /* of publishing */
    batch *batch;
    const cli_task *task;
    atomic_int parts; /* not done yet */
} job;

static void record(cli_ledger *ledger, const cli_task *task, const cli_result *result)
{
    if (result->state == CLI_FAILED)
        cli_ledger_failed(ledger, task->input->path, &result->error);
    else if (result->state == CLI_SKIPPED)
        cli_ledger_skipped(ledger, *result->differs != 0);
    else
        cli_ledger_done(ledger);
}

static void end_part(job *j)
{
    const batch *b = j->batch;
    if (atomic_fetch_sub(&j->parts, 1) > 1)
        return;
    if (j->outcome.status != UP_OK)
        cli_result_fail(&j->result, &j->outcome, b->settings);
    if (j->result.state == CLI_DONE && b->settings->keep_times)
        cli_times_keep(j->task);
    if (b->tasks->journal)
        b->tasks->journal->end(b->tasks->journal->user, &j->result);
    cli_result_show(j->task, &j->result, b->settings, b->tasks->named_by_default);
    record(b->ledger, j->task, &j->result);
    cli_notes_clear(&j->result.notes);
    free(j);
}

static void published(void *user, const up_error *outcome)
{
    job *j = user;
    j->outcome = *outcome;
    end_part(j);
}

static void run_task(batch *b, const cli_task *task, int slot)
{
    up_options options = cli_method_options(b->settings, task->method);
    options.threads = b->threads;
    options.max_memory = b->gate.limit; /* which takes a dozen files to find out */
    options.cancel = cli_signals_flag();
    options.progress = cli_progress_update;
    options.user = cli_progress_user(b->progress, slot);
    job *j = cli_alloc(1, sizeof *j);
    j->batch = b;
    j->task = task;
    atomic_init(&j->parts, 2);
    if (b->tasks->journal)
        b->tasks->journal->begin(b->tasks->journal->user, task, &options, &j->result);
    cli_progress_begin(b->progress, slot, task->input->path, task->weight);
    cli_task_run(task, &options, b->settings, &b->gate, b->outputs, &j->result);
    cli_progress_end(b->progress, slot);
    if (!j->result.pending)
        atomic_fetch_sub(&j->parts, 1);
    end_part(j);
}

static void *work(void *user)
{
    worker *w = user;
    batch *b = w->batch;
    size_t i;
    while (!*cli_signals_flag() && (i = atomic_fetch_add(&b->next, 1)) < b->tasks->count)
        run_task(b, &b->tasks->item[i], w->slot);
    return NULL;
}

static int least(size_t a, size_t b)
{
    return (int)(a < b ? a : b);
}

static int choose_jobs(const cli_tasks *tasks, const cli_settings *s)
{
    if (s->dry_run || tasks->count <= 1)
        return 1;
    return least((size_t)(s->jobs ? s->jobs : up_cpu_count()), tasks->count);
}

static double whole_weight(const cli_tasks *tasks)
{
    double weight = 0;
    for (size_t i = 0; i < tasks->count; i++)
        weight += tasks->item[i].weight;
    return weight;
}

static const char *how_to_go_on(const cli_tasks *tasks, const cli_settings *s)
{
    if (s->dry_run)
        return NULL;
    if (tasks->journal)
        return "the same command does the rest";
    return s->up.overwrite    ? "the same command begins anew"
           : s->skip_existing ? "the same command does the rest"
                              : "the same command with --skip-existing does the rest";
}

/* It can be done without, unless someone must hear of what is made. */
static void open_outputs(batch *b)
{
    up_error error;
    const cli_journal *journal = b->tasks->journal;
    if ((b->tasks->count <= 1 && !journal) || b->settings->dry_run)
        return;
    const up_status status = up_batch_open(&b->outputs, published, &error);
    if (status == UP_OK && journal)
        up_batch_watch(b->outputs, journal->ready, journal->user);
    if (status == UP_OK || !journal)
        return;
    cli_ledger_failed(b->ledger, "", &error);
    atomic_store(&b->next, b->tasks->count);
}

void cli_batch_run(const cli_tasks *tasks, const cli_settings *settings, cli_ledger *ledger)
{
    int jobs = choose_jobs(tasks, settings), share = up_cpu_count() / jobs;
    batch b = { .tasks = tasks, .settings = settings, .ledger = ledger };
    b.threads = settings->up.threads ? settings->up.threads : share > 1 ? share : 1;
    b.progress = cli_progress_new(settings, tasks->count, whole_weight(tasks), jobs);
    ledger->planned += tasks->count;
    ledger->go_on = how_to_go_on(tasks, settings);
    cli_gate_init(&b.gate, settings->up.max_memory, cli_methods_shared_bytes(settings));
    open_outputs(&b);
    worker *workers = cli_alloc((size_t)jobs, sizeof *workers);
    for (int i = 0; i < jobs; i++)
        workers[i] = (worker){ .batch = &b, .slot = i };
    /* This thread is the first worker; threads that cannot be had are done without. */
    for (int i = 1; i < jobs; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    work(&workers[0]);
    for (int i = 1; i < jobs; i++) {
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
    }
    up_batch_close(&b.outputs);
    if (atomic_load(&b.next) < tasks->count)
        ledger->interrupted = true;
    free(workers);
    cli_gate_clear(&b.gate);
    cli_progress_free(b.progress);
}
