/* SPDX-License-Identifier: MIT */
/* The numbers of a comparison on standard output. */
#ifndef UP_CLI_COMPARE_TABLE_H
#define UP_CLI_COMPARE_TABLE_H

#include "cli/settings.h"

/* Of the picture added last: a table, or a line of JSON per method. */
void cli_compare_show(const up_report *report, const char *input, const cli_settings *settings);

#endif
