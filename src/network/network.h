/* SPDX-License-Identifier: MIT */
/*
 * A whole network out of a weight file: a checked graph of nodes, each a layer on what earlier
 * nodes have made. Where it comes from is told in this order:
 *   1. the metadata upscale.layers (upscale_layers.h), which describes any network
 *   2. the graph that a file of a runtime holds (ONNX, ncnn)
 *   3. the keys and shapes of the state dict (families/family.h)
 * Also read from metadata, where flags do not say otherwise:
 *   upscale.scale      "N" or "ROWS,COLUMNS"; must be what the network comes to. Where keys and
 *                      shapes leave the scale open it is needed, or a flag
 *   upscale.color      any|y|y-studio|ycbcr|rgb; any for a bare 1 -> 1 layer, else y-studio for
 *                      1 -> 1, rgb for 3 -> 3, else any
 *   upscale.range      "1" or "255", the value of white; 1
 *   upscale.limit      the share of up_limit, such as "0.6"; none
 *   upscale.condition  "strength": the input has one more plane behind those of colour
 * (condition.h); none upscale.edge       "clamp" or "reflect": how what a cropped output lacks is
 * made up around the input; clamp upscale.pad        "tensors": they get that as pictures do
 *   upscale.multiple   what sides must be multiples of, beside what follows from the layers; 1
 *   upscale.add        "nearest": pictures also get the nearest-enlarged input added
 *   upscale.enlarge    "first": pictures are enlarged by bicubic before; the network's scale is 1
 *   upscale.channels   "N", of the input, where no tensor tells
 *   upscale.stride|padding|output_padding   of the transposed convolution that ends an FSRCNN or a
 *                      Sequential, where upscale.layers is not stated
 */
#ifndef UP_NETWORK_H
#define UP_NETWORK_H

#include "network/metadata/condition.h"
#include "network/metadata/stated.h"
#include "ops/op.h"

enum { UP_NETWORK_INPUT = -1, UP_VALUES_DIMS = 8 };

/* What a layer does: layer_kind.h. */
typedef struct up_layer_kind up_layer_kind;

/* An axis of n pixels in the network's input has floor((n * scale + extra) / reduction) here, in
 * lowest terms; scale is 0 for what is made of the whole image. */
typedef struct {
    int scale, extra, reduction;
} up_network_axis;

/* Learned values in C order, owned by the network and maybe shared by nodes; NULL: there are none.
 */
typedef struct {
    const float *value;
    int dims;
    size_t shape[UP_VALUES_DIMS], count;
} up_values;

typedef struct {
    const up_layer_kind *kind;
    char *id;   /* for `inputs` of later layers, or NULL */
    char *name; /* its tensors are NAME.weight and NAME.bias in the file; or NULL */
    int *input; /* nodes before it, or UP_NETWORK_INPUT */
    int inputs;
    void *fields; /* the kind's own struct: layers.h */
    up_values weight, bias;
    const float *bounds; /* of an activation: [2][channels], what the result is clipped to: the
                            least of each channel, then the greatest; or NULL */

    int in_channels, channels; /* of the first input, of the result */
    up_network_axis size[2];
    int least[2];         /* the smallest first input that it can work on */
    size_t parameters;    /* learned values, as the file holds them */
    double multiply_adds; /* per pixel of the network's input */
} up_network_node;

typedef struct {
    const char *family; /* "FSRCNN" */
    up_network_node *node;
    int nodes, capacity;
    int output; /* the node that is the result */
    int in_channels, out_channels;
    up_condition condition; /* what the last of the in_channels means, if it is no colour */
    bool channels_last;     /* tensors of the file's own have them so; here they come first */
    up_weights_color color;
    float range;                 /* the value of white: 1 or 255; 0 while a family has not set it */
    bool color_told, range_told; /* else they are assumed */
    double limit;                /* as in up_limit; INFINITY: none */
    up_edge edge;        /* how what is `missing` around the input is made up; zeros never are */
    bool pads_tensors;   /* that is part of the network: tensors get it as pictures do */
    bool adds_input;     /* pictures also get the nearest-enlarged input added, which is not in the
                            file: the program that it is for does that */
    bool enlarges_first; /* it works on a picture that was enlarged before, bicubically */

    /* Output size: exactly input * scale if `extra` is 0 and `reduction` 1. If extra < 0, the
     * output is cropped: `missing` pixels put around every side of the input make it at least
     * input * scale. What is then too much, `surplus`, is to be cut off, (surplus + 1) / 2 of it at
     * the top and left. */
    int scale[2], reduction[2], extra[2];
    int missing[2], surplus[2];
    int multiple[2]; /* sides of the input must be multiples of these; up_network_fit() sees to it
                      */
    int least[2];    /* the smallest input (without `missing`) that every node can work on */

    size_t parameters;
    double multiply_adds;   /* per pixel of the input */
    int receptive_field[2]; /* pixels of the input that reach one of the output; INT_MAX: all */

    float **pool; /* everything that values and bounds point into */
    int pooled, pool_capacity;
} up_network;

/* What a file does not hold. `scale` (0: none) counts where the file leaves the scale open and
 * nowhere else: callers compare the network's scale with what they want. `layer` are the parameters
 * of a bare layer or of the transposed convolution that ends an FSRCNN or a Sequential; set for
 * another network they are an error. The rest is 0 or NULL where nothing is said. */
typedef struct {
    up_layer layer;
    int scale;
    float range;            /* 1 or 255 */
    const char *color;      /* as upscale.color */
    const char *activation; /* "relu", "leaky_relu": where keys do not tell */
    float residual_scale;   /* of the blocks of EDSR and the like */
} up_network_hints;

/* The result does not need the file any longer. `hints` may be NULL. */
up_status up_network_load(up_network **network, const up_tensor_file *file,
                          const up_network_hints *hints, up_error *error);
void up_network_free(up_network **network);

/* Planes of colour that it takes, or of whatever a tensor holds. */
static inline int up_network_colours(const up_network *network)
{
    return network->in_channels - up_condition_planes(network->condition);
}

/* The last node that the output is made by, if it is a transposed convolution; else NULL. */
const up_network_node *up_network_last_transposed(const up_network *network);

/* The overlap map of a transposed convolution: how many taps of the kernel meet in an output pixel
 * whose row and column are `row` and `column` modulo the stride. Uneven maps leave checkerboards.
 */
int up_network_overlap(const up_network_node *node, int row, int column);
bool up_network_overlap_even(const up_network_node *node);

#endif
