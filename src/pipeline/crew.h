/*
 * Threads that share the slices of one node after the other. A leader calls; whoever has joined
 * takes slices, each member first the one of its own number, so that columns stay in the cache of
 * one core; who comes late, or never, is not missed, so nothing can wait for ever. Handing out a
 * slice costs an atomic operation instead of a task.
 */
#ifndef UP_PIPELINE_CREW_H
#define UP_PIPELINE_CREW_H

#include <stdatomic.h>
#include <stdbool.h>

#define UP_CREW_SLICES 32 /* at most, per call */

typedef struct {
    void (*work)(void *user, int job, int slice, int slices);
    void *user;
    _Atomic unsigned long long ticket; /* number of the call, and a bit for each slice to be had */
    atomic_int job, slices, done, members;
    atomic_bool dismissed;
} up_crew;

void up_crew_init(up_crew *crew, void (*work)(void *, int, int, int), void *user);

/* The leader: returns when all slices of the job are done. */
void up_crew_call(up_crew *crew, int job, int slices);

/* The others: returns when the leader has dismissed them. */
void up_crew_join(up_crew *crew);
void up_crew_dismiss(up_crew *crew);

#endif
