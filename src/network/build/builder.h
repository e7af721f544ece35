/* SPDX-License-Identifier: MIT */
/* Making a network node by node, each checked against those before it; for what reads networks. */
#ifndef UP_NETWORK_BUILDER_H
#define UP_NETWORK_BUILDER_H

#include "network/layer_kind.h"

enum { UP_MOST_KEY = 256 };

struct up_network_builder {
    const up_tensor_file *file;    /* NULL: the network is made without one, and hints; then */
    const char *name;              /* errors call it so; NULL: "the network" */
    const up_network_hints *hints; /* else never NULL */
    up_network *network;
    up_values *taken; /* for each tensor of the file: its values, once they were asked for */
    char prefix[UP_MOST_KEY]; /* of all tensor names */
    up_error *error;
};

/* A node to be. All is borrowed but what weight, bias and bounds point at, which is the network's
 * (up_network_take(), up_network_new_values()). */
typedef struct {
    const void *fields; /* the kind's struct; NULL: its defaults */
    const int *input;   /* NULL: the node before this one */
    int inputs;
    const char *id, *name;
    up_values weight, bias;
    const float *bounds;
} up_node_spec;

/* Adds a node behind those there are; *node (may be NULL) is its number. */
up_status up_network_add(up_network_builder *builder, const up_layer_kind *kind,
                         const up_node_spec *spec, int *node);

/* The same with NAME.weight and NAME.bias of the file, where the kind has tensors. `in` is one
 * input. */
up_status up_network_add_named(up_network_builder *builder, const up_layer_kind *kind,
                               const void *fields, const char *name, int in, int *node);

/* The last node so far, or the input. */
int up_network_last(const up_network_builder *builder);

/* Whether some node so far is of a kind. */
bool up_network_has(const up_network_builder *builder, const up_layer_kind *kind);

/* PREFIX + "NAME.SUFFIX" of the file, or NULL. */
const up_tensor *up_network_tensor(const up_network_builder *builder, const char *name,
                                   const char *suffix);

/* The values of a tensor of the file, all finite. They are read once, however often they are asked
 * for. */
up_status up_network_take(up_network_builder *builder, const up_tensor *tensor, up_values *values);

/* Room for values of this shape in the network, which are to be put at *write. */
up_status up_network_new_values(up_network_builder *builder, int dims, const size_t *shape,
                                up_values *values, float **write);

/* A tensor of the file that is needed for nothing; the same by its position. */
void up_network_ignore_at(up_network_builder *builder, int i);
void up_network_ignore(up_network_builder *builder, const up_tensor *tensor);

/* "FILE: layer N (KIND NAME): ..." */
up_status up_network_refuse(const up_network_builder *builder, const up_network_node *node,
                            const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "FILE: ..." */
up_status up_network_fail(const up_network_builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What follows from the nodes: the network's own figures, once all are there. */
up_status up_network_measure(up_network_builder *builder);

#endif
