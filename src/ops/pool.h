/* Max pooling with indices, and its partner. */
#ifndef UP_OPS_POOL_H
#define UP_OPS_POOL_H

#include "ops/op.h"

typedef struct {
    int kernel[2], stride[2], padding[2], dilation[2]; /* rows, columns */
    bool ceil_mode;
} up_pool;

/* Checks as PyTorch does and gives the pooled size. */
up_status up_pool_size(const up_pool *pool, int height, int width, int size[2], up_error *error);

/* The first maximum wins a tie; NaN wins over numbers (the last NaN, as in PyTorch). With
 * `indices` the output is raw planar int64: flat positions row * width + column in a plane. */
up_status up_pool_plan(up_op **op, const up_shape *in, const up_pool *pool, bool indices,
                       up_error *error);

/* Values go to recorded positions, zeros elsewhere; the last of several values for one position
 * stays. `index` [frames][channels][height][width] of the pooled tensor becomes the op's, which
 * frees it with up_free(), on failure too. Rows stream as far as the positions allow it. */
up_status up_unpool_plan(up_op **op, const up_shape *in, int64_t frames, int64_t *index,
                         const int size[2], up_error *error);

#endif
