/* SPDX-License-Identifier: MIT */
#ifndef UP_CLI_SETTINGS_CLEAR_H
#define UP_CLI_SETTINGS_CLEAR_H

#include "cli/settings.h"

/* Frees what parsing and running have put there. */
void cli_settings_clear(cli_settings *settings);

#endif
