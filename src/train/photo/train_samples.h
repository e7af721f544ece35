/* SPDX-License-Identifier: MIT */
/* What a network learns from and is measured by: patches and tiles of pictures, of luma that was
 * prepared before, or pairs that a recipe makes as they are needed. */
#ifndef UP_TRAIN_TRAIN_SAMPLES_H
#define UP_TRAIN_TRAIN_SAMPLES_H

#include "train/data/patches.h"
#include "train/photo/pairs.h"

typedef struct {
    const up_train_pictures *set;
    const up_patches *patches;  /* of that, to be drawn from; NULL: there are only tiles */
    const up_pair_maker *maker; /* NULL: pictures hold luma */
    uint64_t seed;              /* of tiles that are spoilt */
    int drawn; /* tiles that are drawn, not of pictures: those of one more picture */
} up_samples;

enum { UP_SAMPLE_TILE = 128 }; /* low-resolution pixels on a side of a tile, at most */

/* Pictures that have tiles, and the side that all tiles have. */
size_t up_samples_pictures(const up_samples *samples);
int up_samples_tile_size(const up_samples *samples);

/* Up to nine tiles of a picture, spread over it. */
int up_samples_tiles(const up_samples *samples, size_t picture, int size);

/* Room of a thread for patches or tiles of this size; where pairs are not made it is none. */
up_status up_samples_work_make(up_pair_work *work, const up_samples *samples, int size,
                               up_error *error);
double up_samples_work_bytes(const up_samples *samples, int size);

/* Fill a patch with a random one or with a tile, always the same. */
up_status up_samples_draw(const up_samples *samples, const up_residual *residual, up_random *random,
                          up_pair_work *work, const up_patch *patch, up_error *error);
up_status up_samples_tile(const up_samples *samples, const up_residual *residual, size_t picture,
                          int tile, up_pair_work *work, const up_patch *patch, up_error *error);

#endif
