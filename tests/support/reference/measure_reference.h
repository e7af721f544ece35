/* SPDX-License-Identifier: MIT */
/* The measures again, plainly, in double precision and with whole pictures in memory. */
#ifndef SUPPORT_MEASURE_REFERENCE_H
#define SUPPORT_MEASURE_REFERENCE_H

#include "upscale_measure.h"

/* What is measured, in 0..255. */
typedef struct {
    int width, height, planes;
    double *value; /* [planes][height][width] */
} measured_picture;

/* Any format of up_pixels that can be measured; `colour`: grey counts as colour. */
measured_picture measured_reference(const up_pixels *pixels, bool colour, const up_measuring *how);
void measured_free(measured_picture *picture);

double mse_reference(const measured_picture *a, const measured_picture *b);
double ssim_reference(const measured_picture *a, const measured_picture *b);
double ms_ssim_reference(const measured_picture *a, const measured_picture *b);

#endif
