/* SPDX-License-Identifier: MIT */
/* What upscale eval has found, as tables, JSON, CSV, LaTeX and Markdown. */
#ifndef UP_CLI_EVAL_SHOW_H
#define UP_CLI_EVAL_SHOW_H

#include "cli/eval/evaluations.h"

typedef void cli_say_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What was measured, and how: lines for people. */
void cli_eval_protocol(const cli_evaluations *all, cli_say_line *say);

/* For people, when all pictures of a scale are done. */
void cli_eval_show_tables(const cli_evaluations *all);

/* A line per picture, and one of means and statistics per scale; the keys are in
 * src/measure/README.md. */
void cli_eval_json_picture(const cli_evaluations *all, const cli_evaluation *one);
void cli_eval_json_failed(const cli_evaluations *all, const char *path, const up_error *error);
void cli_eval_json_end(const cli_evaluations *all);

void cli_eval_csv_start(const cli_evaluations *all);
void cli_eval_csv_picture(const cli_evaluations *all, const cli_evaluation *one);
void cli_eval_csv_end(const cli_evaluations *all);

/* One table of the means of all scales. */
void cli_eval_show_latex(const cli_evaluations *scale, size_t scales);
void cli_eval_show_markdown(const cli_evaluations *scale, size_t scales);

#endif
