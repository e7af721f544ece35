/* SPDX-License-Identifier: MIT */
/*
 * A graph cut where whole planes are reduced: stage after stage, each a graph of its own that runs
 * from top to bottom. A node is made in the first stage that needs it. What a later stage needs of
 * it is kept in a frame, or made again there from what is kept; the results of reductions always
 * are, and so are the rows of the source, which can be read once only. A graph without reductions
 * is one stage; a deep one may be more, of few rings each.
 */
#ifndef UP_PIPELINE_STAGES_H
#define UP_PIPELINE_STAGES_H

#include "pipeline/graph.h"
#include "pipeline/stages/frame.h"

typedef struct {
    up_graph *graph; /* the whole one, or `own` */
    up_graph own;
    int *origin;      /* of every node of `own` in the whole graph; -1: it loads or keeps a frame */
    int *from;        /* the frame that each input is; -1: the source */
    int *to;          /* the frame that each output but the first `sinks` goes to */
    int sinks;        /* outputs of the whole graph, in their order */
    bool reads;       /* the rows of the source one after another */
    double work;      /* as up_stages.work */
    double finishing; /* of that, what is done when all rows are there */

    /* Set by up_run_prepare(). */
    int strips, slices; /* for the threads, see strip.h */
    size_t bytes;       /* of their rings and scratch */
    double excess;      /* what they make of what one would */
} up_stage;

typedef struct {
    up_graph *whole;
    up_stage *stage;
    int count;
    up_frame *frame;
    int frames;
    double work; /* of all: multiply-adds, and samples made */
} up_stages;

/* `segments`: see cut.h. `mapped`: the source is in memory, and can be read again. Beyond
 * `most_work` nothing is cut, and the count is 0. */
up_status up_stages_cut(up_stages *stages, up_graph *whole, int segments, bool mapped,
                        double most_work, up_error *error);
void up_stages_free(up_stages *stages);

/* Bytes of frames, and of what is in memory of those in files, in the stage where with its rings
 * they come to most; the rings included. */
size_t up_stages_peak(const up_stages *stages);

/* Puts into memory what fits without a peak above `most`, first what is made first, and the others
 * into files. Whether all of it did. */
bool up_stages_place(up_stages *stages, size_t most);

#endif
