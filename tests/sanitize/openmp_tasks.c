/* SPDX-License-Identifier: MIT */
/*
 * ThreadSanitizer and OpenMP tasks: Archer (a tool that comes with LLVM's OpenMP and loads itself)
 * tells it who waits for whom, but not that the runtime hands the memory of a finished task to the
 * next one. Filling in a new task then looks like a race with the old. These wrappers hide the
 * writes between the allocation of a task and its start, and nothing else.
 */
#include <stddef.h>

typedef int (*task_entry)(int, void *);

void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);

void *__real___kmpc_omp_task_alloc(void *at, int thread, int flags, size_t task, size_t shared,
                                   task_entry entry);
void *__wrap___kmpc_omp_task_alloc(void *at, int thread, int flags, size_t task, size_t shared,
                                   task_entry entry);

void *__wrap___kmpc_omp_task_alloc(void *at, int thread, int flags, size_t task, size_t shared,
                                   task_entry entry)
{
    void *made = __real___kmpc_omp_task_alloc(at, thread, flags, task, shared, entry);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    return made;
}

#define WRAP_START(type, name, parameters, arguments)                                              \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);                                               \
        return __real_##name arguments;                                                            \
    }

WRAP_START(int, __kmpc_omp_task, (void *at, int thread, void *task), (at, thread, task))
WRAP_START(int, __kmpc_omp_task_with_deps,
           (void *at, int thread, void *task, int count, void *list, int alias_count,
            void *aliases),
           (at, thread, task, count, list, alias_count, aliases))
WRAP_START(void, __kmpc_omp_task_begin_if0, (void *at, int thread, void *task), (at, thread, task))
