/* SPDX-License-Identifier: MIT */
/* How sizes follow from each other, whatever the size of the image: see up_network_axis. */
#ifndef UP_NETWORK_SIZES_H
#define UP_NETWORK_SIZES_H

#include "network/build/builder.h"

/* Sets an axis of the node to floor((size * times + more) / reduction). Where that enlarges what
 * was reduced before, the network's input must be a multiple of what makes the reduction exact. */
up_status up_size_axis(up_network_builder *builder, up_network_node *node, int axis,
                       up_network_axis size, int times, int64_t more, int reduction);

/* The same, but `by` must divide the size: the network's input is made a multiple that sees to it.
 */
up_status up_size_divide(up_network_builder *builder, up_network_node *node, int axis,
                         up_network_axis size, int by);

bool up_size_equal(const up_network_axis a[2], const up_network_axis b[2]);

/* The input that makes an axis at least `wanted`. */
int up_size_input_for(up_network_axis size, int wanted);

/* The axis for an input of so many pixels. */
int64_t up_size_at(up_network_axis axis, int64_t input);

#endif
