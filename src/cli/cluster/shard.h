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

/* What records its tasks. */
cli_journal cli_shard_journal(cli_shard *shard);

/* 'upscale --manifest': returns the exit code. */
int cli_shard_run(const cli_settings *settings);

#endif
