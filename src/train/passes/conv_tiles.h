/* SPDX-License-Identifier: MIT */
/*
 * What conv_pair.h does, for kernels of 3x3, by Winograd's F(4x4, 3x3): a quarter of the products.
 * Gradients go the same way: that of the input is a convolution too, and those of the weights are
 * correlations of the values at each point.
 */
#ifndef UP_TRAIN_CONV_TILES_H
#define UP_TRAIN_CONV_TILES_H

#include "train/passes/conv_pair.h"

/* Whether it is faster so. */
bool up_conv_tiles_suit(const up_conv_shape *conv);

/* Weights in the order of the kernels, 36 for 9. */
size_t up_conv_tiles_packed(const up_conv_shape *conv);
void up_conv_tiles_pack(const up_kernels *kernels, const up_conv_shape *conv, const float *weight,
                        float *packed);
void up_conv_tiles_pack_transposed(const up_kernels *kernels, const up_conv_shape *conv,
                                   const float *weight, float *packed);

/* Floats of work->tiles that these need. */
size_t up_conv_tiles_work(const up_conv_shape *conv, const up_patch_shape *patch);
void up_conv_tiles_forward(const up_conv_work *work, const up_conv_shape *conv, const float *packed,
                           const float *bias, const float *in, float *out);
void up_conv_tiles_backward(const up_conv_work *work, const up_conv_shape *conv,
                            const float *packed, const float *out_gradient, float *in_gradient);
void up_conv_tiles_weight_gradient(const up_conv_work *work, const up_conv_shape *conv,
                                   const float *in, const float *out_gradient, float *gradient);

#endif
