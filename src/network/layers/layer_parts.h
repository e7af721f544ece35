/* SPDX-License-Identifier: MIT */
/* What several kinds of layers are built with. */
#ifndef UP_NETWORK_LAYER_PARTS_H
#define UP_NETWORK_LAYER_PARTS_H

#include "network/layers.h"

/* edges.c */
extern const char *const up_pad_mode_names[];
up_edge up_edge_of(up_pad_mode mode);

/* activations.c: whether an activation is a slope below 0, and that of every channel, to be freed
 * by the caller.
 */
bool up_layer_has_slopes(const up_network_node *node);
up_status up_layer_slopes(float **slopes, const up_network_node *node, up_error *error);

/* whole_image.c: of nodes a and b of the graph, the `first` of which, else the second, is a plane
 * of 1x1 pixels.
 */
typedef up_status up_join_one(const up_network_build *build, int a, int b, bool first, int *to);
up_join_one up_join_add_one, up_join_multiply_one, up_join_subtract_one, up_join_divide_one,
    up_join_minimum_one, up_join_maximum_one;

#endif
