/* SPDX-License-Identifier: MIT */
/* Rows shared among threads in bands, each thread with memory of its own. */
#ifndef UP_MEASURE_ROW_BANDS_H
#define UP_MEASURE_ROW_BANDS_H

#include "base/status.h"

/* Does rows y0 <= y < y1. `scratch` is aligned for the kernels and was cleared once. */
typedef void up_band_work(void *user, int y0, int y1, float *scratch);

typedef struct {
    int threads, rows;
    int band;                   /* rows at a time */
    size_t scratch;             /* floats per thread */
    const volatile int *cancel; /* may be NULL; set, rows are left undone: UP_ERROR_INTERRUPTED */
} up_row_bands;

/* Whether `cancel` is set. */
bool up_is_cancelled(const volatile int *cancel);

up_status up_row_bands_run(const up_row_bands *bands, up_band_work *work, void *user,
                           up_error *error);

#endif
