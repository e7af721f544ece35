/* SPDX-License-Identifier: MIT */
/* What a paper says of numbers that were measured on several pictures. */

#include <upscale_measure.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/status.h"
#include "measure/wilcoxon.h"
#include "upscale_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 10000, FEWEST_RESAMPLES = 1000, MOST_DRAWS = 10 * 1000 * 1000 };

static int ascending(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The share `at` of sorted values lies below; between two of them in proportion. */
static double quantile(const double *sorted, int count, double at)
{
    const double place = at * (count - 1);
    const int below = (int)place, above = up_min(below + 1, count - 1);
    if (place == below || sorted[below] == sorted[above]) /* they may be infinite */
        return sorted[below];
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/* Means of as many values drawn with replacement. */
static void draw_means(double *mean, int resamples, const double *value, int count, uint64_t seed)
{
    for (int i = 0; i < resamples; i++) {
        up_random random = up_random_make(seed, (uint64_t)count, (uint64_t)i);
        double sum = 0;
        for (int k = 0; k < count; k++)
            sum += value[up_random_below(&random, (uint64_t)count)];
        mean[i] = sum / count;
    }
}

static up_status bootstrap(up_summary *s, const double *value, uint64_t seed, up_error *error)
{
    const int resamples = up_clamp(MOST_DRAWS / s->count, FEWEST_RESAMPLES, RESAMPLES);
    double *mean = up_alloc((size_t)resamples, sizeof *mean);
    if (!mean)
        return up_fail_memory(error, "resampled means", (size_t)resamples * sizeof *mean);
    draw_means(mean, resamples, value, s->count, seed);
    qsort(mean, (size_t)resamples, sizeof *mean, ascending);
    s->low = quantile(mean, resamples, 0.025);
    s->high = quantile(mean, resamples, 0.975);
    up_free(mean);
    return UP_OK;
}

static double deviation(const double *value, int count, double mean)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (value[i] - mean) * (value[i] - mean);
    return sqrt(sum / (count - 1));
}

static up_summary unknown_summary(int count)
{
    const double unknown = (double)NAN;
    return (up_summary){ count, unknown, unknown, unknown, unknown, unknown };
}

static up_status check_values(const double *value, int count, up_error *error)
{
    if (count < 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "there is nothing to summarise");
    for (int i = 0; i < count; i++)
        if (isnan(value[i]))
            return up_fail(error, UP_ERROR_ARGUMENT, "value %d of %d is not known", i + 1, count);
    return UP_OK;
}

up_status up_summarise(up_summary *summary, const double *value, int count, uint64_t seed,
                       up_error *error)
{
    *summary = unknown_summary(count);
    UP_TRY(check_values(value, count, error));
    summary->mean = 0;
    double *sorted = up_alloc((size_t)count, sizeof *sorted);
    if (!sorted)
        return up_fail_memory(error, "values", (size_t)count * sizeof *sorted);
    memcpy(sorted, value, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, ascending);
    summary->median = quantile(sorted, count, 0.5);
    up_free(sorted);
    for (int i = 0; i < count; i++)
        summary->mean += value[i] / count;
    if (count < 2 || !isfinite(summary->mean))
        return UP_OK;
    summary->deviation = deviation(value, count, summary->mean);
    return bootstrap(summary, value, seed, error);
}

up_status up_compare_paired(up_paired *paired, const double *value, const double *baseline,
                            int count, bool lower_is_better, uint64_t seed, up_error *error)
{
    *paired = (up_paired){ .difference = unknown_summary(count), .p = (double)NAN };
    UP_TRY(check_values(value, count, error));
    UP_TRY(check_values(baseline, count, error));
    double *difference = up_alloc((size_t)count, sizeof *difference);
    if (!difference)
        return up_fail_memory(error, "differences", (size_t)count * sizeof *difference);
    for (int i = 0; i < count; i++) {
        difference[i] = value[i] == baseline[i] ? 0 : value[i] - baseline[i];
        const bool more = difference[i] > 0;
        paired->wins += difference[i] != 0 && more != lower_is_better;
        paired->losses += difference[i] != 0 && more == lower_is_better;
    }
    up_status status = up_summarise(&paired->difference, difference, count, seed, error);
    if (status == UP_OK)
        status = up_wilcoxon(&paired->p, difference, count, error);
    up_free(difference);
    return status;
}
