/* SPDX-License-Identifier: MIT */
/* One task per input and method, each with the name of its output. */
#ifndef UP_CLI_TASKS_H
#define UP_CLI_TASKS_H

#include "cli/batch/inputs.h"
#include "upscale_cluster.h"

typedef struct {
    const cli_input *input;
    const char *method;
    char *output;          /* "-": standard output; NULL: it cannot be named */
    up_error *error;       /* then this is why */
    double weight;         /* its share of the work, for the progress bar */
    const up_piece *piece; /* of a plan; NULL: it is of none */
    bool is_ours;          /* what may be there was written by this plan, and may be replaced */
} cli_task;

typedef struct {
    cli_task *item;
    size_t count;
    bool named_by_default;             /* beside its input: worth telling */
    const struct cli_journal *journal; /* of a shard; NULL: none is kept */
} cli_tasks;

/* false: the command line is wrong, and that was said. */
bool cli_tasks_make(cli_tasks *tasks, const cli_inputs *inputs, const cli_settings *settings);
void cli_tasks_clear(cli_tasks *tasks);

/* Refuses outputs that would meet each other or replace an input, before anything is touched. */
bool cli_tasks_check(cli_tasks *tasks, const cli_inputs *inputs, const cli_settings *settings);

/* The name of one output in new memory; NULL: `error` says why not. */
typedef enum {
    CLI_TO_STDOUT,
    CLI_TO_FILE,   /* -o is its name */
    CLI_TO_FOLDER, /* -o is its folder */
    CLI_BESIDE,    /* in the folder of its input */
} cli_target;

char *cli_output_name(cli_target target, const cli_input *input, const char *method,
                      const cli_settings *settings, up_error *error);

#endif
