/* SPDX-License-Identifier: MIT */
#include "bench_layers.h"

#include "api/plan.h"

#include <math.h>
#include <time.h>

enum { LEAST_RUNS = 3, MOST_RUNS = 12, MOST_NODES = 4 * BENCH_MOST_LAYERS };
static const double enough_seconds = 4;

typedef struct {
    clockid_t clock;
    double last, seconds[MOST_NODES]; /* of one run */
} watch;

static void note(void *watcher, int node)
{
    watch *w = watcher;
    double time = bench_now(w->clock);
    if (node < MOST_NODES)
        w->seconds[node] += time - w->last;
    w->last = time;
}

/* The node that does the work of node n: itself, or what it is fused into. */
static int maker(const up_graph *graph, int n)
{
    while (graph->node[n].fused)
        n = graph->node[n].host;
    return n;
}

static void keep_least(bench_layers *layers, const up_graph *graph, watch *w)
{
    layers->count = 0;
    for (int n = 1; n < graph->count && n < MOST_NODES; n++) {
        if (graph->node[n].op->multiply_adds == 0 || layers->count == BENCH_MOST_LAYERS)
            continue;
        bool shared = false;
        for (int later = n + 1; later < graph->count; later++)
            shared |=
                graph->node[later].op->multiply_adds > 0 && maker(graph, later) == maker(graph, n);
        double *least = &layers->seconds[layers->count++];
        *least = shared ? 0 : fmin(*least, w->seconds[maker(graph, n)]);
    }
}

/* What up_upscale_pixels() does, watched. */
static double run(bench_layers *layers, const bench_upscale *job)
{
    up_error error;
    up_source *source;
    up_image *image;
    up_plan *plan;
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    watch w = { .clock = job->options.threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC };
    bench_check(up_source_from_pixels(&source, &job->in, &error), &error);
    bench_check(up_image_from_source(&image, source, &error), &error);
    bench_check(up_plan_begin(&plan, image, &job->options, &error), &error);
    bench_check(up_plan_upscaling(plan, NULL, &job->out, &error), &error);
    bench_check(up_plan_finish(plan, &error), &error);
    bench_check(up_sink_to_pixels(&sinks[0], &job->out, &error), &error);
    plan->run.made = note;
    plan->run.watcher = &w;
    double start = w.last = bench_now(w.clock);
    bench_check(up_plan_execute(plan, sinks, &error), &error);
    double whole = bench_now(w.clock) - start;
    keep_least(layers, &plan->graph, &w);
    up_plan_destroy(&plan);
    up_image_close(&image);
    return whole;
}

double bench_time_layers(bench_layers *layers, const bench_upscale *job)
{
    double least = INFINITY, start = bench_now(CLOCK_MONOTONIC);
    for (int i = 0; i < BENCH_MOST_LAYERS; i++)
        layers->seconds[i] = INFINITY;
    for (int i = 0;
         i < LEAST_RUNS || (i < MOST_RUNS && bench_now(CLOCK_MONOTONIC) - start < enough_seconds);
         i++)
        least = fmin(least, run(layers, job));
    return least;
}
