/* SPDX-License-Identifier: MIT */
/* Structural similarity, of one scale and of several. */

#include <upscale_measure.h>

#include "base/memory.h"
#include "measure/kinds/measure_kind.h"
#include "measure/local_similarity.h"

#include <math.h>

enum { LEVELS = 5 };

up_status up_ssim(double *ssim, const up_pixels *a, const up_pixels *b, const up_measuring *how,
                  up_error *error)
{
    up_measured m;
    up_similarity similarity[3];
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, "SSIM", UP_SSIM_WINDOW, error));
    UP_TRY(up_local_similarity(similarity, &m, 0, error));
    *ssim = 0;
    for (int c = 0; c < m.planes; c++)
        *ssim += similarity[c].ssim / m.planes;
    return UP_OK;
}

up_status up_ms_ssim(double *ms_ssim, const up_pixels *a, const up_pixels *b,
                     const up_measuring *how, up_error *error)
{
    static const double weight[LEVELS] = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
    up_measured m;
    double product[3] = { 1, 1, 1 };
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, "MS-SSIM", UP_SSIM_WINDOW << (LEVELS - 1), error));
    for (int level = 0; level < LEVELS; level++) {
        up_similarity similarity[3];
        UP_TRY(up_local_similarity(similarity, &m, level, error));
        for (int c = 0; c < m.planes; c++) {
            bool last = level == LEVELS - 1;
            double term = last ? similarity[c].ssim : similarity[c].contrast;
            product[c] *= pow(term > 0 ? term : 0, weight[level]);
        }
    }
    *ms_ssim = 0;
    for (int c = 0; c < m.planes; c++)
        *ms_ssim += product[c] / m.planes;
    return UP_OK;
}
