/* SPDX-License-Identifier: MIT */
#include "io/jxl/jxl_threads.h"

#include "base/machine/team.h"

#include <omp.h>

typedef struct {
    void *opaque;
    JxlParallelRunFunction run;
    uint32_t first, end;
    int threads;
} parallel_call;

static void run_parallel(void *user)
{
    const parallel_call *c = user;
#pragma omp parallel for num_threads(c->threads) schedule(dynamic)
    for (uint32_t i = c->first; i < c->end; i++)
        c->run(c->opaque, i, (size_t)omp_get_thread_num());
}

JxlParallelRetCode up_jxl_run(void *threads, void *opaque, JxlParallelRunInit init,
                              JxlParallelRunFunction run, uint32_t first, uint32_t end)
{
    parallel_call call = { opaque, run, first, end, *(const int *)threads };
    const JxlParallelRetCode code = init(opaque, (size_t)call.threads);
    if (code == 0)
        up_team_run(run_parallel, &call);
    return code;
}
