/* SPDX-License-Identifier: MIT */
/*
 * What a kind of layer is. A new kind is one static const of this type, its declaration in layers.h
 * and one line in layer_kinds.c; reading and writing upscale.layers, `upscale info`, sizes, cost
 * and running follow from it.
 */
#ifndef UP_NETWORK_LAYER_KIND_H
#define UP_NETWORK_LAYER_KIND_H

#include "network/network.h"
#include "pipeline/graph.h"

#include <limits.h>

enum { UP_ANY_INPUTS = INT_MAX };

typedef enum {
    UP_FIELD_COUNT,  /* int, from `least` to 65536: "factor": 2 */
    UP_FIELD_PAIR,   /* int[2], rows and columns: N or [ROWS, COLUMNS] */
    UP_FIELD_SIDES,  /* int[4], top, left, bottom, right: N, [ROWS, COLUMNS] or all four */
    UP_FIELD_NUMBER, /* float */
    UP_FIELD_FLAG,   /* bool */
    UP_FIELD_CHOICE, /* an enum, one of `names` */
    UP_FIELD_WEIGHT, /* the node's weight, without a tensor: a number or a list of one for each */
    UP_FIELD_BIAS,   /* channel; weights are 1 and biases 0 where it is left out */
    UP_FIELD_LEAST,  /* the node's bounds, likewise */
    UP_FIELD_GREATEST,
} up_field_type;

/* A member of the kind's struct, as upscale.layers spells it. */
typedef struct {
    const char *key;
    up_field_type type;
    size_t offset;
    int least; /* of whole numbers */
    bool required;
    const char *const *names; /* of a choice; ends in NULL */
} up_layer_field;

/* Entries of a list of fields: of the kind's struct, of the node itself, and its end. */
#define UP_FIELD(text, sort, owner, member, ...)                                                   \
    {                                                                                              \
        .key = text, .type = sort, .offset = offsetof(owner, member), __VA_ARGS__                  \
    }
#define UP_NODE_FIELD(text, sort)                                                                  \
    {                                                                                              \
        .key = text, .type = sort                                                                  \
    }
#define UP_LAST_FIELD                                                                              \
    {                                                                                              \
        .key = NULL                                                                                \
    }

typedef enum {
    UP_NO_TENSORS,
    UP_WEIGHT,          /* NAME.weight */
    UP_WEIGHT_AND_BIAS, /* NAME.bias may be missing */
} up_layer_tensors;

/* Positions along an axis, first .. last. */
typedef struct {
    int64_t first, last;
} up_extent;

typedef struct up_network_builder up_network_builder;
typedef struct up_network_build up_network_build;

struct up_layer_kind {
    const char *name; /* as upscale.layers spells it */
    up_layer_tensors tensors;
    int least_inputs, most_inputs;
    bool activation; /* may have bounds; a slope or less, it may be done with a convolution */
    size_t fields_size;
    const void *defaults;        /* of its struct; NULL: all zero */
    const up_layer_field *field; /* ends with a key of NULL; NULL: none */

    /* Of a node whose inputs, fields and tensors are there: checks them, and sets channels, size,
     * least and multiply_adds, which before are those of the first input, 1 and 0. NULL: as they
     * are. */
    up_status (*check)(up_network_builder *builder, up_network_node *node);

    /* The positions of an input that these of the output are made from, far from all edges. NULL:
     * the same. */
    up_extent (*reach)(const up_network *network, const up_network_node *node, int input, int axis,
                       up_extent out);

    /* Adds ops behind the graph's nodes in[], one for each input. */
    up_status (*build)(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to);
};

/* By position; NULL past the last. */
const up_layer_kind *up_layer_kind_at(int i);
const up_layer_kind *up_layer_kind_find(const char *name);

/* What build() works with. */
struct up_network_build {
    up_graph *graph;
    const up_network_node *bent; /* the activation to be done with a convolution, or NULL */
    up_error *error;
};

/* Channels and size of an input of a node. */
typedef struct {
    int channels;
    up_network_axis size[2];
} up_layer_shape;

up_layer_shape up_network_shape(const up_network *network, int node);

static inline bool up_is_whole(const up_layer_shape *shape)
{
    return shape->size[0].scale == 0 && shape->size[1].scale == 0;
}

#endif
