/* SPDX-License-Identifier: MIT */
/* SIGINT, SIGTERM and SIGHUP ask the library to stop and clean up; a second one ends at once. */
#ifndef UP_CLI_SIGNALS_H
#define UP_CLI_SIGNALS_H

void cli_signals_install(void);
/* Set when a signal came: for up_options.cancel. */
const volatile int *cli_signals_flag(void);
/* 128 + the signal that came, or 0. */
int cli_signals_exit_code(void);

#endif
