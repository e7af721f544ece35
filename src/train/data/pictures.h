/* SPDX-License-Identifier: MIT */
/* The pictures of a training set. */
#ifndef UP_TRAIN_PICTURES_H
#define UP_TRAIN_PICTURES_H

#include "train/data/training_picture.h"

typedef struct {
    up_train_picture *picture;
    size_t count;
    size_t bytes; /* of all planes */
} up_train_pictures;

/* Loads pictures as they are. Of the options scale, seed, degrade, recipe, threads, max_memory,
 * cancel and skipped count. What cannot be used is reported, in order, and left out; `set` may come
 * out empty. Paths must live as long as the set. */
up_status up_train_pictures_load(up_train_pictures *set, const char *const *paths, size_t count,
                                 const up_train_options *options, up_error *error);
void up_train_pictures_free(up_train_pictures *set);

/* Adds all pictures of a set, loaded with these options, reduced to each factor of multiscale. What
 * gets too small is left out. */
up_status up_train_pictures_add_reduced(up_train_pictures *set, const up_train_options *options,
                                        up_error *error);

/* Moves every tenth picture to `aside`, the last one if there are two to nine. */
up_status up_train_pictures_keep_aside(up_train_pictures *set, up_train_pictures *aside,
                                       up_error *error);

#endif
