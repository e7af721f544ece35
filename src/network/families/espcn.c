/* SPDX-License-Identifier: MIT */
/* ESPCN: tanh after each layer but the last, and a pixel shuffle; as first_part and last_part, or
 * as conv1 .. conv3 with a sigmoid at the end. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is_numbered(const up_network_builder *b)
{
    return up_block_is_kernel(b, 5, "conv1") && up_block_is_kernel(b, 3, "conv2") &&
           up_block_is_kernel(b, 3, "conv3") && !up_part_weight(b, "conv4");
}

static bool is(const up_network_builder *b)
{
    return (up_part_kernel(b, "first_part.0") && up_part_kernel(b, "last_part.0")) ||
           is_numbered(b);
}

static up_status read_numbered(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "conv1"));
    for (int n = 1; n <= 3; n++) {
        UP_TRY(up_part_conv(b, &x, "conv%d", n));
        if (n < 3)
            UP_TRY(up_part_layer(b, &x, &up_layer_tanh, NULL));
    }
    UP_TRY(up_part_shuffle_to_input(b, &x));
    return up_part_layer(b, &x, &up_layer_sigmoid, NULL);
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    if (is_numbered(b))
        return read_numbered(b);
    UP_TRY(up_part_start(b, "first_part.0"));
    UP_TRY(
        up_part_add_group(b, &x, &(up_part_group){ .name = "first_part", .gap = &up_layer_tanh }));
    UP_TRY(up_part_layer(b, &x, &up_layer_tanh, NULL));
    UP_TRY(up_part_add_group(b, &x, &(up_part_group){ .name = "last_part" }));
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_espcn = { "ESPCN", is, read, false };
