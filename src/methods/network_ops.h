/* From the description of a network to ops in a graph. */
#ifndef UP_METHODS_NETWORK_OPS_H
#define UP_METHODS_NETWORK_OPS_H

#include "network/network.h"
#include "pipeline/graph.h"

/* Adds the items of `network` behind node `from`, whose samples are in the network's range. With
 * `whole`, where the network crops, the input is first extended with its border, and the output is
 * cut to input * scale. */
up_status up_add_network(up_graph *graph, int from, const up_network *network, bool whole, int *to,
                         up_error *error);

#endif
