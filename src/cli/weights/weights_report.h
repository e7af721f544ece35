/* SPDX-License-Identifier: MIT */
/* What is in a weight file, for people and for scripts. */
#ifndef UP_CLI_WEIGHTS_REPORT_H
#define UP_CLI_WEIGHTS_REPORT_H

#include "cli/show/cli_text.h"
#include "upscale_weights.h"

/* In 80 columns; of blocks of layers that repeat the first alone unless `all` are asked for. */
void cli_weights_show(const char *title, const up_weights *weights, bool all);
void cli_weights_show_json(const char *title, const up_weights *weights);

/* "x2", "x2,3" for rows, columns; "?" where the file leaves it open. */
cli_short_text cli_scale_text(const int scale[2]);
/* 8,152; 1.25 M from ten million on. */
cli_short_text cli_count_text(double count);
/* What the metadata says under "licence" or "license", or NULL. */
const char *cli_weights_licence(const up_weights *weights);

#endif
