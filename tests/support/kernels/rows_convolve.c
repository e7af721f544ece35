/* SPDX-License-Identifier: MIT */
/* Convolution as a list of taps. */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

/* TOGETHER: so many taps that add to all groups; 0: runs at random. */
enum { GROUPS, SIZE, PAIRED, WIDTH, TOGETHER };
enum { MOST_TAPS = 40, MOST_RUNS = 10, MARGIN = 16 };

typedef struct {
    up_taps taps;
    up_tap_run run[MOST_RUNS];
    float bias[UP_MAX_OUTS], slope[UP_MAX_OUTS], low[UP_MAX_OUTS], high[UP_MAX_OUTS];
} tap_list;

static void shapes(kernel_visit *visit, void *user)
{
    static const int most_size[] = { 0, 8, 4, 1, 1 };
    for (int groups = 1; groups <= UP_MAX_GROUPS; groups++)
        for (int size = 1; size <= most_size[groups]; size++)
            for (int paired = 0; paired < 2 - groups % 2; paired++)
                for (int n = 1; n <= 320; n += n < 40 ? 3 : 17)
                    KERNEL_SHAPE(groups, size, paired, n);
}

static int make_runs(kernel_job *job, tap_list *l)
{
    const int groups = job->size[GROUPS], together = job->size[TOGETHER];
    int total = together;
    if (together) {
        l->taps.runs = 1;
        l->run[0] = (up_tap_run){ (1u << groups) - 1, together };
        return total;
    }
    l->taps.runs = kernel_below(job, MOST_RUNS + 1);
    for (int r = 0; r < l->taps.runs; r++) {
        l->run[r].groups = 1 + (unsigned)kernel_below(job, (1 << groups) - 1);
        l->run[r].taps = kernel_below(job, MOST_TAPS / MOST_RUNS + 1);
        total += l->run[r].taps;
    }
    return total;
}

/* What of all that may be left out is there at random. */
static void make_ends(kernel_job *job, tap_list *l)
{
    kernel_fill(job, l->bias, UP_MAX_OUTS, -100, 100);
    kernel_fill(job, l->slope, UP_MAX_OUTS, -1, 1);
    kernel_fill(job, l->low, UP_MAX_OUTS, -200, 0);
    kernel_fill(job, l->high, UP_MAX_OUTS, 0, 200);
    l->taps.run = l->run;
    l->taps.bias = l->bias;
    l->taps.slope = job->timed || kernel_below(job, 2) ? l->slope : NULL;
    const bool bounded = !job->timed && kernel_below(job, 2);
    l->taps.low = bounded ? l->low : NULL;
    l->taps.high = bounded ? l->high : NULL;
}

static void set_up(kernel_job *job)
{
    const int n = job->n = job->size[WIDTH], groups = job->size[GROUPS];
    const bool paired = job->size[PAIRED];
    tap_list *l = job->plan = kernel_holds(job, sizeof *l);
    l->taps = (up_taps){ .groups = groups, .size = job->size[SIZE], .paired = paired };
    make_ends(job, l);
    const int total = make_runs(job, l);
    float *weight = kernel_holds(job, (size_t)(total + 1) * UP_MAX_OUTS * sizeof *weight);
    kernel_fill(job, weight, (size_t)total * UP_MAX_OUTS, -1, 1);
    l->taps.weight = weight;
    for (int t = 0; t < total; t++)
        job->in[t] = kernel_holds_row(job, paired ? (n + 1) / 2 : n, kernel_below(job, MARGIN));
    for (int j = 0; j < groups * job->size[SIZE] / (paired ? 2 : 1); j++) {
        kernel_output *out = kernel_makes(job, n, sizeof(float), 16);
        out->likeness = KERNEL_SUMS;
        out->terms = total + 1;
        out->magnitude = 100 + 300.0 * total;
    }
}

static void call(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    const tap_list *l = job->plan;
    KERNEL_FLOAT_ROWS(row, out, job->outs);
    set->kernels->convolve(row, job->in, &l->taps, l->taps.paired ? first / 2 : first, n);
}

static kernel_work work(const kernel_job *job)
{
    const double outs = job->size[GROUPS] * job->size[SIZE];
    const double columns = job->n / (job->size[PAIRED] ? 2.0 : 1);
    return (kernel_work){ .multiply_adds = columns * job->size[TOGETHER] * outs,
                          .read = 4 * columns * job->size[TOGETHER],
                          .written = 4 * columns * outs };
}

const kernel_row kernel_row_convolve = {
    .name = "convolve",
    .sliced = true,
    .shapes = shapes,
    .setup = set_up,
    .call = call,
    .work = work,
    .timing = (const kernel_timing[]){ { "1 x 8, 108 taps", { 1, 8, 0, 960, 108 } },
                                       { "1 x 6, 108 taps", { 1, 6, 0, 960, 108 } },
                                       { "1 x 4, 108 taps", { 1, 4, 0, 960, 108 } },
                                       { "1 x 1, 25 taps", { 1, 1, 0, 960, 25 } },
                                       { "2 x 3, 108 taps, paired", { 2, 3, 1, 1920, 108 } },
                                       { "4 x 1, 25 taps, paired", { 4, 1, 1, 1920, 25 } },
                                       { 0 } },
};
