/* SPDX-License-Identifier: MIT */
/* ECBSR, collapsed to 3x3 convolutions, in both spellings: a plain network on the nearest-upsampled
 * input, which its source repeats in channels before the pixel shuffle. Where an activation has no
 * slopes, it is one of several that the file does not tell. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static const char *find_conv(const up_network_builder *b)
{
    return up_part_kernel(b, "backbone.0.conv3x3") ? "conv3x3" : "0";
}

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "backbone.0.conv3x3") || up_part_kernel(b, "backbone.0.0");
}

static up_status read(up_network_builder *b)
{
    static const up_leaky_relu leaky = { 0.1f };
    const char *conv = find_conv(b), *act = *conv == '0' ? "1" : "act";
    const up_layer_kind *kind = &up_layer_prelu;
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "backbone.0.%s", conv));
    if (!up_part_weight(b, "backbone.0.%s", act))
        UP_TRY(up_block_asked_activation(b, &kind));
    for (int n = 0; up_part_weight(b, "backbone.%d.%s", n, conv); n++) {
        UP_TRY(up_block_conv(b, &x, 3, "backbone.%d.%s", n, conv));
        if (!up_part_weight(b, "backbone.%d.%s", n + 1, conv))
            continue;
        UP_TRY(kind == &up_layer_prelu
                   ? up_part_prelu(b, &x, "backbone.%d.%s", n, act)
                   : up_part_layer(b, &x, kind, kind == &up_layer_relu ? NULL : &leaky));
    }
    UP_TRY(up_part_shuffle_to_input(b, &x));
    return up_block_add_input(b, &x, UP_RESIZE_NEAREST);
}

const up_network_family up_family_ecbsr = { "ECBSR", is, read, false };
