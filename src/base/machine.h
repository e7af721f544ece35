/* What this machine has. */
#ifndef UP_BASE_MACHINE_H
#define UP_BASE_MACHINE_H

#include <stddef.h>

/* Cores this process may use, at least 1. */
int up_machine_cores(void);

/* Physical memory, or the limit of this process or its control group where that is lower. */
size_t up_machine_memory(void);

/* What may be used of it: `asked`, or half of it where that is 0. */
size_t up_machine_memory_limit(size_t asked);

/* The second-level cache of one core. */
size_t up_machine_cache(void);

#endif
