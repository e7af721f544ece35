/* SPDX-License-Identifier: MIT */
/* Upscale and its peers side by side on one job. */
#ifndef BENCH_RACE_H
#define BENCH_RACE_H

#include "bench.h"
#include "peers/peer.h"
#include "upscale.h"

enum { BENCH_MOST_RUNNERS = 8 };

/* What upscale is asked to do. */
typedef struct {
    up_pixels in, out;
    up_options options;
} bench_upscale;

bench_runner bench_upscale_runner(bench_upscale *job);

/* Finds the least time of each: the processor's for one thread, which other programs on the machine
 * disturb little, the time on the wall for more. The runners take turns, so that what slows the
 * machine slows them all. */
void bench_race(bench_runner *runners, int count, int threads);

/* A table: who, ms, `unit`, floor in ms, share of the floor, and of each peer how many times as
 * fast upscale is and the largest difference from its result. */
void bench_race_header(const char *title, const char *unit, int threads);

/* The first runner is upscale, named `what`; `units` is the work of a run. */
void bench_race_rows(const char *what, const bench_runner *runners, int count, double units,
                     double floor);

/* Largest of |a - b|. */
double bench_difference_u8(const uint8_t *a, const uint8_t *b, size_t count);
double bench_difference_f32(const float *a, const float *b, size_t count);

/* What fails ends the program. */
void *bench_must(void *block);
void bench_check(up_status status, const up_error *error);

/* Values between `least` and `most`, the same every time; to be freed with up_free(). */
float *bench_noise(size_t count, float least, float most);

/* A float32 CHW tensor. */
up_pixels bench_planes(int channels, int width, int height, const float *data);

/* Creates an empty file, the caller's to remove. */
void bench_make_file(char path[256], const char *suffix);

#endif
