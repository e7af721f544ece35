/* SPDX-License-Identifier: MIT */
/*
 * How long methods take, measured so that it can be believed: from memory to memory, warm, by
 * turns. As JSON, in seconds:
 *
 *   times     of a result, absent where it was not timed so: all_threads and, with time_runs,
 *             one_thread. Each has runs, median, low, high, median_spread, processor,
 *             processor_spread, pixels_per_second and peak_bytes, as in up_timing; what has a
 * spread above UP_SETTLED did not settle machine   what times belong to, null where there are none:
 * processor ("": not known), cores, kernels, threads, runs (the least that was asked for; 0: as
 * many as up_report_options says), settled (UP_SETTLED)
 */
#ifndef UP_COMPARE_RESULT_TIMES_H
#define UP_COMPARE_RESULT_TIMES_H

#include "compare/comparison.h"

/* Once all results are there. Without an original the input is read into memory for it, unless that
 * and the result are large and no runs were asked for: then the time of making the file stands. */
up_status up_comparison_time(up_comparison *comparison, up_error *error);

/* One run, so far. */
void up_row_take_run(up_report_row *row, const up_eval_result *run);

/* How times were taken, as sentences at the end of `list`. */
void up_times_say(json_t *list, const up_comparison *comparison);

void up_times_set(json_t *object, const up_report_row *row);
json_t *up_machine_json(const up_report_options *options);

#endif
