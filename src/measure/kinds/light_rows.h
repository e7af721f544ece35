/* SPDX-License-Identifier: MIT */
/* Two pictures as rows of linear light, whatever the channel: samples are taken as sRGB
 * (IEC 61966-2-1), grey as colour. */
#ifndef UP_MEASURE_LIGHT_ROWS_H
#define UP_MEASURE_LIGHT_ROWS_H

#include "measure/measured.h"

typedef struct {
    up_measured measured; /* of three planes */
    float light[256];     /* of whole levels */
} up_light_rows;

up_status up_light_rows_init(up_light_rows *rows, const up_pixels *a, const up_pixels *b,
                             const up_measuring *how, up_error *error);

/* As up_measured_row(), in 0..1. */
void up_light_row(const up_light_rows *rows, int picture, int y, float *row);

/* Of a level, 0..255. */
double up_light_of_level(double level);

#endif
