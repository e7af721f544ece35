#define _GNU_SOURCE
#include "base/machine.h"

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int up_machine_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (int)cores : 1;
}

static size_t lower(size_t a, unsigned long long b)
{
    return b < a ? (size_t)b : a;
}

size_t up_machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t memory = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : (size_t)1 << 30;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        memory = lower(memory, limit.rlim_cur);
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
    unsigned long long most;
    if (file && fscanf(file, "%llu", &most) == 1)
        memory = lower(memory, most);
    if (file)
        fclose(file);
    return memory;
}

size_t up_machine_memory_limit(size_t asked)
{
    return asked ? asked : up_machine_memory() / 2;
}

size_t up_machine_cache(void)
{
    long size = -1;
#ifdef _SC_LEVEL2_CACHE_SIZE
    size = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return size > 0 ? (size_t)size : (size_t)1 << 20;
}
