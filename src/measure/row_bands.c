/* SPDX-License-Identifier: MIT */
#include "measure/row_bands.h"

#include "base/machine/team.h"
#include "base/memory.h"

#include <omp.h>

typedef struct {
    const up_row_bands *bands;
    int count, threads;
    up_band_work *work;
    void *user;
    float *scratch;
    size_t each;
} call;

bool up_is_cancelled(const volatile int *cancel)
{
    return cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED);
}

static void run(void *user)
{
    const call *c = user;
    int rows = c->bands->rows, band = c->bands->band;
#pragma omp parallel for num_threads(c->threads) schedule(dynamic)
    for (int i = 0; i < c->count; i++) {
        int y0 = i * band, y1 = up_min(y0 + band, rows);
        if (!up_is_cancelled(c->bands->cancel))
            c->work(c->user, y0, y1, c->scratch + c->each * (size_t)omp_get_thread_num());
    }
}

up_status up_row_bands_run(const up_row_bands *bands, up_band_work *work, void *user,
                           up_error *error)
{
    int count = (bands->rows + bands->band - 1) / bands->band;
    int threads = up_min(bands->threads, count);
    size_t each = up_round_up(bands->scratch, UP_ALIGN / sizeof(float)), all;
    float *scratch = up_mul(each, (size_t)threads, &all) ? up_alloc_zero(all, sizeof(float)) : NULL;
    if (!scratch)
        return up_fail_memory(error, "rows to compare", each * sizeof(float) * (size_t)threads);
    call c = { bands, count, threads, work, user, scratch, each };
    up_team_run(run, &c);
    up_free(scratch);
    return up_is_cancelled(bands->cancel) ? up_fail(error, UP_ERROR_INTERRUPTED, "interrupted")
                                          : UP_OK;
}
