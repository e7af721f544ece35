/* The kinds of layers and what each is told: the structs behind up_network_node.fields. Pairs are
 * rows, columns; sides top, left, bottom, right. Planes of 1x1 pixels, which reductions make, spread
 * over those that they meet. */
#ifndef UP_NETWORK_LAYERS_H
#define UP_NETWORK_LAYERS_H

#include "network/layer_kind.h"

typedef enum {
    UP_PAD_ZEROS,
    UP_PAD_REPLICATE,
    UP_PAD_REFLECT, /* without the edge sample; needs more pixels than it pads */
} up_pad_mode;

/* ---------------------------------------------------------------- convolution.c */

/* PyTorch's meaning. Weights [out][in / groups][kernel rows][columns], transposed
 * [in][out / groups][..][..]; bias [out]. */
typedef struct {
    int stride[2], dilation[2], groups; /* 0 counts as 1 */
    int padding[4];
    up_pad_mode padding_mode; /* conv2d */
    int output_padding[2];    /* conv_transpose2d */
    int kernel[2];            /* of the weight; filled in */
} up_convolution;

extern const up_layer_kind up_layer_conv2d, up_layer_conv_transpose2d;

/* ---------------------------------------------------------------- activation.c */

extern const up_layer_kind up_layer_prelu; /* weight: a slope, or one for each channel */

typedef struct {
    float slope; /* 0.01 */
} up_leaky_relu;
extern const up_layer_kind up_layer_leaky_relu;

extern const up_layer_kind up_layer_relu, up_layer_tanh, up_layer_sigmoid;

typedef struct {
    float low, high; /* may be infinite */
} up_clip;
extern const up_layer_kind up_layer_clip;

/* weight[c] * x + bias[c] */
extern const up_layer_kind up_layer_affine;

/* ---------------------------------------------------------------- shuffle.c */

typedef struct {
    int factor;
} up_shuffle;

/* Channel c*factor^2 + i*factor + j becomes pixel i, j of c. */
extern const up_layer_kind up_layer_pixel_shuffle;

/* ---------------------------------------------------------------- edges.c */

typedef struct {
    int amount[4];
    up_pad_mode mode;
} up_padding;
extern const up_layer_kind up_layer_pad;

extern const up_layer_kind up_layer_crop; /* `mode` is not looked at */

/* ---------------------------------------------------------------- join.c */

extern const up_layer_kind up_layer_add;    /* of any number of inputs */
extern const up_layer_kind up_layer_concat; /* their channels, in this order */

typedef struct {
    int first, count;
} up_channels;
extern const up_layer_kind up_layer_channels; /* some of them */

/* ---------------------------------------------------------------- resize.c */

typedef enum { UP_RESIZE_NEAREST, UP_RESIZE_BILINEAR, UP_RESIZE_BICUBIC } up_resize_mode;

/* To `factor` times the size, or to that of the second input. */
typedef struct {
    up_resize_mode mode;
    int factor[2];
    float cubic_a; /* -0.75 */
} up_resize;
extern const up_layer_kind up_layer_resize;

#endif
