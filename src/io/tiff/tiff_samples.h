/* SPDX-License-Identifier: MIT */
/* Samples of a TIFF file, of 1 to 16 bits or floats, made those of a picture. */
#ifndef UP_IO_TIFF_SAMPLES_H
#define UP_IO_TIFF_SAMPLES_H

#include "colour/lab.h"
#include "io/tiff/tiff_layout.h"

typedef struct {
    uint8_t level[4][256]; /* of samples up to 8 bits: of colours, those of a palette each, and last
                              of alpha */
    up_lab lab;
} up_tiff_samples;

/* False where a white makes no colours. */
bool up_tiff_samples_init(up_tiff_samples *samples, const up_tiff_layout *layout);

/* Columns x .. x + count - 1 of a row: from `plane`, one for each sample where they are separate,
 * else one in all, into `row`, interleaved. */
void up_tiff_samples_convert(const up_tiff_samples *samples, const up_tiff_layout *layout,
                             const uint8_t *const *plane, void *row, int x, int count);

#endif
