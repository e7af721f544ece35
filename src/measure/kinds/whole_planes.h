/* SPDX-License-Identifier: MIT */
/* What is measured of two pictures, held as a whole: for measures that look far around. */
#ifndef UP_MEASURE_WHOLE_PLANES_H
#define UP_MEASURE_WHOLE_PLANES_H

#include "measure/measured.h"

typedef struct {
    int width, height, planes;
    float *value[2]; /* of picture 0 and 1: planes, rows, columns */
} up_whole_planes;

/* Of `step` x `step` pixels one, the mean of those around it: as many as MATLAB's
 * conv2(picture, ones(step) / step^2, 'same') takes, of which every step-th is kept, zeros beyond
 * the edges. A step of 1 takes pictures as they are. */
up_status up_whole_planes_read(up_whole_planes *whole, const up_measured *measured, int step,
                               up_error *error);
void up_whole_planes_clear(up_whole_planes *whole);

static inline const float *up_whole_row(const up_whole_planes *whole, int picture, int plane, int y)
{
    return whole->value[picture] +
           ((size_t)plane * (size_t)whole->height + (size_t)y) * (size_t)whole->width;
}

#endif
