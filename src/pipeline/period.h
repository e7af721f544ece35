/*
 * When the walk through a graph repeats itself: far from the top and the bottom a band is like
 * those before it but for where it lies. What the dry run has seen of one period is then true of
 * all, so that planning does not take longer the higher a picture is, or says it is.
 */
#ifndef UP_PIPELINE_PERIOD_H
#define UP_PIPELINE_PERIOD_H

#include "pipeline/walk.h"

typedef struct {
    int rows;   /* of the highest output; 0: the walk never repeats */
    int *shift; /* rows of every node that this comes to; 0 for what is made once */
} up_period;

/* Of a graph whose steps are settled. */
up_status up_period_find(up_period *period, const up_graph *graph, up_error *error);
void up_period_free(up_period *period);

/* Looks for a state that was there before, moved by whole periods (Brent's algorithm). */
typedef struct {
    int *made; /* the earlier state, of every node */
    int64_t age, most_age;
} up_recurrence;

up_status up_recurrence_init(up_recurrence *recurrence, const up_graph *graph, up_error *error);
void up_recurrence_free(up_recurrence *recurrence);
void up_recurrence_begin(up_recurrence *recurrence, const up_walk *walk);

/* To be called between bands, or between chunks, always the same. Returns how many periods lie
 * between the two states, and in recurrence->age are the calls; 0: the state is a new one, or the
 * edges of the picture had a say meanwhile, or (`rows` > 0) it is not so many rows of the highest
 * output for each call. */
int64_t up_recurrence_find(up_recurrence *recurrence, const up_period *period, const up_walk *walk,
                           int rows);

/* How often the walk can go on by so many periods before the bottom has a say; `chunk` is the one
 * that must not end meanwhile, -1 if chunks may end. */
int64_t up_period_room(const up_period *period, const up_walk *walk, int64_t periods, int chunk);

/* Goes on by so many periods at once. */
void up_period_skip(const up_period *period, up_walk *walk, int64_t periods);

#endif
