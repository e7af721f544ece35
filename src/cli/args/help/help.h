/* SPDX-License-Identifier: MIT */
/* Help in 80 columns, made from the tables of commands and flags. */
#ifndef UP_CLI_HELP_H
#define UP_CLI_HELP_H

#include "cli/commands.h"

void cli_help_print(const cli_command *command);

#endif
