/* SPDX-License-Identifier: MIT */
/*
 * A convolution and its gradients on padded planes. The gradient of its input is the transposed
 * convolution with the same weights, run by the same kernel; that of its weights is the correlation
 * of input and gradient.
 */
#ifndef UP_TRAIN_CONV_PAIR_H
#define UP_TRAIN_CONV_PAIR_H

#include "kernels/kernels.h"
#include "train/data/patch_shape.h"

typedef struct {
    int in, out, kernel;
} up_conv_shape;

/* The convolution that takes the gradient of the result to that of the input. */
up_conv_shape up_conv_transposed(const up_conv_shape *conv);

/* Weights in the order of the kernels: blocks of `outs` outputs, [in][kernel][kernel][block]. */
size_t up_conv_packed(const up_conv_shape *conv);
void up_conv_pack(const up_kernels *kernels, const up_conv_shape *conv, const float *weight,
                  float *packed);
/* The same for the transposed convolution. */
void up_conv_pack_transposed(const up_kernels *kernels, const up_conv_shape *conv,
                             const float *weight, float *packed);

/* Of one thread. */
typedef struct {
    const up_kernels *kernels;
    up_patch_shape patch;
    const float **row;  /* [most in * kernel * kernel] */
    float *sums;        /* as many times UP_CORRELATE_OUTS * UP_CORRELATE_LANES */
    float *tiles;       /* see conv_tiles.h; NULL: no convolution is made so */
    const float *zeros; /* [UP_MAX_OUTS] */
} up_conv_work;

/* Planes in and out begin at their first pixel. `bias` may be NULL. */
void up_conv_forward(const up_conv_work *work, const up_conv_shape *conv, const float *packed,
                     const float *bias, const float *in, float *out);
void up_conv_backward(const up_conv_work *work, const up_conv_shape *conv, const float *packed,
                      const float *out_gradient, float *in_gradient);
/* Added to `gradient`: [out][in][kernel][kernel], then [out] of the bias. */
void up_conv_weight_gradient(const up_conv_work *work, const up_conv_shape *conv, const float *in,
                             const float *out_gradient, float *gradient);

/* What lies behind the weights there. */
void up_conv_bias_gradient(const up_conv_work *work, const up_conv_shape *conv,
                           const float *out_gradient, float *gradient);

#endif
