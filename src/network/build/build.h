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

/* For kinds of layers. */
extern const char *const up_pad_mode_names[];
up_edge up_edge_of(up_pad_mode mode);

/* Whether an activation is a slope below 0, and that of every channel, to be freed by the caller.
 */
bool up_layer_has_slopes(const up_network_node *node);
up_status up_layer_slopes(float **slopes, const up_network_node *node, up_error *error);

/* Of nodes a and b of the graph, the `first` of which, else the second, is a plane of 1x1 pixels.
 */
typedef up_status up_join_one(const up_network_build *build, int a, int b, bool first, int *to);
up_join_one up_join_add_one, up_join_multiply_one, up_join_subtract_one, up_join_divide_one,
    up_join_minimum_one, up_join_maximum_one;

#endif
