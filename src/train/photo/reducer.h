/* SPDX-License-Identifier: MIT */
/* Pictures made smaller by whole numbers, as programs and cameras do it. */
#ifndef UP_TRAIN_REDUCER_H
#define UP_TRAIN_REDUCER_H

#include "train/photo/recipe.h"

#include <stddef.h>

enum { UP_REDUCE_TAPS = 192 };

/* Sample i is the sum of weight[t] * in[i * scale + first + t]: the filter of a reduction,
 * stretched by the scale, and behind a Gaussian. first <= 0. */
typedef struct {
    int scale, first, taps;
    float weight[UP_REDUCE_TAPS];
} up_reducer;

/* scale: 1..8; `blur`: the deviation of the Gaussian in pixels of the result, 0..2. */
void up_reducer_make(up_reducer *reducer, up_reducer_kind reduction, int scale, double blur);

/* Adds taps of 0 to both, so that they are made of the same samples. */
void up_reducers_align(up_reducer *a, up_reducer *b);

/* Samples of the input that so many of the result are made of. */
int up_reducer_span(const up_reducer *reducer, int size);

/* Interleaved RGB along both axes: of in[span][span][3] out[size][size][3]. `rows`: room for
 * size * (span * 3 + 64) floats. */
void up_reduce(const up_reducer *reducer, const float *in, int size, float *rows, float *out);

#endif
