/* SPDX-License-Identifier: MIT */
/*
 * The weights of an ncnn network. What a layer takes from the .bin, in the order of the layers:
 * float32 as it is, or behind a word that tells: 0 or 0x0002C056, float32 follows; 0x01306B47,
 * float16, filled up to a multiple of 4 bytes. 0x000D4B38 is int8, and anything else a table of 256
 * values with a byte for each weight: both are refused.
 */
#ifndef UP_WEIGHTS_NCNN_BIN_H
#define UP_WEIGHTS_NCNN_BIN_H

#include "weights/ncnn/ncnn.h"

/* Adds the tensors of all layers, which must cover the bytes. Shapes are in C order:
 *   Convolution, Deconvolution, ...   weight [out][in / groups][rows][columns], bias [out]
 *   InnerProduct                      weight [out][in], bias [out]
 *   PReLU, Scale, Bias, InstanceNorm  weight and bias [channels]
 *   BatchNorm                         weight, running_mean, running_var, bias [channels]
 *   MemoryData                        weight [channels][rows][columns], or fewer dimensions */
up_status up_ncnn_bin_read(up_tensor_file *file, const up_ncnn_graph *graph,
                           const unsigned char *bytes, size_t size, up_error *error);

#endif
