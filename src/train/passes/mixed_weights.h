/* SPDX-License-Identifier: MIT */
/* Weights of a network as matrix kernels want them, and the gradients of weights as they make them.
 */
#ifndef UP_TRAIN_MIXED_WEIGHTS_H
#define UP_TRAIN_MIXED_WEIGHTS_H

#include "kernels/matrix.h"
#include "train/passes/trainable.h"

/* A convolution of records of `in` elements to whole blocks of outputs. */
typedef struct {
    int in, outs; /* elements from a pixel to the next; a multiple of UP_MATRIX_BLOCK */
    int kernel, chunks;
    size_t size; /* elements of its weights */
} up_mixed_conv;

/* Channels rounded up to whole blocks. */
int up_mixed_channels(int channels);

/* Elements of a record that goes into a convolution: 1 for luma, then whole blocks. */
int up_mixed_ins(const up_trainable *net, int node);

/* Of one convolution, made once per step. */
typedef struct {
    up_mixed_conv forward, backward;
    up_bfloat16 *high, *low; /* forward */
    up_bfloat16 *back;       /* of the transposed convolution */
    float *bias;             /* [forward.outs] */
    float *slope;            /* of the PReLU behind it: [forward.outs], 1 if there is none */
} up_mixed_layer;

typedef struct {
    up_mixed_layer *layer; /* by node; zeros where it is no convolution */
    int layers;
} up_mixed_weights;

up_status up_mixed_weights_make(up_mixed_weights *weights, const up_trainable *net,
                                up_error *error);
void up_mixed_weights_free(up_mixed_weights *weights);

/* Takes the parameters of a node; nothing is done if it is no convolution. */
void up_mixed_weights_pack(up_mixed_weights *weights, const up_trainable *net, int node,
                           const float *parameter);

/* Sums of products, [kernel * kernel][outs / 16][ins / 16][16][16] with `ins` rounded up to whole
 * blocks, are added to the gradients of a convolution's weights. */
size_t up_mixed_sums(const up_conv_shape *conv);
void up_mixed_sums_add(const up_conv_shape *conv, const float *sums, float *gradient);

#endif
