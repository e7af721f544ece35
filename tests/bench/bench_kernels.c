/* SPDX-License-Identifier: MIT */
/* Every kernel in every variant, by the rows of the table that the tests check, on shapes as they
 * occur; one thread. What is small enough is in the cache, as it is between the ops of a strip. */
#include "bench.h"
#include "support/kernels/kernel_row.h"

#include <stdio.h>
#include <string.h>

static const double cached_bytes = 1 << 20, least_seconds = 1e-3;

typedef struct {
    kernel_job job;
    const kernel_set *set;
    void *out[KERNEL_OUTPUTS];
    guarded block[KERNEL_OUTPUTS];
    int times;
} timed;

static void run(void *user)
{
    timed *t = user;
    for (int i = 0; i < t->times; i++)
        t->job.row->call(&t->job, t->set, t->out, 0, t->job.n);
}

static double seconds_per_call(timed *t)
{
    double taken;
    for (t->times = 1; (taken = bench_seconds(run, t)) < least_seconds; t->times *= 4)
        if (t->times > 1 << 20)
            break;
    return taken / t->times;
}

static bench_work work_of(const kernel_job *job)
{
    const kernel_work w = job->row->work(job);
    const bool cached = w.read + w.written < cached_bytes;
    return (bench_work){ .read = cached ? 0 : w.read,
                         .written = cached ? 0 : w.written,
                         .cached = cached ? w.read + w.written : 0,
                         .multiply_adds = w.multiply_adds };
}

static void make(timed *t, const kernel_row *row, const kernel_timing *timing, uint32_t *random)
{
    kernel_job_make(&t->job, row, timing->size, true, random);
    for (int j = 0; j < t->job.outs; j++) {
        const kernel_output *out = &t->job.out[j];
        t->block[j] = guarded_make(kernel_output_bytes(out), t->job.shift);
        t->out[j] = t->block[j].data;
        if (out->start)
            memcpy(t->out[j], out->start, kernel_output_bytes(out));
    }
}

static void show(const bench_limits *limits, const char *name, timed *t)
{
    const bench_work work = work_of(&t->job);
    const double seconds = seconds_per_call(t), floor = bench_floor(limits, &work);
    const double bytes = work.read + work.written + work.cached;
    printf("%-40s %-9s %9.2f %9.1f %9.1f %9.2f %5.0f%%\n", name, t->set->name, seconds * 1e6,
           bytes / seconds * 1e-9, work.multiply_adds / seconds * 1e-9, floor * 1e6,
           floor / seconds * 100);
    fflush(stdout);
}

static void time_row(const bench_limits *limits, const kernel_row *row, const kernel_timing *timing)
{
    kernel_set sets[KERNEL_SETS];
    const int count = kernel_sets_for(row, sets);
    uint32_t random = 5;
    char name[80];
    timed t;
    snprintf(name, sizeof name, "%s%s%s", row->name, *timing->what ? ", " : "", timing->what);
    make(&t, row, timing, &random);
    for (int i = 0; i < count; i++) {
        t.set = &sets[i];
        show(limits, i ? "" : name, &t);
    }
    for (int j = 0; j < t.job.outs; j++)
        guarded_free(&t.block[j]);
    kernel_job_free(&t.job);
}

void bench_kernels(const bench_limits *limits)
{
    printf("\nkernels, one thread\n%-40s %-9s %9s %9s %9s %9s %6s\n", "", "", "us", "GB/s",
           "G madd/s", "floor us", "share");
    for (int i = 0; kernel_rows[i]; i++)
        for (const kernel_timing *t = kernel_rows[i]->timing; t->what; t++)
            time_row(limits, kernel_rows[i], t);
}
