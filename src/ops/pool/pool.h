/* SPDX-License-Identifier: MIT */
/* Max and average pooling, max pooling's indices, and its partner. Pairs are rows, columns. */
#ifndef UP_OPS_POOL_H
#define UP_OPS_POOL_H

#include "ops/op.h"

typedef struct {
    int kernel[2], stride[2], dilation[2];
    int pad_before[2], pad_after[2]; /* top and left, bottom and right; less than the kernel */
    bool ceil_mode;                  /* the last window may reach beyond the padding */
    bool average;                    /* instead of the maximum; dilation is 1 then */
    bool count_padding; /* an average is that of all in the window and the padded input */
} up_pool;

/* Checks, and gives the pooled size. */
up_status up_pool_size(const up_pool *pool, int height, int width, int size[2], up_error *error);

/* Padding is no candidate for a maximum, and 0 in an average, if it counts there. NaN wins over
 * numbers. */
up_status up_pool_plan(up_op **op, const up_shape *in, const up_pool *pool, up_error *error);

/* Where the maxima are: raw planar int64, flat positions row * width + column in a plane. The first
 * maximum wins a tie, but the last NaN, as in PyTorch. */
up_status up_pool_indices_plan(up_op **op, const up_shape *in, const up_pool *pool,
                               up_error *error);

/* Values go to recorded positions, zeros elsewhere; the last of several values for one position
 * stays. `index` [frames][channels][height][width] of the pooled tensor becomes the op's, which
 * frees it with up_free(), on failure too. Rows stream as far as the positions allow it. */
up_status up_unpool_plan(up_op **op, const up_shape *in, int64_t frames, int64_t *index,
                         const int size[2], up_error *error);

#endif
