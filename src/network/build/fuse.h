/* SPDX-License-Identifier: MIT */
/* Which nodes of a network become ops, and which are done with others. */
#ifndef UP_NETWORK_FUSE_H
#define UP_NETWORK_FUSE_H

#include "network/layers.h"

typedef struct {
    bool needed;   /* the result is made of it */
    bool absorbed; /* another node does it */
    int readers;   /* nodes that read it, and one for the result */
    int bent;      /* the activation that is done with this convolution, or -1 */
    int enlarges;  /* the nearest upsampling that this convolution does at once, or -1 */
    int made;      /* its node in the graph */
} up_node_use;

/* uses[] has one for each node. */
void up_network_fuse(const up_network *network, up_node_use *uses);

/* A nearest upsampling and a convolution behind it are a transposed convolution, whose kernel is
 * wider by factor - 1 and holds sums of the taps that meet the same sample: (k + f - 1)^2 products
 * instead of (k f)^2. *node is `conv` like that; its fields and weight are put into what is given,
 * the weight to be freed by the caller. */
up_status up_network_enlarging(up_network_node *node, up_convolution *fields, float **weight,
                               const up_network_node *conv, const up_network_node *resize,
                               up_error *error);

#endif
