/* Tiles spread over pictures and run through a network: what validation and bounds look at. */
#ifndef UP_TRAIN_NET_TILES_H
#define UP_TRAIN_NET_TILES_H

#include "train/data/pictures.h"
#include "train/passes/gradient.h"

enum { UP_NET_TILE = 128 }; /* low-resolution pixels on a side, at most */

typedef struct {
    up_gradient_work *work; /* [threads] */
    int threads;
    up_packed_weights packed;
} up_net_tiles;

/* `parameter` and the pictures must outlive it. */
up_status up_net_tiles_make(up_net_tiles *tiles, const up_trainable *net, const float *parameter,
                            const up_train_pictures *pictures, int threads, up_error *error);
void up_net_tiles_free(up_net_tiles *tiles);

/* Up to nine tiles of a picture. Running one leaves the output of every node in work[thread],
 * which is returned; zeros pad the tile as they pad a picture. */
int up_net_tiles_count(const up_net_tiles *tiles, const up_train_picture *picture);
const up_gradient_work *up_net_tiles_run(const up_net_tiles *tiles, int thread,
                                         const up_train_picture *picture, int tile);

#endif
