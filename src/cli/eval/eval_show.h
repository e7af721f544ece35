/* SPDX-License-Identifier: MIT */
/* What upscale eval has found, as tables, JSON, CSV, LaTeX and Markdown. */
#ifndef UP_CLI_EVAL_SHOW_H
#define UP_CLI_EVAL_SHOW_H

#include "cli/eval/evaluations.h"

#include <stdio.h>

typedef void cli_say_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What was measured, and how: lines for people. */
void cli_eval_protocol(const cli_evaluations *all, cli_say_line *say);

/* For people, when all pictures of a scale are done: each picture unless quiet; what they come to.
 */
void cli_eval_show_tables(const cli_evaluations *all);
void cli_eval_show_summaries(const cli_evaluations *all);

/* A line per picture, and one of means and statistics per scale; the keys are in
 * src/measure/README.md. */
void cli_eval_json_picture(const cli_evaluations *all, const cli_evaluation *one);
void cli_eval_json_failed(const cli_evaluations *all, const char *path, const up_error *error);
void cli_eval_json_end(const cli_evaluations *all);

/* Into a file, or on standard output where that is NULL. */
void cli_eval_csv_start(FILE *file, const cli_evaluations *all);
void cli_eval_csv_picture(FILE *file, const cli_evaluations *all, const cli_evaluation *one);
void cli_eval_csv_end(FILE *file, const cli_evaluations *all);

/* One table of the means of all scales, likewise. */
void cli_eval_show_latex(FILE *file, const cli_evaluations *scale, size_t scales);
void cli_eval_show_markdown(FILE *file, const cli_evaluations *scale, size_t scales);

#endif
