/* SPDX-License-Identifier: MIT */
/* Phase congruency (Kovesi 1999) with the numbers that FSIM has: where sines of all scales agree.
 */
#ifndef UP_MEASURE_PHASE_CONGRUENCY_H
#define UP_MEASURE_PHASE_CONGRUENCY_H

#include "measure/measured.h"

/* congruency[i] of the pictures i = 0 and 1, each rows x columns, 0..1. Four orientations, four
 * log-Gabor filters each from a wavelength of 6 pixels on, doubling. Of `measured` threads and
 * cancel count. */
up_status up_phase_congruency(double *const congruency[2], const float *const picture[2], int rows,
                              int columns, const up_measured *measured, up_error *error);

#endif
