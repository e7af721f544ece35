/* SPDX-License-Identifier: MIT */
/* A network as ops behind a node of a graph. */
#ifndef UP_NETWORK_BUILD_H
#define UP_NETWORK_BUILD_H

#include "network/layers.h"

/* What a network makes of an input of this size (rows, columns), and how. */
typedef struct {
    int before[2], after[2]; /* pixels put around the input: top and left, bottom and right */
    int cut[2];              /* rows and columns cut off the top and left of what is made */
    int size[2];             /* of the result */
} up_network_fit;

/* `whole`: the result is the input times the scale, where the network crops it as well; as it
 * always is where network->pads_tensors. Otherwise the input is only made a multiple of
 * network->multiple, and what that adds is cut off again. False if nothing is made. */
bool up_network_fits(const up_network *network, const int in[2], bool whole, up_network_fit *fit);

/* Adds the network. Convolution and activation become one op where nothing else reads what lies
 * between. `more` is put upon the output_padding of the transposed convolution that the network
 * ends in (rows, columns); NULL: nothing. */
up_status up_add_network(up_graph *graph, int from, const up_network *network, bool whole,
                         const int more[2], int *to, up_error *error);

#endif
