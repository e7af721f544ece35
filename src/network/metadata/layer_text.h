/* SPDX-License-Identifier: MIT */
/* Layers in words, for people and programs. */
#ifndef UP_NETWORK_LAYER_TEXT_H
#define UP_NETWORK_LAYER_TEXT_H

#include "network/network.h"

/* What a node is told, but for kernel, stride and groups: "padding 1, mode reflect"; and as an
 * object of upscale.layers. Both to be freed with free(); NULL where there is no memory. */
char *up_network_settings(const up_network_node *node);
char *up_network_layer_json(const up_network *network, int node);

#endif
