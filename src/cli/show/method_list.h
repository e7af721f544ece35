/* SPDX-License-Identifier: MIT */
/* --list-methods: the methods, and the weights that tconv can take by name. */
#ifndef UP_CLI_METHOD_LIST_H
#define UP_CLI_METHOD_LIST_H

#include "cli/settings.h"

void cli_methods_show(const cli_settings *settings);

#endif
