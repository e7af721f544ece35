/* SPDX-License-Identifier: MIT */
/* Doing one task. */
#ifndef UP_CLI_TASK_RUN_H
#define UP_CLI_TASK_RUN_H

#include "cli/batch/tasks/memory_gate.h"
#include "cli/batch/tasks/tasks.h"
#include "cli/show/lines/file_notes.h"

typedef enum {
    CLI_DONE,
    CLI_PLANNED, /* dry run */
    CLI_SKIPPED, /* the output existed, or another process made it first */
    CLI_FAILED,
} cli_state;

typedef struct {
    cli_state state;
    bool pending; /* the batch has yet to say whether it is published */
    up_error error;
    up_format input, output; /* width 0: not known */
    int pages;               /* that are made, if several */
    size_t memory;           /* bytes, estimated */
    double seconds;
    char steps[512];
    up_cleaning cleaning;
    char differs[512]; /* what is wrong with an output that was skipped; "": nothing */
    cli_notes notes;   /* owned */
    up_record record;  /* of a piece of a plan: set before it is run */
} cli_result;

/* What keeps a journal of tasks. */
typedef struct cli_journal {
    void *user;
    /* Settles the options and the record of a task that begins. */
    void (*begin)(void *user, const cli_task *task, up_options *options, cli_result *result);
    /* For up_batch_watch(); users are results. */
    up_status (*ready)(void *user, const up_batch_file *file, int count, up_error *error);
    void (*end)(void *user, cli_result *result);
} cli_journal;

/* `options` are the task's own, with threads, progress and cancel in place. `batch` (may be NULL)
 * publishes the output of a pending result, and is given `result`. */
void cli_task_run(const cli_task *task, const up_options *options, const cli_settings *settings,
                  cli_memory_gate *gate, up_batch *batch, cli_result *result);

/* A failure, or with --skip-existing the skip that it is. */
void cli_result_fail(cli_result *result, const up_error *error, const cli_settings *settings);

/* Prints what became of a task: a line of JSON, a line of the dry run, or what -v says; and a
 * warning where something was left behind. */
void cli_result_show(const cli_task *task, const cli_result *result, const cli_settings *settings,
                     bool named_by_default);

#endif
