/* SPDX-License-Identifier: MIT */
/* Times that can be believed: warm, by turns, and the middle one. */

#include <upscale_measure.h>

#include "base/machine/machine.h"
#include "base/memory.h"
#include "measure/protocol.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* How long one run took, by the clock on the wall and by that of the process. */
typedef struct {
    double seconds, processor;
} span;

static up_status run(span *took, const up_eval_picture *picture, const up_options *options,
                     up_error *error)
{
    up_eval_result result;
    up_pixels output;
    UP_TRY(up_eval_upscale(&result, &output, picture, options, error));
    up_pixels_free(&output);
    *took = (span){ result.seconds, result.processor };
    return UP_OK;
}

static up_status warm_up(up_timing *timing, const up_eval_picture *picture,
                         const up_options *options, up_error *error)
{
    span took;
    const bool told = up_machine_peak_reset();
    UP_TRY(run(&took, picture, options, error));
    timing->peak_bytes = told ? up_machine_peak() : 0;
    return UP_OK;
}

/* Of sorted values. */
static double middle(const double *value, int count)
{
    return (value[(count - 1) / 2] + value[count / 2]) / 2;
}

/* `sorted` has room for the runs. */
static void take_middle(up_timing *timing, const span *took, double *sorted, int runs,
                        const up_format *output)
{
    for (int i = 0; i < runs; i++)
        sorted[i] = took[i].processor;
    qsort(sorted, (size_t)runs, sizeof *sorted, ascending);
    timing->processor = middle(sorted, runs);
    for (int i = 0; i < runs; i++)
        sorted[i] = took[i].seconds;
    qsort(sorted, (size_t)runs, sizeof *sorted, ascending);
    timing->runs = runs;
    timing->low = sorted[0];
    timing->high = sorted[runs - 1];
    timing->median = middle(sorted, runs);
    const double pixels = (double)output->width * output->height;
    timing->pixels_per_second = timing->median > 0 ? pixels / timing->median : 0;
}

up_status up_eval_time(up_timing *timing, const up_eval_picture *picture, const up_options *options,
                       int count, int runs, up_error *error)
{
    size_t times;
    if (count < 1 || runs < 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d methods cannot be timed %d times", count,
                       runs);
    span *took = up_mul((size_t)count, (size_t)runs, &times) ? up_alloc(times, sizeof *took) : NULL;
    double *sorted = up_alloc((size_t)runs, sizeof *sorted);
    up_status status =
        took && sorted ? UP_OK : up_fail_memory(error, "times", (size_t)runs * sizeof *took);
    for (int i = 0; i < count && status == UP_OK; i++)
        status = warm_up(&timing[i], picture, &options[i], error);
    for (int turn = 0; turn < runs; turn++)
        for (int i = 0; i < count && status == UP_OK; i++)
            status =
                run(&took[(size_t)i * (size_t)runs + (size_t)turn], picture, &options[i], error);
    for (int i = 0; i < count && status == UP_OK; i++)
        take_middle(&timing[i], took + (size_t)i * (size_t)runs, sorted, runs,
                    &picture->reference.format);
    up_free(took);
    up_free(sorted);
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
