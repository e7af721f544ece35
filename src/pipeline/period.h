/* SPDX-License-Identifier: MIT */
/*
 * When the walk through a graph repeats itself: far from the top and the bottom a band is like
 * those before it but for where it lies. What the dry run has seen of one stretch is then true of
 * all that are like it, so that planning does not take longer the higher a picture is, or says it
 * is.
 *
 * Of two states of a walk the later one is the earlier one moved by so many rows at every node. If
 * whatever is read moves along with whoever reads it, or stays where it is, then from the later
 * state on the walk does what it did before, moved once more.
 */
#ifndef UP_PIPELINE_PERIOD_H
#define UP_PIPELINE_PERIOD_H

#include "pipeline/walk.h"

/* An earlier state, and how the later one differs. */
typedef struct {
    const up_graph *graph;
    int *made, *shift;     /* of every node */
    int64_t age, most_age; /* calls since the earlier state; when it is exchanged for a newer one */
} up_recurrence;

up_status up_recurrence_init(up_recurrence *recurrence, const up_graph *graph, up_error *error);
void up_recurrence_free(up_recurrence *recurrence);
void up_recurrence_begin(up_recurrence *recurrence, const up_walk *walk);

/* To be called between bands, or between chunks, always the same. Returns how often the walk can go
 * on by recurrence->shift before the edges of the picture have a say: 0 where only some rows are
 * made, this state is no earlier one moved, or (`rows` > 0) not by so many rows of the highest
 * output for each call. `chunk` must not end meanwhile; -1: chunks may. */
int64_t up_recurrence_find(up_recurrence *recurrence, const up_walk *walk, int rows, int chunk);

/* Goes on so often at once. */
void up_recurrence_skip(const up_recurrence *recurrence, up_walk *walk, int64_t times);

#endif
