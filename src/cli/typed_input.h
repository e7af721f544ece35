/* SPDX-License-Identifier: MIT */
/* A tensor that is typed instead of a file. */
#ifndef UP_CLI_TYPED_INPUT_H
#define UP_CLI_TYPED_INPUT_H

#include "cli/settings.h"

/* Upscales --x by the methods: into -o, or else its numbers are printed. Returns the exit code. */
int cli_typed_input_run(const cli_settings *settings);

#endif
