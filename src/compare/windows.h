/* Local statistics of two pictures under a Gaussian window: what SSIM is made of. */
#ifndef UP_COMPARE_WINDOWS_H
#define UP_COMPARE_WINDOWS_H

#include "compare/measured.h"

#define UP_WINDOW 11 /* rows and columns */

/* Means over the windows that lie inside the picture as a whole. */
typedef struct {
    double ssim;
    double contrast; /* (2 cov + C2) / (v_a + v_b + C2) */
} up_similarity;

/* Of each plane, after `level` reductions by means of 2x2, odd edges repeated. The picture must
 * still be as large as the window. Rows stream: memory does not grow with the height. */
up_status up_windows_compare(up_similarity similarity[3], const up_measured *measured, int level,
                             up_error *error);

#endif
