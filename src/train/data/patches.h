/* SPDX-License-Identifier: MIT */
/* Random patches of training pictures, flipped and turned. */
#ifndef UP_TRAIN_PATCHES_H
#define UP_TRAIN_PATCHES_H

#include "base/random.h"
#include "train/data/patch_shape.h"
#include "train/data/pictures.h"
#include "train/data/residual.h"

typedef struct {
    const up_train_pictures *set;
    int scale, size; /* of a patch: low-resolution pixels on a side */
    int candidates;
    uint64_t *until; /* [set->count] places for a patch in this picture and those before */
} up_patches;

/* Pictures smaller than a patch are never drawn; UP_ERROR_ARGUMENT if all are. */
up_status up_patches_make(up_patches *patches, const up_train_pictures *set, int scale, int size,
                          int candidates, up_error *error);
void up_patches_free(up_patches *patches);

/* One that is drawn. */
typedef struct {
    up_patch_shape shape;
    float *input;  /* pixel (0, 0) of its first plane; planes are shape.size apart */
    float *target; /* the same of scale^2 planes of each channel, one for each phase */
} up_patch;

/* Fills a patch of this size: of `candidates` random places, the one where bicubic enlargement is
 * furthest from the original. Of pictures that hold luma. */
void up_patches_draw(const up_patches *patches, const up_residual *residual, up_random *random,
                     const up_patch *patch);

/* Where a patch may be taken. */
typedef struct {
    const up_train_picture *picture;
    int x, y;
} up_patch_place;

/* Of `candidates` random places, the one with most detail. */
up_patch_place up_patches_place(const up_patches *patches, up_random *random);

/* The same of a place: turn is 0 .. 7, 0 as it is. The patch may be of any size that fits. */
void up_patch_take(const up_train_picture *picture, const up_residual *residual, int x, int y,
                   int turn, const up_patch *patch);

#endif
