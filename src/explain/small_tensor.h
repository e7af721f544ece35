/* SPDX-License-Identifier: MIT */
/* Tensors small enough to be looked at, in double precision. */
#ifndef UP_EXPLAIN_SMALL_TENSOR_H
#define UP_EXPLAIN_SMALL_TENSOR_H

#include "base/status.h"

typedef struct {
    int channels, height, width;
    double *value; /* [channels][height][width] */
} up_small;

static inline size_t up_small_count(const up_small *t)
{
    return (size_t)t->channels * t->height * t->width;
}

/* Zeros. */
up_status up_small_make(up_small *t, int channels, int height, int width, up_error *error);
void up_small_free(up_small *t);

/* Text, or the name of a file; `flag` is how it was given, for messages. Integers of an .npy are
 * values as well. At most 65536 of them. */
up_status up_small_read(up_small *t, const char *text_or_path, const char *flag, up_error *error);

/* The same of a file alone. Channels are those of all *frames one after the other. */
up_status up_small_read_file(up_small *t, int *frames, const char *path, const char *flag,
                             up_error *error);

/* The same of pixels in memory. */
up_status up_small_from_pixels(up_small *t, int *frames, const up_pixels *pixels, up_error *error);

/* The largest |a - b|; infinity where the shapes differ, or one is NaN alone. */
double up_small_difference(const up_small *a, const up_small *b);

#endif
