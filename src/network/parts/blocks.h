/* SPDX-License-Identifier: MIT */
/* Blocks of layers that several families share: see parts.h. */
#ifndef UP_PARTS_BLOCKS_H
#define UP_PARTS_BLOCKS_H

#include "network/parts/parts.h"

/* Whether NAME.weight is a kernel of size x size. */
bool up_block_is_kernel(const up_network_builder *b, size_t size, const char *name, ...)
    UP_FORMAT(3);

/* Refuses a NAME.weight that is none, or missing. */
up_status up_block_check_kernel(const up_network_builder *b, size_t size, const char *name);

/* A convolution of stride 1 that keeps the size, whose kernel must be size x size: what pads by a
 * fixed amount. Then with an activation behind it; a slope of 0 is a ReLU. */
up_status up_block_conv(up_network_builder *b, int *x, size_t size, const char *name, ...)
    UP_FORMAT(4);
up_status up_block_conv_leaky(up_network_builder *b, int *x, size_t size, float slope,
                              const char *name, ...) UP_FORMAT(5);

/* Convolutions of a stride, without padding; the transposed one with it. */
up_status up_block_reduce(up_network_builder *b, int *x, size_t size, int stride, const char *name,
                          ...) UP_FORMAT(5);
up_status up_block_enlarge(up_network_builder *b, int *x, size_t size, int stride, int padding,
                           const char *name, ...) UP_FORMAT(6);

/* Cuts off so many pixels a side. */
up_status up_block_crop(up_network_builder *b, int *x, int amount);

/* Adds what came into the network, enlarged to the size of *x. */
up_status up_block_add_input(up_network_builder *b, int *x, up_resize_mode mode);

/* Attention to channels: *x times sigmoid(NAME.SECOND(ReLU(NAME.FIRST(what `pool` makes of *x)))).
 */
up_status up_block_attention(up_network_builder *b, int *x, const up_layer_kind *pool,
                             const char *first, const char *second, const char *name, ...)
    UP_FORMAT(6);

/* A residual branch from `before` to *x, times a factor. */
up_status up_block_residual(up_network_builder *b, int *x, int before, float factor);

/* What residual branches are multiplied by: as asked, or `otherwise`. */
float up_block_residual_scale(const up_network_builder *b, float otherwise);

/* Convolutions NAME.0, NAME.STEP, ... each with a pixel shuffle that leaves the channels as they
 * were; as many as there are. */
up_status up_block_upsample(up_network_builder *b, int *x, int step, const char *name);

/* What IMDN and RFDN end in: c.0 makes one of all blocks, LR_conv and the sum with `first` follow,
 * and upsampler.0 with a pixel shuffle. */
up_status up_block_fuse(up_network_builder *b, int *x, const int *blocks, int count, int first,
                        float slope);

/* Leaves channels out that are too many for a pixel shuffle to those of the input: networks for x3
 * are made with one more by authors who like multiples of 4. */
up_status up_block_drop_spare(up_network_builder *b, int *x);

/* To the size of another node. */
up_status up_block_resize_to(up_network_builder *b, int *x, up_resize_mode mode, int like);

/* The activation asked for where the file does not tell it. */
up_status up_block_asked_activation(const up_network_builder *b, const up_layer_kind **kind);

/* The mean colour of DIV2K: (x - mean) * 255, and x / 255 + mean. */
up_status up_block_take_mean(up_network_builder *b, int *x);
up_status up_block_put_mean(up_network_builder *b, int *x);

#endif
