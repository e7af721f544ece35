/* SPDX-License-Identifier: MIT */
/* Scripts that make shells complete the flags, generated from the tables. */
#ifndef UP_CLI_COMPLETION_H
#define UP_CLI_COMPLETION_H

void cli_completion_print(int shell); /* 0 bash, 1 zsh, 2 fish: the choices of --completion */

#endif
