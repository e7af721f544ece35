/* SPDX-License-Identifier: MIT */
/* upscale_bench: what this machine can do at most, and how near the library comes. */
#ifndef BENCH_H
#define BENCH_H

#include <time.h>

enum { BENCH_THREADS = 2 };

/* Measured in the same run, for 1 .. BENCH_THREADS threads: limits[threads - 1]. Bytes per second
 * count what is read and what is written. */
typedef struct {
    double read, fill, copy; /* blocks as large as a 3840x2160 RGB picture */
    double cached_copy;      /* rows that stay in the first-level cache */
    double multiply_adds;    /* float32, per second */
} bench_limits;

typedef struct {
    const char *name, *summary;
    void (*run)(const bench_limits *limits);
} bench_section;

void bench_measure(bench_limits *limits, int threads);
void bench_print(const bench_limits *limits);

/* At least `count` of them and nothing else, by the loop that the limits are measured with. */
void bench_multiply_adds(double count, int threads);

/* The sections; one line each in bench_main.c. */
void bench_kernels(const bench_limits *limits);
void bench_methods(const bench_limits *limits);
void bench_tconvs(const bench_limits *limits);
void bench_conv(const bench_limits *limits);
void bench_networks(const bench_limits *limits);
void bench_train(const bench_limits *limits);

double bench_now(clockid_t clock); /* in seconds */
/* The shortest of many runs on this thread, in seconds. */
double bench_seconds(void (*run)(void *), void *user);

/* What a piece of work cannot avoid. */
typedef struct {
    double read, written; /* bytes from and to memory */
    double cached;        /* bytes read and written in the cache */
    double multiply_adds;
} bench_work;

/* The least time for it: memory, cache and arithmetic run side by side. */
double bench_floor(const bench_limits *limits, const bench_work *work);

/* A table of: what, variant, ms, output megapixels per second, floor in ms, share of the floor. */
void bench_header(const char *title);
void bench_row(const char *name, const char *variant, double seconds, double pixels, double floor);

#endif
