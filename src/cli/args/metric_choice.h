/* SPDX-License-Identifier: MIT */
/* The measures a command line asks for, and the weights that they need. */
#ifndef UP_CLI_METRIC_CHOICE_H
#define UP_CLI_METRIC_CHOICE_H

#include "cli/settings.h"

/* Reads --metric-weights into settings->measuring, and sees that every measure of --metrics can be
 * taken. Returns CLI_EXIT_OK, or another code when what is wrong has been said. */
int cli_metrics_settle(cli_settings *settings);
void cli_metrics_release(cli_settings *settings);

#endif
