/* SPDX-License-Identifier: MIT */
/* One picture to train on: the luma of a low-resolution input, and what bicubic enlargement leaves
 * of the original; or, where a recipe makes pairs of it (photo/pairs.h), its own pixels. */
#ifndef UP_TRAIN_TRAINING_PICTURE_H
#define UP_TRAIN_TRAINING_PICTURE_H

#include "base/status.h"
#include "upscale_train.h"

/* Residuals are held in this fraction of an 8-bit level. */
#define UP_RESIDUAL_UNITS 64

enum { UP_TRAIN_LEAST = 16 }; /* low-resolution pixels on a side */

typedef struct {
    const char *path;  /* the caller's */
    double factor;     /* of its size that was taken; 1: as it is */
    size_t place;      /* among the pictures of its list */
    int width, height; /* of the low resolution */
    float *low;        /* [height][width]: BT.601 studio luma, 16/255 .. 235/255, of 8-bit pixels */
    int16_t *residual; /* [height * scale][width * scale]: the original's luma minus the bicubic
                          enlargement of `low`, neither rounded to 8 bits, times 255 *
                          UP_RESIDUAL_UNITS, rounded */
    uint8_t *pixels;   /* [height * scale][width * scale][3]: RGB, instead of both; or NULL */
} up_train_picture;

/* Reduces the picture to `factor` of its size by bicubic, to 8 bits; then goes by the protocol of
 * up_train_options: cropped at the right and bottom to a multiple of the scale, reduced once more
 * and degraded. */
up_status up_train_picture_load(up_train_picture *picture, const char *path, double factor,
                                size_t place, const up_train_options *options, up_error *error);
void up_train_picture_free(up_train_picture *picture);

/* What becomes of a width or height. */
int up_train_reduced(int size, double factor);

/* Fails for what is too small for the scale. */
up_status up_train_picture_check(const char *path, int width, int height, int scale,
                                 up_error *error);

#endif
