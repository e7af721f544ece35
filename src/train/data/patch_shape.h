/* SPDX-License-Identifier: MIT */
/* How the planes of a patch lie in memory. */
#ifndef UP_TRAIN_PATCH_SHAPE_H
#define UP_TRAIN_PATCH_SHAPE_H

#include <stddef.h>

/* Planes of a patch: `margin` rows of zeros above and below, at least as many columns of zeros to
 * both sides. Pixel (x, y) of channel c is plane[c * size + y * stride + x]. */
typedef struct {
    int width, height; /* width: a multiple of 16 */
    int stride;
    size_t size;   /* elements of a plane, margins included */
    size_t before; /* elements before the first pixel of a plane */
} up_patch_shape;

up_patch_shape up_patch_shape_make(int width, int height, int margin);

#endif
