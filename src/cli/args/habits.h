/* SPDX-License-Identifier: MIT */
/* What people write who come from other programs: it is answered by what to write here. */
#ifndef UP_CLI_HABITS_H
#define UP_CLI_HABITS_H

#include "cli/commands.h"

/* For a flag that `command` has not, as it was written, without the dashes and a value: what stands
 * in its place, or NULL. */
const char *cli_habit_flag(const cli_command *command, const char *word);

/* Of operand `i`, which is no file. false: it is something else, and that was said. Where it is
 * only likely to be meant as the output, that is said as well. */
bool cli_habit_missing(const cli_command *command, const cli_settings *settings, size_t i);

#endif
