/* SPDX-License-Identifier: MIT */
/* One shard of a plan: what is to be done of it, and its journal. */
#ifndef UP_CLI_SHARD_H
#define UP_CLI_SHARD_H

#include "cli/batch/tasks/task_run.h"
#include "cli/settings.h"
#include "upscale_cluster.h"

typedef struct cli_shard {
    up_journal *journal;
    char mark[32]; /* in the hidden names of its unfinished files */
} cli_shard;

/* Settles the options and the record of a task that begins. */
void cli_shard_begin(const cli_shard *shard, const cli_task *task, up_options *options,
                     cli_result *result);
/* For up_batch_watch(); `watcher` is the shard, and users are results. */
up_status cli_shard_ready(void *watcher, const up_batch_file *file, int count, up_error *error);
/* Records what became of it. */
void cli_shard_end(cli_shard *shard, cli_result *result);

/* 'upscale --manifest': returns the exit code. */
int cli_shard_run(const cli_settings *settings);

#endif
