/* SPDX-License-Identifier: MIT */
/* SRCNN: 9x9, 1x1 or 5x5, and 5x5, padded, with ReLU between. It works on the picture enlarged
 * bicubically before, so its own scale is 1. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is(const up_network_builder *b)
{
    return up_block_is_kernel(b, 9, "conv1") && up_part_kernel(b, "conv2") &&
           up_block_is_kernel(b, 5, "conv3") && !up_part_weight(b, "conv4");
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    b->network->enlarges_first = true;
    UP_TRY(up_part_start(b, "conv1"));
    for (int n = 1; n <= 3; n++) {
        UP_TRY(up_part_conv(b, &x, "conv%d", n));
        if (n < 3)
            UP_TRY(up_part_layer(b, &x, &up_layer_relu, NULL));
    }
    return UP_OK;
}

const up_network_family up_family_srcnn = { "SRCNN", is, read, false };
