/* SPDX-License-Identifier: MIT */
/*
 * Pieces of work of some microseconds, shared by threads of a parallel region: too short to be
 * tasks, for which threads fall asleep and have to be woken. One task hands them out; helpers,
 * tasks of their own, take what is left of them, and go when there has been nothing for a while.
 * Where no thread is free to help, the one task does all.
 */
#ifndef UP_BASE_SLICES_H
#define UP_BASE_SLICES_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct {
    atomic_ullong turn; /* number of the work, slices of it, slices taken */
    atomic_int done;    /* slices of it */
    atomic_int helpers; /* that have not gone */
    atomic_bool closed;
    int thread; /* of the one task */
    int most;   /* helpers: threads and processors there are for them */
    void (*work)(void *user, int slice);
    void *user;
} up_slices;

void up_slices_open(up_slices *slices);

/* Calls work(user, 0 .. count - 1), each once, and returns when all have returned. count: up to
 * 65,535. */
void up_slices_run(up_slices *slices, int count, void (*work)(void *user, int slice), void *user);

/* Waits for the helpers to go. By the task that opened it. */
void up_slices_close(up_slices *slices);

#endif
