/* SPDX-License-Identifier: MIT */
/* What every codec that is lossy or lossless is asked: a smooth picture out into a file of the
 * scratch folder, whose name says the format, and in again. */
#ifndef SUPPORT_CODED_PICTURES_H
#define SUPPORT_CODED_PICTURES_H

#include "support/pictures/image_io.h"

enum { CODED_WIDTH = 37, CODED_HEIGHT = 29, CODED_PIXELS = CODED_WIDTH * CODED_HEIGHT };

/* Up to `noise` levels of it are random; alpha is 0 to 255. Words are those that `bits` of them
 * hold, spread over 16; floats from about 0 to 1. free() it. */
void *coded_picture(int channels, up_sample sample, int bits, unsigned noise);

/* Writes it; returns its path. */
const char *coded_save(const char *name, int channels, up_sample sample, const void *data,
                       const up_encoding *how);
/* And reads it. */
image coded_there_and_back(const char *name, int channels, up_sample sample, const void *data,
                           const up_encoding *how);

/* The mean difference of all samples, of 8 bits; where `alpha` is asked for, that is the same. */
double coded_difference(const image *got, const uint8_t *data, bool alpha);

/* EXIF that says that the picture is to be turned (where codecs say that themselves, it is not),
 * XMP, and a profile where the format carries any. */
void expect_metadata_come_back(const char *name, bool profile);

void expect_threads_change_nothing(const char *name);

/* A cut file is refused, or read with a note of the damage; bytes that are changed, half of them in
 * the first 900, break nothing. Every `step`-th length, and then `changed` files. */
void expect_coded_hostile_survived(const char *path, size_t step, int changed);

#endif
