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

#include "network/build/builder.h"

#include <jansson.h>

up_status up_network_from_layers(up_network_builder *builder, const char *text);

/* What makes the tensors of layers that no file holds yet. `keys`, up to NULL, are what a layer
 * with tensors may state for it, beside what upscale.layers has; its name may be left out. `fields`
 * is the struct of the layer's kind, read already, which may be completed; `in` channels come in.
 */
typedef struct {
    const char *const *keys;
    up_status (*make)(void *user, up_network_builder *builder, const json_t *layer,
                      const up_layer_kind *kind, void *fields, int in, up_node_spec *spec);
    void *user;
} up_new_tensors;

/* The same of such layers, for a builder without a file whose network has its in_channels. */
up_status up_network_from_new_layers(up_network_builder *builder, const json_t *list,
                                     const up_new_tensors *tensors);

/* What describes the network like that, its tensors called 0.weight, 0.bias, 1.weight, ... by the
 * number of their node; NULL where there is no memory. */
json_t *up_network_layers(const up_network *network);
json_t *up_network_layer(const up_network *network, int node);

/* How upscale.layers is written: what json_dumps() takes. Floats come back as they were. */
#define UP_NETWORK_JSON (JSON_COMPACT | JSON_REAL_PRECISION(9))

#endif
