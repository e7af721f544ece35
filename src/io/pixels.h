/* SPDX-License-Identifier: MIT */
/* Sizes of pixel formats, and images in the caller's memory. */
#ifndef UP_IO_PIXELS_H
#define UP_IO_PIXELS_H

#include "base/status.h"

/* Bytes of one sample. */
size_t up_sample_size(up_sample sample);

/* Channels of a colour; 0 for tensors, which have any number. */
int up_color_channels(up_color color);

/* The colour of a picture with 1..4 channels. */
up_color up_color_of_channels(int channels);

bool up_color_has_alpha(up_color color);

/* Bytes of a row as it is stored: all channels if interleaved, one plane of them if planar. False
 * on overflow. */
bool up_row_size(const up_format *format, size_t *bytes);

/* Bytes of one frame. False on overflow. */
bool up_frame_size(const up_format *format, size_t *bytes);

/* What stands for a row that a damaged picture lacks: mid-grey, transparent where there is alpha.
 * Interleaved samples of 8 or 16 bits. */
void up_fill_missing(void *row, const up_format *format);

/* Divides the colours of a row by alpha, which is the last channel, rounded; what it leaves of
 * nothing is 0. Interleaved samples of 8 or 16 bits, or floats. */
void up_divide_by_alpha(const up_format *format, void *row);

/* Copies `pixels` with its strides filled in, or says what makes no sense about them. */
up_status up_pixels_check(up_pixels *checked, const up_pixels *pixels, up_error *error);

#endif
