/* SPDX-License-Identifier: MIT */
/*
 * In which order the rows of a graph are made: what a band needs, and of that what lies nearest to
 * the output, so that rows are read soon after they were made, at the top of the image too.
 */
#ifndef UP_PIPELINE_WALK_H
#define UP_PIPELINE_WALK_H

#include "pipeline/graph.h"

typedef struct {
    int made; /* rows made so far, of the current frame */
    int need; /* rows that the current band asks for */
    int next; /* rows there are when the current call is done */
} up_progress;

typedef struct {
    const up_graph *graph;
    up_progress *node;
    uint64_t *candidate; /* a bit for every node that may be ready to make rows */
    int words;           /* of them; none beyond holds a bit */
} up_walk;

up_status up_walk_init(up_walk *walk, const up_graph *graph, up_error *error);
void up_walk_free(up_walk *walk);

/* Back to the first row, for the next frame. */
void up_walk_rewind(up_walk *walk);

/* The next band of a chunk: sets `need` of every node; false when the chunk is complete. */
bool up_walk_next_band(up_walk *walk, int chunk);

/* The next call of the band: a node, of which the caller makes rows made .. next - 1 and then
 * advances it; 0 when the band is complete. */
int up_walk_next(up_walk *walk);
void up_walk_advance(up_walk *walk, int node);

/* Rows of the image that rows y0 .. y1 - 1 of a node read: what must exist and be kept for them. */
void up_walk_reads(const up_node *node, int input, int y0, int y1, int *low, int *high);

/* The oldest row of a node that some consumer will still read; its height if none. */
int up_walk_oldest(const up_walk *walk, int node);

#endif
