/* SPDX-License-Identifier: MIT */
/* What upscale eval has found for one scale, and what can be said of it. */
#ifndef UP_CLI_EVALUATIONS_H
#define UP_CLI_EVALUATIONS_H

#include "cli/batch/inputs.h"

enum { CLI_ALL_THREADS, CLI_ONE_THREAD, CLI_TIMINGS };

typedef struct {
    const cli_input *input;
    size_t set;                     /* the folder that it lies in, among the sets */
    int width, height;              /* of the reference */
    up_eval_result *result;         /* of each method */
    double *value;                  /* [method][metric] */
    up_timing *timing[CLI_TIMINGS]; /* of each method, with --time; else NULL */
} cli_evaluation;

typedef struct {
    const cli_settings *settings;
    int scale;
    up_measuring how;
    const up_measure_info **metric;
    size_t metrics, methods;
    char **label;    /* of each method, printable */
    size_t baseline; /* the method that others are compared with, or `methods`: none */
    cli_evaluation *item;
    size_t count;
    cli_words sets; /* folders that pictures lie in, as they came */
} cli_evaluations;

/* Every picture, whatever its set. */
#define CLI_ALL_SETS ((size_t)-1)

/* Once the methods are settled for its scale. false: there is no such baseline, and that was said.
 */
bool cli_evaluations_init(cli_evaluations *all, const cli_settings *settings, int scale);
void cli_evaluations_clear(cli_evaluations *all);

void cli_evaluation_clear(cli_evaluation *one);
/* Takes the picture, which is then cleared with the rest. */
cli_evaluation *cli_evaluations_add(cli_evaluations *all, const cli_evaluation *one);

size_t cli_set_count(const cli_evaluations *all, size_t set);
up_eval_result cli_mean_result(const cli_evaluations *all, size_t set, size_t method);
/* Means over the pictures, of megapixels a second by all of them and of spreads by times; the
 * fewest runs, and the highest peak. */
up_timing cli_mean_timing(const cli_evaluations *all, size_t method, int threads);
double cli_mean(const cli_evaluations *all, size_t set, size_t method, size_t metric);
/* With its bootstrap: milliseconds. */
up_summary cli_summary(const cli_evaluations *all, size_t set, size_t method, size_t metric);
/* Of a method that is not the baseline. */
up_paired cli_paired(const cli_evaluations *all, size_t set, size_t method, size_t metric);

#endif
