/*
 * Runs a graph from a source to its sinks: reading ahead, making rows and encoding overlap, all in
 * one parallel region. Nothing here depends on the number of threads but the time it takes.
 */
#ifndef UP_PIPELINE_RUN_H
#define UP_PIPELINE_RUN_H

#include "io/sink.h"
#include "io/source.h"
#include "pipeline/graph.h"

#define UP_MAX_OUTPUTS 2

typedef struct {
    up_graph *graph; /* prepared by up_run_prepare */
    up_source *source;
    up_sink *sink[UP_MAX_OUTPUTS]; /* one per output of the graph */
    int threads;
    int slots; /* chunks in flight on their way to a sink */
    const volatile int *cancel;
    void (*progress)(void *user, double done);
    void *user;
    void (*made)(void *watcher, int node); /* to measure: the first strip has made rows of a node */
    void *watcher;
    int strips;   /* set by up_run_prepare */
    size_t bytes; /* of their rings and scratch */
} up_run;

/* Chooses strips for the threads, chunks, and bands for the machine's cache (band > 0: that many
 * rows), and sizes the graph.
 * `mapped`: both ends are in memory. */
up_status up_run_prepare(up_run *run, int band, bool mapped, up_error *error);

/* Raw bytes of the largest chunk of an output: what a sink's slot must hold. */
size_t up_run_group_bytes(const up_run *run, int output);

/* Bytes that up_run_start will allocate. */
size_t up_run_bytes(const up_run *run);

up_status up_run_start(up_run *run, up_error *error);

#endif
