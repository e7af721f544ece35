/* SPDX-License-Identifier: MIT */
/*
 * Layers of ncnn made into nodes. A new type is a row in ncnn_types.c and the function that makes
 * its nodes. Parameters and what they mean are those of ncnn's documentation of its operators; axis
 * 0 of a blob is channels, 1 rows and 2 columns, negative ones count from the end.
 */
#ifndef UP_NETWORK_NCNN_LAYER_H
#define UP_NETWORK_NCNN_LAYER_H

#include "network/build/builder.h"
#include "network/layers.h"
#include "weights/ncnn/ncnn.h"

enum {
    UP_NCNN_ANY = -1,
    UP_NCNN_REST = -233,
    UP_NCNN_SAME_UPPER = -233,
    UP_NCNN_SAME_LOWER = -234
};

/* What a blob is: what a node makes, or numbers. */
typedef struct {
    int node;         /* or UP_NETWORK_INPUT */
    up_values number; /* value: NULL but for numbers */
    int dims;         /* 3; 1: a vector, which is one pixel of so many channels */
} up_ncnn_blob;

typedef struct up_ncnn_reader up_ncnn_reader;

typedef struct {
    const char *type;
    up_status (*make)(up_ncnn_reader *reader, const up_ncnn_layer *layer);
    int bottoms, tops;         /* how many, or UP_NCNN_ANY from 1 on */
    bool keeps;                /* the channels of its first bottom */
    const up_layer_kind *kind; /* of up_ncnn_make_plain() */
} up_ncnn_type;

struct up_ncnn_reader {
    up_network_builder *builder;
    const up_ncnn_graph *graph;
    const up_ncnn_type *type; /* of the layer at hand */
    up_ncnn_blob *blob;       /* for each blob of the graph */
};

/* NULL: there is none of this name. */
const up_ncnn_type *up_ncnn_type_find(const char *type);

/* The channels of the network's input, which only layers with weights may tell: 0 if none does. */
up_status up_ncnn_input_channels(const up_ncnn_reader *reader, int *channels);

/* ---- what layers are read by */

/* "FILE: layer NAME of type TYPE: ..." */
up_status up_ncnn_refuse(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                         const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Parameters: a whole number from `least` to `most`, a number, a list (NULL: none, or empty). */
up_status up_ncnn_take_whole(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                             int otherwise, int least, int most, int *value);
up_status up_ncnn_take_number(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                              float otherwise, float *value);
up_status up_ncnn_take_list(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                            const up_ncnn_parameter **list);
up_status up_ncnn_take_axis(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                            int dims, int *axis);

/* Refuses the layer where a parameter is not what it has to be. */
up_status up_ncnn_expect(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                         int otherwise, int expected, const char *reason);

/* A blob that it reads, which must not be numbers. */
up_status up_ncnn_input(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int i,
                        const up_ncnn_blob **blob);

/* The node and dimensions of the first of them, where that is all that a layer needs of it. */
up_status up_ncnn_begin(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int *node,
                        int *dims);

/* Its LAYER.SUFFIX; value: NULL where there is none. */
up_status up_ncnn_values(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                         const char *suffix, up_values *values);

/* ---- what nodes are made by: *node is the first input before, and the new node behind */

up_status up_ncnn_add(up_ncnn_reader *reader, const up_ncnn_layer *layer, const up_layer_kind *kind,
                      const void *fields, int *node);
up_status up_ncnn_add_two(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                          const up_layer_kind *kind, const void *fields, int second, int *node);
up_status up_ncnn_add_spec(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                           const up_layer_kind *kind, const up_node_spec *spec, int *node);
/* factor * x + offset */
up_status up_ncnn_add_affine(up_ncnn_reader *reader, const up_ncnn_layer *layer, float factor,
                             float offset, int *node);
/* x * clip(alpha * x + beta, 0, 1) */
up_status up_ncnn_add_hard_swish(up_ncnn_reader *reader, const up_ncnn_layer *layer, float alpha,
                                 float beta, int *node);
/* What convolutions end in: parameters 9 and 10. */
up_status up_ncnn_add_activation(up_ncnn_reader *reader, const up_ncnn_layer *layer, int *node);

/* Padding that makes ceil(size / stride) of a window that spans so many pixels. Sizes that it would
 * depend on are made multiples of the stride. */
up_status up_ncnn_same_padding(up_ncnn_reader *reader, const up_ncnn_layer *layer, int node,
                               const int span[2], const int stride[2], bool lower, int padding[4]);

/* The blob that it makes; all of them, where they are its input. */
void up_ncnn_made(up_ncnn_reader *reader, const up_ncnn_layer *layer, int node, int dims);
void up_ncnn_same(up_ncnn_reader *reader, const up_ncnn_layer *layer);

/* ---- types of layers, by topic */

typedef up_status up_ncnn_make(up_ncnn_reader *reader, const up_ncnn_layer *layer);

up_ncnn_make up_ncnn_make_convolution, up_ncnn_make_deconvolution, up_ncnn_make_inner_product;
up_ncnn_make up_ncnn_make_plain, up_ncnn_make_relu, up_ncnn_make_prelu, up_ncnn_make_clip,
    up_ncnn_make_gelu, up_ncnn_make_elu, up_ncnn_make_selu, up_ncnn_make_hard_sigmoid,
    up_ncnn_make_hard_swish, up_ncnn_make_softmax;
up_ncnn_make up_ncnn_make_binary, up_ncnn_make_unary, up_ncnn_make_eltwise, up_ncnn_make_power,
    up_ncnn_make_exp, up_ncnn_make_log;
up_ncnn_make up_ncnn_make_scale, up_ncnn_make_bias, up_ncnn_make_batch_norm,
    up_ncnn_make_instance_norm, up_ncnn_make_dropout;
up_ncnn_make up_ncnn_make_input, up_ncnn_make_memory, up_ncnn_make_same, up_ncnn_make_concat,
    up_ncnn_make_slice, up_ncnn_make_shuffle_channel, up_ncnn_make_flat;
up_ncnn_make up_ncnn_make_crop, up_ncnn_make_padding, up_ncnn_make_interp,
    up_ncnn_make_pixel_shuffle, up_ncnn_make_reorg, up_ncnn_make_pooling, up_ncnn_make_reduction;

#endif
