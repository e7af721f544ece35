/* SPDX-License-Identifier: MIT */
/* Times that can be believed: warm, by turns, and as often as it takes. */

#include <upscale_measure.h>

#include "base/machine/clock.h"
#include "base/machine/machine.h"
#include "base/memory.h"
#include "measure/protocol.h"
#include "measure/settling.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_RUNS 1000
#define LEAST_SECONDS 0.2

static int ascending(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The runs of one method. */
typedef struct {
    const up_options *options;
    double seconds[MOST_RUNS], processor[MOST_RUNS];
    int count;
    double spent, allowed; /* seconds, weights and plans included */
    bool done;
} series;

static up_status run(up_eval_result *result, const up_eval_picture *picture,
                     const up_options *options, up_error *error)
{
    up_pixels output;
    UP_TRY(up_eval_upscale(result, &output, picture, options, error));
    up_pixels_free(&output);
    return UP_OK;
}

static up_status warm_up(up_timing *timing, const up_eval_picture *picture,
                         const up_options *options, up_error *error)
{
    up_eval_result result;
    const bool told = up_machine_peak_reset();
    UP_TRY(run(&result, picture, options, error));
    timing->peak_bytes = told ? up_machine_peak() : 0;
    return UP_OK;
}

/* Runs stay in their order: they are sorted elsewhere. */
static void sum_up(up_timing *timing, const series *s, double *sorted)
{
    const size_t bytes = (size_t)s->count * sizeof *sorted;
    memcpy(sorted, s->processor, bytes);
    qsort(sorted, (size_t)s->count, sizeof *sorted, ascending);
    timing->processor = sorted[0];
    timing->processor_spread = up_least_spread(sorted, s->count);
    memcpy(sorted, s->seconds, bytes);
    qsort(sorted, (size_t)s->count, sizeof *sorted, ascending);
    timing->runs = s->count;
    timing->low = sorted[0];
    timing->high = sorted[s->count - 1];
    timing->median = up_median_of(sorted, s->count);
    timing->median_spread = up_median_spread(sorted, s->count);
}

/* Once in so many runs it is looked whether they suffice. The least of few short ones is chance:
 * while others work they may all be slow. */
static void look(up_timing *timing, series *s, int runs, double *sorted)
{
    if (s->count == runs)
        s->allowed = fmax(2 * s->spent, LEAST_SECONDS);
    const bool over = s->count == MOST_RUNS || (s->count > runs && s->spent >= s->allowed);
    if (s->count % runs != 0 && !over)
        return;
    sum_up(timing, s, sorted);
    const bool alone = s->options->threads == 1;
    const double spread = alone ? timing->processor_spread : timing->median_spread;
    s->done = over || (spread <= UP_SETTLED && (!alone || s->spent >= LEAST_SECONDS));
}

static up_status take_turn(up_timing *timing, series *s, const up_eval_picture *picture, int runs,
                           double *sorted, up_error *error)
{
    const double start = up_now();
    up_eval_result result;
    UP_TRY(run(&result, picture, s->options, error));
    s->seconds[s->count] = result.seconds;
    s->processor[s->count++] = result.processor;
    s->spent += up_now() - start;
    look(timing, s, runs, sorted);
    return UP_OK;
}

static up_status take_turns(up_timing *timing, series *all, const up_eval_picture *picture,
                            int count, int runs, up_error *error)
{
    double sorted[MOST_RUNS];
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < count; i++) {
            if (!all[i].done)
                UP_TRY(take_turn(&timing[i], &all[i], picture, runs, sorted, error));
            more |= !all[i].done;
        }
    }
    return UP_OK;
}

up_status up_eval_time(up_timing *timing, const up_eval_picture *picture, const up_options *options,
                       int count, int runs, up_error *error)
{
    if (count < 1 || runs < 1 || runs > MOST_RUNS)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d methods cannot be timed %d times", count,
                       runs);
    series *all = up_alloc_zero((size_t)count, sizeof *all);
    up_status status = all ? UP_OK : up_fail_memory(error, "times", (size_t)count * sizeof *all);
    for (int i = 0; i < count && status == UP_OK; i++) {
        all[i].options = &options[i];
        status = warm_up(&timing[i], picture, &options[i], error);
    }
    if (status == UP_OK)
        status = take_turns(timing, all, picture, count, runs, error);
    const up_format *output = &picture->reference.format;
    const double pixels = (double)output->width * output->height;
    for (int i = 0; i < count && status == UP_OK; i++)
        timing[i].pixels_per_second = timing[i].median > 0 ? pixels / timing[i].median : 0;
    up_free(all);
    return status;
}

static char words[320];

static void say_machine(void)
{
    char processor[200];
    const int cores = up_machine_cores();
    up_machine_processor(processor, sizeof processor);
    snprintf(words, sizeof words, "%s%s%d %s, %s kernels", processor, *processor ? ", " : "", cores,
             cores == 1 ? "core" : "cores", up_cpu_name());
}

const char *up_machine_words(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, say_machine);
    return words;
}
