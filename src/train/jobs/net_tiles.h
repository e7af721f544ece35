/* SPDX-License-Identifier: MIT */
/* Tiles spread over pictures and run through a network: what validation and bounds look at. */
#ifndef UP_TRAIN_NET_TILES_H
#define UP_TRAIN_NET_TILES_H

#include "train/passes/gradient.h"
#include "train/photo/train_samples.h"

typedef struct {
    const up_samples *samples;
    up_gradient_work *work; /* [threads] */
    up_pair_work *pair;     /* [threads] */
    int threads, size;
    up_packed_weights packed;
} up_net_tiles;

/* `parameter`, as it is run, and the samples must outlive it. */
up_status up_net_tiles_make(up_net_tiles *tiles, const up_trainable *net, const float *parameter,
                            const up_samples *samples, int threads, up_error *error);
void up_net_tiles_free(up_net_tiles *tiles);

/* Runs a tile of a picture, which leaves the output of every node in work[thread]; zeros pad the
 * tile as they pad a picture. */
up_status up_net_tiles_run(const up_net_tiles *tiles, int thread, size_t picture, int tile,
                           up_error *error);

/* Calls `look` with every picture once, by many threads. Ends early where one fails. */
typedef up_status up_net_look(void *user, const up_net_tiles *tiles, int thread, size_t picture,
                              up_error *error);
up_status up_net_tiles_each(const up_net_tiles *tiles, up_net_look *look, void *user,
                            up_error *error);

#endif
