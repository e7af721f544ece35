/* SPDX-License-Identifier: MIT */
/* Where the time of a network goes. */
#ifndef BENCH_LAYERS_H
#define BENCH_LAYERS_H

#include "bench_design.h"
#include "bench_race.h"

typedef struct {
    int count;
    double seconds[BENCH_MOST_LAYERS]; /* of the convolutions in order; what is fused into the next
                                          has none, and is part of that one's */
} bench_layers;

/* The least time of each over a few runs, and that of the whole, which is returned; by the clock
 * that bench_race() takes. */
double bench_time_layers(bench_layers *layers, const bench_upscale *job);

#endif
