/* SPDX-License-Identifier: MIT */
/* What this machine has. */
#ifndef UP_BASE_MACHINE_H
#define UP_BASE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

/* Cores this process may use, at least 1. */
int up_machine_cores(void);

/* Physical memory, or the limit of this process (RLIMIT_AS, RLIMIT_DATA) or of its control groups
 * where that is lower. Whoever wants to know how much there is asks this. */
size_t up_machine_memory(void);

/* The lowest memory limit of the control groups, of versions 1 and 2, that are named in the file
 * `groups` (/proc/self/cgroup) and mounted below `mounts` (/sys/fs/cgroup); SIZE_MAX: none. */
size_t up_machine_group_limit(const char *groups, const char *mounts);

/* What may be used of it: `asked`, or half of it where that is 0. */
size_t up_machine_memory_limit(size_t asked);

/* What a program takes with the libraries that it is linked with and so many threads, beside what
 * estimates count piece by piece: as measured, generously. */
size_t up_machine_program_bytes(int threads);

/* The most memory that the process has had resident since up_machine_peak_reset(), in bytes; 0
 * where the system does not tell. false: it cannot be reset. */
bool up_machine_peak_reset(void);
size_t up_machine_peak(void);

/* What the processor is called, "" where the system does not tell. */
void up_machine_processor(char *name, size_t size);

/* The second-level cache of one core. */
size_t up_machine_cache(void);

#endif
