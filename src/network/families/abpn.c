/* SPDX-License-Identifier: MIT */
/* ABPN, as the authors of ETDS have it: 3x3 convolutions with ReLU, the first and the last two
 * bare, those between in a Sequential of their own, on the nearest-upsampled input. With its skip
 * folded in (ABPN_ET) it ends in a 1x1 and ReLU instead and has one channel too many for x3. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is(const up_network_builder *b)
{
    return up_block_is_kernel(b, 3, "backbone.0") && up_block_is_kernel(b, 3, "backbone.2.0");
}

static const up_tensor *find_layer(const up_network_builder *b, int n, char key[UP_MOST_KEY])
{
    up_part_name(key, "backbone.%d", n);
    if (!up_part_weight(b, "%s", key))
        up_part_name(key, "backbone.%d.0", n);
    return up_part_kernel(b, "%s", key);
}

static up_status read(up_network_builder *b)
{
    char key[UP_MOST_KEY];
    const int last = up_part_last_number(b, "backbone");
    const up_tensor *end = find_layer(b, last, key);
    const bool folded = end && end->shape[2] == 1 && end->shape[3] == 1;
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "backbone.0"));
    for (int n = 0; n <= last; n++) {
        if (!find_layer(b, n, key))
            continue;
        UP_TRY(up_block_conv(b, &x, n == last && folded ? 1 : 3, "%s", key));
        if (n < last || folded)
            UP_TRY(up_part_layer(b, &x, &up_layer_relu, NULL));
    }
    if (!folded) {
        UP_TRY(up_part_shuffle_to_input(b, &x));
        return up_block_add_input(b, &x, UP_RESIZE_NEAREST);
    }
    UP_TRY(up_block_drop_spare(b, &x));
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_abpn = { "ABPN", is, read, false };
