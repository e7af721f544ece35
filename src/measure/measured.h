/* SPDX-License-Identifier: MIT */
/* Two pictures of one size as rows of what is measured of them, in 0..255. */
#ifndef UP_MEASURE_MEASURED_H
#define UP_MEASURE_MEASURED_H

#include "base/status.h"
#include "upscale_measure.h"

typedef struct {
    up_pixels picture[2];
    up_channel channel;
    int border, threads;
    int width, height;          /* inside the border */
    int planes;                 /* measured: 1, or red, green and blue */
    bool colour;                /* grey of one picture is taken as colour, for the other has some */
    const volatile int *cancel; /* may be NULL */
    size_t max_memory;          /* bytes, 0: as much as up_machine_memory_limit() says */
    size_t stride; /* floats from plane to plane of a row, padded as the kernels want */
} up_measured;

/* `how` may be NULL. */
up_status up_measured_init(up_measured *measured, const up_pixels *a, const up_pixels *b,
                           const up_measuring *how, up_error *error);

/* Floats that a row takes: more planes than are measured, for the conversion. */
size_t up_measured_row_floats(const up_measured *measured);

/* Row y, counted inside the border, of picture 0 or 1: plane c begins at row + c * stride. */
void up_measured_row(const up_measured *measured, int picture, int y, float *row);

#endif
