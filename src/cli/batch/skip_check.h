/* SPDX-License-Identifier: MIT */
/* Whether an output that --skip-existing leaves is what this run would make. */
#ifndef UP_CLI_SKIP_CHECK_H
#define UP_CLI_SKIP_CHECK_H

#include "cli/batch/tasks/tasks.h"

#include <stddef.h>

/* Looks at headers alone, of the input and of the output: size, type, and whether the output can
 * be read and has its end. `text` gets what is wrong with it ("is 24 x 20, and this run makes
 * 36 x 30"), or is empty. */
void cli_skip_check(const cli_task *task, const up_options *options, char *text, size_t size);

#endif
