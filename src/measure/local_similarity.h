/* SPDX-License-Identifier: MIT */
/* Local statistics of two pictures under a Gaussian window: what SSIM is made of. */
#ifndef UP_MEASURE_LOCAL_SIMILARITY_H
#define UP_MEASURE_LOCAL_SIMILARITY_H

#include "measure/measured.h"

#define UP_SSIM_WINDOW 11 /* rows and columns */

/* Means over the windows that lie inside the picture as a whole. */
typedef struct {
    double ssim;
    double contrast; /* (2 cov + C2) / (v_a + v_b + C2) */
} up_similarity;

/* Of each plane, after `level` reductions by means of 2x2, odd edges repeated. The picture must
 * still be as large as the window. Rows stream: memory does not grow with the height. */
up_status up_local_similarity(up_similarity similarity[3], const up_measured *measured, int level,
                              up_error *error);

#endif
