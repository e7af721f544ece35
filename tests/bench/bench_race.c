/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "bench_race.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LEAST_ROUNDS = 6, MOST_ROUNDS = 24, RUNS = 3 };
static const double enough_seconds = 0.2, enough_for_all = 6;

static void run_upscale(void *state)
{
    bench_upscale *job = state;
    up_error error;
    bench_check(up_upscale_pixels(&job->in, &job->out, &job->options, &error), &error);
}

bench_runner bench_upscale_runner(bench_upscale *job)
{
    return (bench_runner){ .name = "upscale", .state = job, .run = run_upscale };
}

/* The first run brings memory, clock rate and threads back to where the runner wants them. */
static void take_turn(bench_runner *runner, clockid_t clock)
{
    const double start = bench_now(CLOCK_MONOTONIC);
    runner->run(runner->state);
    for (int i = 0; i < RUNS && (i == 0 || bench_now(CLOCK_MONOTONIC) - start < enough_seconds);
         i++) {
        const double before = bench_now(clock);
        runner->run(runner->state);
        runner->seconds = fmin(runner->seconds, bench_now(clock) - before);
    }
}

void bench_race(bench_runner *runners, int count, int threads)
{
    const clockid_t clock = threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    const double start = bench_now(CLOCK_MONOTONIC);
    for (int i = 0; i < count; i++)
        runners[i].seconds = INFINITY;
    for (int round = 0;
         round < LEAST_ROUNDS ||
         (round < MOST_ROUNDS && bench_now(CLOCK_MONOTONIC) - start < enough_for_all);
         round++)
        for (int i = 0; i < count; i++)
            take_turn(&runners[i], clock);
}

void bench_race_header(const char *title, const char *unit, int threads)
{
    printf("\n%s, %d thread%s\n%-32s %9s %8s %8s %6s %8s %8s\n", title, threads,
           threads > 1 ? "s" : "", "", "ms", unit, "floor ms", "share", "upscale", "off by");
}

void bench_race_rows(const char *what, const bench_runner *runners, int count, double units,
                     double floor)
{
    printf("%-32s %9.2f %8.1f %8.2f %5.0f%%\n", what, runners[0].seconds * 1e3,
           units / runners[0].seconds, floor * 1e3, floor / runners[0].seconds * 100);
    for (const bench_runner *r = runners + 1; r < runners + count; r++) {
        const char *note = r->note ? r->note : "";
        printf("  %-30s %9.2f %8.1f %15s %7.2fx %8.2g%s%s\n", r->name, r->seconds * 1e3,
               units / r->seconds, "", r->seconds / runners[0].seconds, r->off, *note ? "  " : "",
               note);
    }
    fflush(stdout);
}

double bench_difference_u8(const uint8_t *a, const uint8_t *b, size_t count)
{
    int most = 0;
    for (size_t i = 0; i < count; i++)
        most = abs(a[i] - b[i]) > most ? abs(a[i] - b[i]) : most;
    return most;
}

double bench_difference_f32(const float *a, const float *b, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(a[i] - b[i]));
    return most;
}

void *bench_must(void *block)
{
    if (!block) {
        fprintf(stderr, "upscale_bench: out of memory\n");
        exit(75);
    }
    return block;
}

void bench_check(up_status status, const up_error *error)
{
    if (status == UP_OK)
        return;
    fprintf(stderr, "upscale_bench: %s\n", error->message);
    exit(1);
}

void bench_make_file(char path[256], const char *suffix)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, 256, "%s/upscale-bench-XXXXXX%s", folder ? folder : "/tmp", suffix);
    int file = mkstemps(path, (int)strlen(suffix));
    if (file < 0) {
        perror(path);
        exit(1);
    }
    close(file);
}
