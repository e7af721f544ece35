/* SPDX-License-Identifier: MIT */
/*
 * Parallel regions in forked processes. OpenMP keeps the threads of a region for the next one of
 * the same thread; fork() copies the list of them, but not the threads, and the next region would
 * wait for them for ever. A thread that is new in the forked process has no such list.
 */
#ifndef UP_BASE_TEAM_H
#define UP_BASE_TEAM_H

/* Calls work(user), which may hold parallel regions, and returns when that does: on this thread,
 * or in a process that was forked since the library was loaded on a new one. */
void up_team_run(void (*work)(void *), void *user);

#endif
