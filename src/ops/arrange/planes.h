/* SPDX-License-Identifier: MIT */
/* Between raw rows (samples as files and callers hold them) and float planes. */
#ifndef UP_OPS_PLANES_H
#define UP_OPS_PLANES_H

#include "ops/op.h"

/* The raw rows of an image: interleaved pixels are one channel of pixel-sized columns. */
up_shape up_raw_shape(const up_format *format);
up_shape up_float_shape(int width, int height, int channels);

/* Values keep their native range: 0..255, 0..65535, floats untouched. Packing to integers rounds
 * to nearest and clamps. `format` describes the raw side. With `past` the rows are written past the
 * caches, as is right for memory that nobody reads soon. */
up_status up_unpack_plan(up_op **op, const up_format *format, up_error *error);
up_status up_pack_plan(up_op **op, const up_format *format, bool past, up_error *error);

/* `n` interleaved pixels to planes of floats, which are padded as kernels/kernels.h says. */
void up_unpack_samples(float *const *plane, const void *from, up_sample sample, int channels,
                       int n);

#endif
