#include "compare/bands.h"

#include "base/memory.h"

#include <omp.h>

up_status up_bands_run(const up_bands *bands, up_band_work *work, void *user, up_error *error)
{
    int count = (bands->rows + bands->band - 1) / bands->band;
    int threads = up_min(bands->threads, count);
    size_t each = up_round_up(bands->scratch, UP_ALIGN / sizeof(float)), all;
    float *scratch = up_mul(each, (size_t)threads, &all) ? up_alloc_zero(all, sizeof(float)) : NULL;
    if (!scratch)
        return up_fail_memory(error, "rows to compare", each * sizeof(float) * (size_t)threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int i = 0; i < count; i++) {
        int y0 = i * bands->band, y1 = up_min(y0 + bands->band, bands->rows);
        work(user, y0, y1, scratch + each * (size_t)omp_get_thread_num());
    }
    up_free(scratch);
    return UP_OK;
}
