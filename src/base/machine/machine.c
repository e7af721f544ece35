/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/machine/machine.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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

/* The limit that a file of a control group states; "max" and what is no number: none. */
static size_t stated_limit(const char *mount, const char *group, const char *name)
{
    char path[2 * PATH_MAX];
    unsigned long long most;
    int length = snprintf(path, sizeof path, "%s%s/%s", mount, group, name);
    FILE *file = length < (int)sizeof path ? fopen(path, "r") : NULL;
    bool known = file && fscanf(file, "%llu", &most) == 1;
    if (file)
        fclose(file);
    return known ? lower(SIZE_MAX, most) : SIZE_MAX;
}

/* The lowest limit of a group and those above it. In a container that sees only its own part of the
 * tree the path may lead nowhere; what is above is there. */
static size_t group_limit(const char *mount, char *group, const char *name)
{
    size_t memory = SIZE_MAX;
    for (;;) {
        memory = lower(memory, stated_limit(mount, group, name));
        char *last = strrchr(group, '/');
        if (!last)
            return memory;
        *last = '\0';
    }
}

static bool names_memory(const char *controllers)
{
    const char *found = strstr(controllers, "memory");
    return found && (found == controllers || found[-1] == ',') && strchr(",", found[6]);
}

/* A line is "ID:CONTROLLERS:PATH", without controllers in version 2. */
size_t up_machine_group_limit(const char *groups, const char *mounts)
{
    char line[PATH_MAX], mount[PATH_MAX];
    size_t memory = SIZE_MAX;
    FILE *file = fopen(groups, "r");
    while (file && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        controllers++;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        if (!*controllers)
            memory = lower(memory, group_limit(mounts, path, "memory.max"));
        snprintf(mount, sizeof mount, "%s/memory", mounts);
        if (names_memory(controllers))
            memory = lower(memory, group_limit(mount, path, "memory.limit_in_bytes"));
    }
    if (file)
        fclose(file);
    return memory;
}

static size_t process_limit(int resource)
{
    struct rlimit limit;
    bool known = getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    return known ? lower(SIZE_MAX, limit.rlim_cur) : SIZE_MAX;
}

size_t up_machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t memory = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : (size_t)1 << 30;
    memory = lower(memory, process_limit(RLIMIT_AS));
    memory = lower(memory, process_limit(RLIMIT_DATA));
    return lower(memory, up_machine_group_limit("/proc/self/cgroup", "/sys/fs/cgroup"));
}

size_t up_machine_memory_limit(size_t asked)
{
    return asked ? asked : up_machine_memory() / 2;
}

size_t up_machine_program_bytes(int threads)
{
    return ((size_t)8 << 20) + (size_t)threads * ((size_t)256 << 10);
}

size_t up_machine_cache(void)
{
    long size = -1;
#ifdef _SC_LEVEL2_CACHE_SIZE
    size = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return size > 0 ? (size_t)size : (size_t)1 << 20;
}
