/* SPDX-License-Identifier: MIT */
/* Samples of a TIFF file, of 1 to 16 bits or floats, made those of a picture. */
#ifndef UP_IO_TIFF_SAMPLES_H
#define UP_IO_TIFF_SAMPLES_H

#include "io/tiff/tiff_layout.h"

typedef struct {
    uint8_t level[3][256]; /* of samples up to 8 bits: colours and alpha, or red, green and blue of
                              a palette */
} up_tiff_samples;

void up_tiff_samples_init(up_tiff_samples *samples, const up_tiff_layout *layout);

/* Columns x .. x + count - 1 of a row: from `plane`, one for each sample where they are separate,
 * else one in all, into `row`, interleaved. */
void up_tiff_samples_convert(const up_tiff_samples *samples, const up_tiff_layout *layout,
                             const uint8_t *const *plane, void *row, int x, int count);

#endif
