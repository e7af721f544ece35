/* SPDX-License-Identifier: MIT */
/*
 * Runs a graph from a source to its sinks: reading ahead, making rows and encoding overlap, all in
 * one parallel region for each stage. Nothing here depends on the number of threads but the time it
 * takes.
 */
#ifndef UP_PIPELINE_RUN_H
#define UP_PIPELINE_RUN_H

#include "io/sink.h"
#include "io/source.h"
#include "pipeline/stages/stages.h"

#define UP_MAX_OUTPUTS 2
#define UP_FRAMES_AT_ONCE 2

/* What becomes of whatever one stage makes and another needs. */
typedef enum {
    UP_KEEP_CHEAPEST,
    UP_KEEP_IN_MEMORY,
    UP_KEEP_IN_FILES,
    UP_KEEP_NOTHING /* it is made again */
} up_keep;

typedef struct up_run {
    up_graph *graph; /* prepared by up_run_prepare */
    up_source *source;
    up_sink *sink[UP_MAX_OUTPUTS]; /* one per output of the graph */
    int threads;
    int most_strips; /* of a frame; 0: one for each thread */
    int slots;       /* chunks in flight on their way to a sink */
    int band;        /* rows; 0: as suits the machine's cache */
    up_keep keep;
    int segments; /* that a deep graph is cut into at most; 0: as many as are best */
    int rows[2];  /* of the outputs: first, end; 0, 0: all. Of single frames only */
    struct {
        int64_t first, count; /* UP_FRAMES_UNTIL_END: all from `first` on */
        int at_once;          /* that are made beside each other, where up_run_overlaps(); up to
                                 UP_FRAMES_AT_ONCE. 0: 1 */
    } frames; /* of a sequence, which the sinks hold; count 0: its one picture, or a batch */
    struct up_run *further; /* prepared likewise: makes further planes of each frame behind this
                               one, from the same source to the same sinks; NULL: there are none */
    int further_planes;
    const volatile int *cancel;
    void (*progress)(void *user, double done);
    void *user;
    void (*made)(void *watcher, int node); /* to measure: the first strip has made rows of a node */
    void *watcher;
    bool mapped;      /* set by up_run_prepare, as all below */
    up_stages stages; /* freed by up_run_clear */
} up_run;

/* Cuts the graph into stages, chooses strips for the threads, chunks, and bands, and sizes the
 * rings. Of what lies between stages as little is kept in memory as `keep` allows.
 * `mapped`: both ends are in memory. */
up_status up_run_prepare(up_run *run, bool mapped, up_error *error);

/* After that, for UP_KEEP_CHEAPEST: up_run_bytes() may come to so many. All between the stages is
 * kept in memory where that is enough; else it is made again, where that is enough and no more work
 * than the graph itself; else as much is kept in memory as goes, and the others in files. What is
 * deep is cut into segments where that is faster, or as fast in less memory. */
up_status up_run_fit(up_run *run, size_t most, up_error *error);

void up_run_clear(up_run *run);

/* Whether several frames can be under way at a time: of a sequence that is read as it comes,
 * without anything that waits for all rows of one. After up_run_fit(). */
bool up_run_overlaps(const up_run *run);

/* Raw bytes of the largest chunk of an output: what a sink's slot must hold. */
size_t up_run_group_bytes(const up_run *run, int output);

/* Bytes that up_run_start will allocate. */
size_t up_run_bytes(const up_run *run);

/* For a whole frame, with what is made again. */
double up_run_multiply_adds(const up_run *run);

up_status up_run_start(up_run *run, up_error *error);

#endif
