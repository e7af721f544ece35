/* SPDX-License-Identifier: MIT */
/*
 * The ranges that the activations of a network take on pictures. Clipped to them, a network does on
 * photographs what it did before, and on what it has never seen (text, checkerboards, numbers of
 * another range) cannot grow a value from layer to layer.
 */
#ifndef UP_TRAIN_NET_BOUNDS_H
#define UP_TRAIN_NET_BOUNDS_H

#include "train/passes/trainable.h"
#include "train/photo/train_samples.h"

/* Of activations: [2][channels], the least of each channel, then the greatest. */
typedef struct {
    size_t *first; /* by node: where its bounds begin, if it has any */
    float *value;
    size_t count;
} up_net_bounds;

/* `parameter`: as it is run. */
up_status up_net_bounds_measure(up_net_bounds *bounds, const up_trainable *net,
                                const float *parameter, const up_samples *samples, int threads,
                                up_error *error);
void up_net_bounds_free(up_net_bounds *bounds);

/* Makes them those of the network, which does not need them to live on; NULL: none. */
up_status up_net_bounds_state(const up_net_bounds *bounds, up_trainable *net, up_error *error);

#endif
