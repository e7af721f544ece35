/*
 * A whole network out of a weight file: a checked list of items to be run in order. What the items
 * are comes from
 *   1. the metadata upscale.layers (network_metadata.c), which describes any network, else
 *   2. the keys and shapes of the state dict (network_families.c): FSRCNN, ESPCN, SRVGGNetCompact,
 *      waifu2x upconv_7, nn.Sequential, or one bare ConvTranspose2d (layer.h).
 * Also read from metadata:
 *   upscale.scale      "N" or "ROWS,COLUMNS"; must be what the network comes to. Where keys and
 *                      shapes leave the scale open it is needed, or a flag
 *   upscale.color      any|y|y-studio|ycbcr|rgb; any for a bare 1 -> 1 layer, else y-studio for
 *                      1 -> 1, rgb for 3 -> 3, else any
 *   upscale.range      "1" or "255", the value of white; 1
 *   upscale.limit      the share of up_limit, such as "0.6"; none
 *   upscale.channels   "N", of the input, where no tensor tells
 *   upscale.stride|padding|output_padding   of the transposed convolution that ends an FSRCNN or a
 *                      Sequential, where upscale.layers is not stated
 */
#ifndef UP_NETWORK_H
#define UP_NETWORK_H

#include "network/stated.h"

typedef enum {
    UP_NETWORK_CONV2D,
    UP_NETWORK_CONV_TRANSPOSE2D,
    UP_NETWORK_PRELU,
    UP_NETWORK_LEAKY_RELU,
    UP_NETWORK_RELU,
    UP_NETWORK_TANH,
    UP_NETWORK_SIGMOID,
    UP_NETWORK_CLIP,
    UP_NETWORK_PIXEL_SHUFFLE, /* channel c*factor^2 + i*factor + j becomes pixel i, j of c */
    UP_NETWORK_PAD,
    UP_NETWORK_ADD,
    UP_NETWORK_CONCAT, /* channels of the item before, then those of `from` */
    UP_NETWORK_AFFINE, /* weight[c] * x + bias[c] */
} up_network_op;

typedef enum {
    UP_NETWORK_ZEROS,
    UP_NETWORK_REPLICATE,
    UP_NETWORK_REFLECT, /* without the edge sample; needs more pixels than it pads */
} up_network_padding;

typedef enum {
    UP_NETWORK_RESIZE_NONE,
    UP_NETWORK_RESIZE_NEAREST,
    UP_NETWORK_RESIZE_BILINEAR, /* half-pixel centres */
    UP_NETWORK_RESIZE_BICUBIC,  /* the same */
} up_network_resize;

enum { UP_NETWORK_INPUT = -1, UP_NETWORK_MOST_ITEMS = 1024 };

/* An axis of n pixels in the network's input has floor((n * scale + extra) / reduction) here;
 * reduction is 1 unless a convolution has a stride. */
typedef struct {
    int scale, extra, reduction;
} up_network_axis;

/* An op on the output of the item before it (the first: on the network's input). Fields of other
 * ops are zero, except stride and dilation of conv2d and conv_transpose2d. Pairs are rows,
 * columns. */
typedef struct {
    up_network_op op;
    char *id;   /* for `from` of later items, or NULL */
    char *name; /* its tensors are NAME.weight and NAME.bias; NULL if it has none */
    int in_channels, out_channels;

    int kernel[2], stride[2], dilation[2], groups;
    int padding[2];                  /* also the amount of a pad, on both ends of the axis */
    up_network_padding padding_mode; /* of conv2d and pad */
    int output_padding[2];

    int from; /* add, concat: the item that joins in, or UP_NETWORK_INPUT */
    up_network_resize resize;
    int resize_factor[2]; /* of `from`, whole numbers; 1, 1 without a resize */
    float cubic_a;        /* of bicubic */

    int factor;      /* pixel_shuffle */
    float slope;     /* leaky_relu */
    float low, high; /* clip; may be infinite */
    float *bounds; /* prelu, leaky_relu, relu, tanh, sigmoid: [2][out_channels], what the result is
                      clipped to: the least of each channel, then the greatest; or NULL */

    float *weight; /* conv2d: [out][in / groups][kernel[0]][kernel[1]], conv_transpose2d: [in][out /
                      groups][..][..], prelu (slope), affine (factor): [out] */
    float *bias;   /* conv2d, conv_transpose2d: [out] or NULL; affine (offset): [out] */

    up_network_axis size[2];
    size_t parameters;    /* learned values, as the file holds them */
    double multiply_adds; /* of the convolutions, per pixel of the network's input */
} up_network_item;

typedef struct {
    const char *family; /* "FSRCNN" */
    up_network_item *item;
    int items;
    int in_channels, out_channels;
    up_weights_color color;
    float range;  /* the value of white: 1 or 255 */
    double limit; /* as in up_limit; INFINITY: none */

    /* Output size: exactly input * scale if `extra` is 0 and `reduction` 1. If extra < 0, the
     * output is cropped: `missing` pixels put around every side of the input make it at least
     * input * scale. What is then too much, `surplus`, is to be cut off, (surplus + 1) / 2 of it at
     * the top and left. */
    int scale[2], reduction[2], extra[2];
    int missing[2], surplus[2];
    int least[2]; /* the smallest input (without `missing`) that every item can work on */

    size_t parameters;
    double multiply_adds;   /* per pixel of the input */
    int receptive_field[2]; /* pixels of the input that reach one of the output */
} up_network;

/* The result does not need the file any longer. `flags` (may be NULL) are the parameters of a bare
 * layer or of the transposed convolution that ends an FSRCNN or a Sequential; set for another
 * network they are an error. `scale_flag` (0: none) counts where the file leaves the scale open and
 * nowhere else: callers compare the network's scale with what they want. */
up_status up_network_load(up_network **network, const up_tensor_file *file, const up_layer *flags,
                          int scale_flag, up_error *error);
void up_network_free(up_network **network);

/* As upscale.layers spells them: "conv2d", "replicate", "nearest". */
const char *up_network_op_name(up_network_op op);
const char *up_network_padding_name(up_network_padding padding);
const char *up_network_resize_name(up_network_resize resize);

/* The overlap map of a transposed convolution: how many taps of the kernel meet in an output pixel
 * whose row and column are `row` and `column` modulo the stride. Uneven maps leave checkerboards.
 */
int up_network_overlap(const up_network_item *item, int row, int column);
bool up_network_overlap_even(const up_network_item *item);

#endif
