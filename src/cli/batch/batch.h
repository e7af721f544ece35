/* SPDX-License-Identifier: MIT */
/* Many tasks on a few threads. */
#ifndef UP_CLI_BATCH_H
#define UP_CLI_BATCH_H

#include "cli/batch/tasks/tasks.h"

void cli_batch_run(const cli_tasks *tasks, const cli_settings *settings, cli_ledger *ledger);

#endif
