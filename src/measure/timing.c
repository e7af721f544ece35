/* SPDX-License-Identifier: MIT */
/* Times that can be believed: warm, by turns, and the middle one. */
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

static up_status run(double *seconds, const up_eval_picture *picture, const up_options *options,
                     up_error *error)
{
    up_eval_result result;
    up_pixels output;
    UP_TRY(up_eval_upscale(&result, &output, picture, options, error));
    up_pixels_free(&output);
    *seconds = result.seconds;
    return UP_OK;
}

static up_status warm_up(up_timing *timing, const up_eval_picture *picture,
                         const up_options *options, up_error *error)
{
    double seconds;
    const bool told = up_machine_peak_reset();
    UP_TRY(run(&seconds, picture, options, error));
    timing->peak_bytes = told ? up_machine_peak() : 0;
    return UP_OK;
}

static void take_middle(up_timing *timing, double *seconds, int runs, const up_format *output)
{
    qsort(seconds, (size_t)runs, sizeof *seconds, ascending);
    timing->runs = runs;
    timing->low = seconds[0];
    timing->high = seconds[runs - 1];
    timing->median = (seconds[(runs - 1) / 2] + seconds[runs / 2]) / 2;
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
    double *seconds = up_mul((size_t)count, (size_t)runs, &times) ? up_alloc(times, 8) : NULL;
    if (!seconds)
        return up_fail_memory(error, "times", sizeof(double));
    up_status status = UP_OK;
    for (int i = 0; i < count && status == UP_OK; i++)
        status = warm_up(&timing[i], picture, &options[i], error);
    for (int turn = 0; turn < runs; turn++)
        for (int i = 0; i < count && status == UP_OK; i++)
            status =
                run(&seconds[(size_t)i * (size_t)runs + (size_t)turn], picture, &options[i], error);
    for (int i = 0; i < count && status == UP_OK; i++)
        take_middle(&timing[i], seconds + (size_t)i * (size_t)runs, runs,
                    &picture->reference.format);
    up_free(seconds);
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
