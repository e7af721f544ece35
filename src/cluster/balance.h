/* SPDX-License-Identifier: MIT */
/* Sharing out work of known cost. */
#ifndef UP_CLUSTER_BALANCE_H
#define UP_CLUSTER_BALANCE_H

#include "base/status.h"

/* The piece that costs most of those left goes to the shard with the least so far: at most 4/3 of
 * the best that is possible (R. L. Graham, 1969), and next to nothing above it where pieces are
 * many. shard[i]: 1 .. shards. Of equals the first comes first, so that the same costs give the
 * same shards. *least and *most: sums of shards. */
up_status up_balance(int *shard, const float *cost, size_t count, int shards, double *least,
                     double *most, up_error *error);

#endif
