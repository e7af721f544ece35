/* The pictures of a training set: the luma of low-resolution inputs, and what bicubic enlargement
 * leaves of the originals. */
#ifndef UP_TRAIN_PICTURES_H
#define UP_TRAIN_PICTURES_H

#include "base/status.h"

/* Residuals are held in this fraction of an 8-bit level. */
#define UP_RESIDUAL_UNITS 64

enum { UP_TRAIN_LEAST = 16 }; /* low-resolution pixels on a side */

typedef struct {
    const char *path;  /* the caller's */
    size_t place;      /* among the paths */
    int width, height; /* of the low resolution */
    float *low;        /* [height][width]: BT.601 studio luma, 16/255 .. 235/255, of 8-bit pixels */
    int16_t *residual; /* [height * scale][width * scale]: the original's luma minus the bicubic
                          enlargement of `low`, neither rounded to 8 bits, times 255 *
                          UP_RESIDUAL_UNITS, rounded */
} up_train_picture;

typedef struct {
    up_train_picture *picture;
    size_t count;
    size_t bytes; /* of all planes */
} up_train_pictures;

/* Loads pictures by the protocol of up_train_options: cropped at the right and bottom to a multiple
 * of the scale, reduced by bicubic to 8 bits, and degraded. Of the options scale, seed, degrade,
 * threads, max_memory, cancel and skipped count. What cannot be used is reported, in order, and
 * left out; `set` may come out empty. Paths must live as long as the set. */
up_status up_train_pictures_load(up_train_pictures *set, const char *const *paths, size_t count,
                                 const up_train_options *options, up_error *error);
void up_train_pictures_free(up_train_pictures *set);

/* Moves every tenth picture to `aside`, the last one if there are two to nine. */
up_status up_train_pictures_keep_aside(up_train_pictures *set, up_train_pictures *aside,
                                       up_error *error);

#endif
