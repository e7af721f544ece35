/* SPDX-License-Identifier: MIT */
/* What upscale compare measured, as upscale eval tells it: statistics, and tables in files. */
#ifndef UP_CLI_COMPARE_PAPERS_H
#define UP_CLI_COMPARE_PAPERS_H

#include "cli/eval/evaluations.h"

/* What was measured at each turn of scales; nothing unless inputs are originals. */
typedef struct {
    const cli_settings *settings;
    cli_evaluations *turn;
    size_t turns;
} cli_papers;

/* Looks for the methods of each scale, and the baseline among them. false: one is missing, and that
 * was said. */
bool cli_papers_check(cli_settings *settings);
/* The baseline by the name of its method; NULL: there is none. */
const char *cli_papers_baseline(const cli_settings *settings);

void cli_papers_init(cli_papers *papers, const cli_settings *settings);
void cli_papers_clear(cli_papers *papers);

/* Another scale, whose methods are settled. */
void cli_papers_turn(cli_papers *papers, double scale);
/* The picture that was added to the report last. */
void cli_papers_add(cli_papers *papers, const up_report *report, const cli_input *input);

/* The scale's statistics on standard output. */
void cli_papers_show(const cli_papers *papers);
/* --csv, --latex, --markdown. */
up_status cli_papers_write(const cli_papers *papers, up_error *error);

#endif
