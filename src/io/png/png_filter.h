/* SPDX-License-Identifier: MIT */
/* PNG's row filters. */
#ifndef UP_IO_PNG_FILTER_H
#define UP_IO_PNG_FILTER_H

#include <stddef.h>
#include <stdint.h>

#define UP_PNG_PAD 16 /* bytes around a row that filters read or, behind the output, write */

/* Filters `row` (`above` is the row before it, zeros for the first) with the filter whose residuals
 * have the least sum of absolute values: out[0] is its number, `size` bytes follow. `pixel` is the
 * bytes of one. Before and behind both rows UP_PNG_PAD bytes must be zero. */
void up_png_filter(uint8_t *out, const uint8_t *row, const uint8_t *above, size_t size,
                   size_t pixel);

/* The same by filters that do not look at the row above: NONE or SUB. */
void up_png_filter_alone(uint8_t *out, const uint8_t *row, size_t size, size_t pixel);

#endif
