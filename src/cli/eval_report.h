/* SPDX-License-Identifier: MIT */
/* What upscale eval has found, as tables, JSON and CSV. */
#ifndef UP_CLI_EVAL_REPORT_H
#define UP_CLI_EVAL_REPORT_H

#include "cli/batch/inputs.h"

typedef struct {
    const cli_input *input;
    int width, height;      /* of the reference */
    up_eval_result *result; /* of each method */
} cli_evaluation;

typedef struct {
    const cli_settings *settings;
    int scale;
    up_measuring how;
    cli_evaluation *item;
    size_t count;
} cli_evaluations;

/* While it runs: nothing for tables, lines for JSON and CSV. */
void cli_eval_show_start(const cli_evaluations *all);
void cli_eval_show_picture(const cli_evaluations *all, const cli_evaluation *one);
void cli_eval_show_failed(const cli_evaluations *all, const char *path, const up_error *error);

/* The tables, or the means. */
void cli_eval_show_end(const cli_evaluations *all);

#endif
