/* SPDX-License-Identifier: MIT */
/* How a blur is to be undone: see deblur.h. */
#ifndef UP_RESTORE_DEBLURRING_H
#define UP_RESTORE_DEBLURRING_H

#include <upscale.h>

typedef struct {
    up_solver solver;  /* not AUTO */
    double noise;      /* standard deviation, in the units of the samples; 0: that of floats, but
                          for Richardson-Lucy, which then does all of its iterations */
    double regularise; /* lambda; below 0: by the rule */
    double level;      /* samples that differ by less are alike; 0: 1/512 of the plane's range */
    int iterations;    /* at most; 0: as suits the solver */
} up_deblurring;

#endif
