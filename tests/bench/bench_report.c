/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <time.h>

enum { LEAST_RUNS = 5, MOST_RUNS = 40 };
static const double enough_seconds = 0.4;

double bench_now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Of this thread: other programs on the machine disturb it less than the time on the wall. */
static double now(void)
{
    return bench_now(CLOCK_THREAD_CPUTIME_ID);
}

double bench_seconds(void (*run)(void *), void *user)
{
    double best = 1e9, start = now();
    run(user);
    for (int i = 0; i < LEAST_RUNS || (i < MOST_RUNS && now() - start < enough_seconds); i++) {
        double before = now();
        run(user);
        double taken = now() - before;
        best = taken < best ? taken : best;
    }
    return best;
}

double bench_floor(const bench_limits *limits, const bench_work *work)
{
    double memory = work->read / limits->read + work->written / limits->fill;
    double cache = work->cached / limits->cached_copy;
    double arithmetic = work->multiply_adds / limits->multiply_adds;
    double most = memory > cache ? memory : cache;
    return most > arithmetic ? most : arithmetic;
}

void bench_header(const char *title)
{
    printf("\n%s\n%-36s %-9s %9s %9s %9s %6s\n", title, "", "", "ms", "Mpix/s", "floor ms",
           "share");
}

void bench_row(const char *name, const char *variant, double seconds, double pixels, double floor)
{
    printf("%-36s %-9s %9.2f %9.0f %9.2f %5.0f%%\n", name, variant, seconds * 1e3,
           pixels / seconds * 1e-6, floor * 1e3, floor / seconds * 100);
    fflush(stdout);
}

void bench_print(const bench_limits *limits)
{
    for (int i = 0; i < BENCH_THREADS; i++)
        printf("%d thread%s: read %.1f, fill %.1f, copy %.1f GB/s; copy in cache %.0f GB/s; "
               "%.0f G multiply-adds/s\n",
               i + 1, i ? "s" : "", limits[i].read * 1e-9, limits[i].fill * 1e-9,
               limits[i].copy * 1e-9, limits[i].cached_copy * 1e-9, limits[i].multiply_adds * 1e-9);
    printf("floor: the slowest of memory, cache and arithmetic at these rates; above 100%% the "
           "picture was cached\n");
}
