/* SPDX-License-Identifier: MIT */
/* What people write who come from other programs: it is answered by what to write here. */
#ifndef UP_CLI_HABITS_H
#define UP_CLI_HABITS_H

#include "cli/commands.h"

/* For a flag that `command` has not, as it was written, without the dashes and a value: what stands
 * in its place, or NULL. */
const char *cli_habit_flag(const cli_command *command, const char *word);

/* Inputs that are no file but something else. false: so it is, and that was said. A picture that is
 * only likely to be meant as the output is said as well. */
bool cli_habit_operands(const cli_command *command, const cli_settings *settings);

#endif
