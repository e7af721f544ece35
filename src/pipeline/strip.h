/* SPDX-License-Identifier: MIT */
/*
 * A picture's columns in strips. A strip makes its columns of the outputs and whatever those are
 * made from, down to the input: a few columns at the border of two strips are made by both, and in
 * return none ever waits for another or reads what another has made, so that rows stay in the cache
 * of one core. Where a graph is so deep that strips would have much in common, there are fewer than
 * threads, and the rows of an op are made in slices: columns that threads share.
 */
#ifndef UP_PIPELINE_STRIP_H
#define UP_PIPELINE_STRIP_H

#include "base/machine/slices.h"
#include "pipeline/ring.h"
#include "pipeline/walk.h"

typedef struct {
    int x0, x1; /* columns made; x0 is a multiple of UP_LANES */
    up_ring ring;
} up_part;

typedef struct {
    up_walk walk;
    up_part *part; /* of every node; those of inputs are views of the rings that all read */
    void *rings;   /* one block for all of them, which huge pages can hold */
    int *released; /* rows of every input and output that this strip needs no more */
    unsigned char *scratch; /* for each slice */
    up_slices shared;       /* while rows are made */
} up_strip;

typedef struct {
    const up_graph *graph;
    int count;
    int slices; /* of a strip at most; set by the caller before memory is asked for */
    up_strip *strip;
    up_ring *input;   /* of every input; bound where the rows are in memory already */
    void *input_rows; /* of node 0 where it is not */
} up_strips;

/* Of a graph that up_graph_fuse() has seen. `streams`: node 0 gets its rows one after another. */
up_status up_strips_plan(up_strips *strips, const up_graph *graph, int count, bool streams,
                         up_error *error);
void up_strips_free(up_strips *strips);

/* How much more is made than by one strip: 1 and up. */
double up_strips_excess(const up_strips *strips);

/* Memory for the rows that a prepared graph says are kept; those of outputs get bound. */
up_status up_strips_lay_out(up_strips *strips, up_error *error);
size_t up_strips_bytes(const up_strips *strips);
up_status up_strips_allocate(up_strips *strips, up_error *error);

/* To make everything once more, from the first row on. */
void up_strips_rewind(up_strips *strips);

/* Scratch of a slice. */
unsigned char *up_strips_scratch(const up_strips *strips, const up_strip *strip, int slice);

#endif
