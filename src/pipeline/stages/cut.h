/* SPDX-License-Identifier: MIT */
/*
 * Where a graph is cut into stages, and which node is made, kept and loaded in which. Besides
 * behind reductions it may be cut into segments: by how many columns its layers reach in a row,
 * there where little lies between them.
 */
#ifndef UP_PIPELINE_CUT_H
#define UP_PIPELINE_CUT_H

#include "pipeline/graph.h"

typedef struct {
    const up_graph *graph;
    bool mapped; /* the source can be read in every stage */
    int stages;
    int *segment; /* of every node */
    int *level;   /* the first stage that could make it */
    int *made;    /* the first that does; INT_MAX: none does */
    int *last;    /* the last that loads it; -1: none does */
    int *frame;   /* that keeps it; -1: none */
    bool *kept;   /* loaded, not made, by all stages behind `made` */
    bool *pinned; /* made for later segments, in the first stage that could */
    bool *needed; /* by the stage that was marked last */
    int frames;
    double work; /* of all stages: multiply-adds, and samples made */
} up_cut;

/* `segments`: at most so many; 0: nothing is kept but the source and the results of reductions. */
up_status up_cut_find(up_cut *cut, const up_graph *graph, int segments, bool mapped,
                      up_error *error);
void up_cut_free(up_cut *cut);

/* Finds out what a stage needs; returns its work. */
double up_cut_mark(up_cut *cut, int stage);

/* Whether the stage that was marked last is given a node, or makes it. */
bool up_cut_loads(const up_cut *cut, int node, int stage);
bool up_cut_makes(const up_cut *cut, int node, int stage);

#endif
