/* SPDX-License-Identifier: MIT */
/* A small patch of grey, pooled by its maxima as `upscale pool` does it. */
#ifndef UP_COMPARE_POOLED_PATCH_H
#define UP_COMPARE_POOLED_PATCH_H

#include "base/status.h"
#include "upscale.h"

typedef struct {
    int side;
    float *value;    /* [side][side] */
    char *positions; /* as text: rows end with `;` */
} up_pooled_patch;

/* Of side * kernel x side * kernel values. Works with files in `folder`, which are gone at the end.
 */
up_status up_pooled_patch_make(up_pooled_patch *pooled, const float *patch, int side, int kernel,
                               const char *folder, up_error *error);
void up_pooled_patch_free(up_pooled_patch *pooled);

/* A grey picture of floats in the caller's memory, white at 1. */
up_pixels up_grey_patch(const float *value, int width, int height);

#endif
