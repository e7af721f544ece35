/* SPDX-License-Identifier: MIT */
/* upscale info of weights. */
#ifndef UP_CLI_WEIGHTS_INFO_H
#define UP_CLI_WEIGHTS_INFO_H

#include "cli/batch/inputs.h"

/* A weight file, or tconv:NAME? */
bool cli_weights_meant(const cli_input *input);

/* Shows them, and draws the --plot. */
void cli_weights_info(const cli_input *input, const cli_settings *settings, cli_ledger *ledger);

#endif
