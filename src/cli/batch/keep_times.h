/* SPDX-License-Identifier: MIT */
/* Outputs as old as what they were made from. */
#ifndef UP_CLI_KEEP_TIMES_H
#define UP_CLI_KEEP_TIMES_H

#include "cli/batch/tasks/tasks.h"

/* Gives a finished output the times of access and of change that its input has; where that cannot
 * be, it is said. Streams have none. */
void cli_times_keep(const cli_task *task);

#endif
