/* SPDX-License-Identifier: MIT */
/* VDSR: 3x3 convolutions without bias, ReLU after all but the last, added to the input. It works on
 * the picture enlarged bicubically before, so its own scale is 1. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "input") && up_part_kernel(b, "residual_layer.0.conv") &&
           up_part_kernel(b, "output");
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    b->network->enlarges_first = true;
    UP_TRY(up_part_start(b, "input"));
    UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "input"));
    for (int n = 0; up_part_weight(b, "residual_layer.%d.conv", n); n++)
        UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "residual_layer.%d.conv", n));
    UP_TRY(up_block_conv(b, &x, 3, "output"));
    return up_part_add(b, &x, UP_NETWORK_INPUT);
}

const up_network_family up_family_vdsr = { "VDSR", is, read, false };
