/* SPDX-License-Identifier: MIT */
/*
 * The metadata upscale.layers: a JSON list of objects, a layer each. Each has an "op", may have an
 * "id", and has the fields of its kind (layer_kind.h), "name" where that has tensors; what else it
 * has is refused.
 *   name      its tensors are NAME.weight and, if there, NAME.bias
 *   inputs    a list of "input" and ids of earlier layers; left out, the layer before is its input
 *   from      of an op with two inputs, the second of them: the first is the layer before.
 *             `resize` (nearest, bilinear or bicubic; `cubic_a`) brings it to the size of that
 *   min, max  of an activation: what its result is clipped to, for all channels or for each
 * The last layer makes the result.
 */
#ifndef UP_NETWORK_UPSCALE_LAYERS_H
#define UP_NETWORK_UPSCALE_LAYERS_H

#include "base/json/json_tree.h"
#include "base/json/json_writer.h"
#include "network/build/builder.h"

up_status up_network_from_layers(up_network_builder *builder, const char *text);

/* What makes the tensors of layers that no file holds yet. `keys`, up to NULL, are what a layer
 * with tensors may state for it, beside what upscale.layers has; its name may be left out. `fields`
 * is the struct of the layer's kind, read already, which may be completed; `in` channels come in.
 */
typedef struct {
    const char *const *keys;
    up_status (*make)(void *user, up_network_builder *builder, const up_json *layer,
                      const up_layer_kind *kind, void *fields, int in, up_node_spec *spec);
    void *user;
} up_new_tensors;

/* The same of such layers, for a builder without a file whose network has its in_channels. */
up_status up_network_from_new_layers(up_network_builder *builder, const up_json *list,
                                     const up_new_tensors *tensors);

/* A node as a layer; its tensors are called N.weight and N.bias by the number `tensors`. */
void up_network_put_layer(up_json_writer *to, const up_network *network, int node, int tensors,
                          bool bounds);

/* What describes the network like that, tensors called by the number of their node, with min and
 * max or without. To be freed with free(); NULL where there is no memory. */
char *up_network_layers(const up_network *network, bool bounds);

#endif
