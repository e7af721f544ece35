/* SPDX-License-Identifier: MIT */
/* ETDS: the network for inference (conv_clip; ReLU behind everything, one channel too many for x3),
 * the one for training, whose second path carries the input, and the plain network of the same
 * authors, which has neither. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is(const up_network_builder *b)
{
    return up_block_is_kernel(b, 3, "conv_first") && up_block_is_kernel(b, 3, "backbone_convs.0") &&
           up_block_is_kernel(b, 3, "conv_last");
}

/* NAME[N] of one path and, where it is there, CROSS[N] of the other: their sum, and ReLU. */
static up_status add_path(up_network_builder *b, int *x, int other, const char *name,
                          const char *cross, int n)
{
    UP_TRY(up_block_conv(b, x, 3, "%s.%d", name, n));
    if (up_part_weight(b, "%s.%d", cross, n)) {
        UP_TRY(up_block_conv(b, &other, 3, "%s.%d", cross, n));
        UP_TRY(up_part_add(b, x, other));
    }
    return up_part_layer(b, x, &up_layer_relu, NULL);
}

static up_status read_trained(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT, carried = UP_NETWORK_INPUT;
    UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "conv_first"));
    UP_TRY(up_block_conv_leaky(b, &carried, 3, 0, "conv_residual_first"));
    for (int n = 0; up_part_weight(b, "backbone_convs.%d", n); n++) {
        const int x_before = x;
        UP_TRY(add_path(b, &x, carried, "backbone_convs", "add_residual_convs", n));
        UP_TRY(add_path(b, &carried, x_before, "residual_convs", "advanced_residual_convs", n));
    }
    UP_TRY(up_block_conv(b, &x, 3, "conv_last"));
    UP_TRY(up_block_conv(b, &carried, 3, "conv_residual_last"));
    UP_TRY(up_part_add(b, &x, carried));
    return up_part_shuffle_to_input(b, &x);
}

static up_status read(up_network_builder *b)
{
    const bool clips = up_part_weight(b, "conv_clip");
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "conv_first"));
    if (up_part_weight(b, "conv_residual_first"))
        return read_trained(b);
    UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "conv_first"));
    for (int n = 0; up_part_weight(b, "backbone_convs.%d", n); n++)
        UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "backbone_convs.%d", n));
    UP_TRY(up_block_conv(b, &x, 3, "conv_last"));
    if (clips) {
        UP_TRY(up_part_layer(b, &x, &up_layer_relu, NULL));
        UP_TRY(up_block_conv_leaky(b, &x, 1, 0, "conv_clip"));
        UP_TRY(up_block_drop_spare(b, &x));
    }
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_etds = { "ETDS", is, read, false };
