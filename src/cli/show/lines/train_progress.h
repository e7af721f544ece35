/* SPDX-License-Identifier: MIT */
/* How a training goes, for people or as lines of JSON. */
#ifndef UP_CLI_TRAIN_PROGRESS_H
#define UP_CLI_TRAIN_PROGRESS_H

#include "cli/show/lines/progress.h"

typedef struct {
    cli_progress_show show;
    double shown;         /* when, by cli_now() */
    up_train_state state; /* the last one */
} cli_train_progress;

void cli_train_progress_begin(cli_train_progress *progress, const cli_settings *settings,
                              size_t pictures);
/* For up_train_options.report. */
void cli_train_progress_update(cli_train_progress *progress, const up_train_state *state);
/* Takes the bar away. */
void cli_train_progress_end(cli_train_progress *progress);

#endif
