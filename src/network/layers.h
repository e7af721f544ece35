/* SPDX-License-Identifier: MIT */
/* The kinds of layers and what each is told: the structs behind up_network_node.fields. Pairs are
 * rows, columns; sides top, left, bottom, right. Planes of 1x1 pixels, which reductions make,
 * spread over those that they meet. */
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

/* ---------------------------------------------------------------- activations.c */

extern const up_layer_kind up_layer_prelu; /* weight: a slope, or one for each channel */

typedef struct {
    float slope; /* 0.01 */
} up_leaky_relu;
extern const up_layer_kind up_layer_leaky_relu;

extern const up_layer_kind up_layer_relu, up_layer_tanh, up_layer_sigmoid;

extern const up_layer_kind up_layer_silu, up_layer_mish, up_layer_softplus;
extern const up_layer_kind up_layer_exp, up_layer_log, up_layer_sqrt, up_layer_abs, up_layer_erf,
    up_layer_reciprocal;

typedef struct {
    bool tanh; /* the approximation by it */
} up_gelu;
extern const up_layer_kind up_layer_gelu;

typedef struct {
    float alpha; /* 1 */
} up_elu;
extern const up_layer_kind up_layer_elu;

/* alpha * x + beta, clipped to 0..1; hard_swish is x times that. */
typedef struct {
    float alpha, beta; /* 1/6, 1/2 */
} up_hard_sigmoid;
extern const up_layer_kind up_layer_hard_sigmoid, up_layer_hard_swish;

typedef struct {
    float exponent;
} up_power;
extern const up_layer_kind up_layer_power;

extern const up_layer_kind up_layer_softmax; /* over the channels of a pixel */

/* ---------------------------------------------------------------- linear.c */

typedef struct {
    float low, high; /* may be infinite */
} up_clip;
extern const up_layer_kind up_layer_clip;

/* weight[c] * x + bias[c] */
extern const up_layer_kind up_layer_affine;

/* ---------------------------------------------------------------- cells.c */

typedef enum {
    UP_SHUFFLE_PIXEL_LAST,  /* channel c * factor^2 + i * factor + j is pixel i, j of c (PyTorch) */
    UP_SHUFFLE_PIXEL_FIRST, /* (i * factor + j) * channels + c is (ONNX: DCR, SpaceToDepth) */
} up_shuffle_order;

typedef struct {
    int factor;
    up_shuffle_order order;
} up_shuffle;
extern const up_layer_kind up_layer_pixel_shuffle, up_layer_pixel_unshuffle;

/* ---------------------------------------------------------------- edges.c */

typedef struct {
    int amount[4];
    up_pad_mode mode;
    float value; /* of zeros that are none */
} up_padding;
extern const up_layer_kind up_layer_pad;

extern const up_layer_kind up_layer_crop; /* only `amount` is looked at */

/* Rows and columns first, first + step, ...; to the end. */
typedef struct {
    int first[2], step[2];
} up_slice;
extern const up_layer_kind up_layer_slice;

/* ---------------------------------------------------------------- join.c */

/* Of any number of inputs; a plane of 1x1, or of one channel, counts for all pixels or channels. */
extern const up_layer_kind up_layer_add, up_layer_mul, up_layer_minimum, up_layer_maximum;
extern const up_layer_kind up_layer_sub, up_layer_div; /* of two */

extern const up_layer_kind up_layer_concat; /* the channels of any number, in this order */

typedef struct {
    int first, count;
} up_channels;
extern const up_layer_kind up_layer_channels; /* some of them */

/* ---------------------------------------------------------------- resize.c */

typedef enum { UP_RESIZE_NEAREST, UP_RESIZE_BILINEAR, UP_RESIZE_BICUBIC } up_resize_mode;

typedef enum {
    UP_RESIZE_USUAL, /* half pixels; of nearest, asymmetric and floor: PyTorch's interpolate() */
    UP_RESIZE_HALF_PIXEL,
    UP_RESIZE_ASYMMETRIC,
    UP_RESIZE_ALIGN_CORNERS,
    UP_RESIZE_PYTORCH_HALF_PIXEL,
} up_resize_coordinates;

typedef enum {
    UP_RESIZE_FLOOR,
    UP_RESIZE_CEIL,
    UP_RESIZE_ROUND_DOWN, /* halves go down: ONNX's round_prefer_floor */
    UP_RESIZE_ROUND_UP,
} up_resize_rounding;

/* To factor / divisor times the size (rows, columns), or to that of the second input. */
typedef struct {
    up_resize_mode mode;
    int factor[2], divisor[2]; /* 1, 1 */
    up_resize_coordinates coordinates;
    up_resize_rounding rounding; /* of nearest */
    float cubic_a;               /* -0.75 */
    bool antialias, exclude_outside;
} up_resize;
extern const up_layer_kind up_layer_resize;

/* ---------------------------------------------------------------- window_pools.c */

typedef struct {
    int kernel[2], stride[2], padding[4];
    bool ceil_mode;
    bool count_include_pad; /* of average_pool */
} up_pooling;
extern const up_layer_kind up_layer_max_pool, up_layer_average_pool;

/* ---------------------------------------------------------------- whole_image.c */

/* Of the whole image, for each channel: a plane of 1x1 pixels. The last is the mean and the
 * population standard deviation added, as IMDN's contrast-aware attention has it. */
extern const up_layer_kind up_layer_global_average_pool, up_layer_global_max_pool,
    up_layer_global_contrast;

/* weight[c] * (x - mean) / sqrt(variance + eps) + bias[c], of the whole image. */
typedef struct {
    float eps; /* 1e-5 */
} up_instance_norm;
extern const up_layer_kind up_layer_instance_norm;

#endif
