/* SPDX-License-Identifier: MIT */
/* SRVGGNetCompact: body, pixel shuffle, and the nearest-upsampled input added. Where its
 * activations have no weights, they are ReLU or LeakyReLU(0.1), which the file does not tell. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is(const up_network_builder *b)
{
    return up_block_is_kernel(b, 3, "body.0");
}

static up_status read(up_network_builder *b)
{
    static const up_leaky_relu leaky = { 0.1f };
    int x = UP_NETWORK_INPUT;
    up_part_group body = { .name = "body" };
    if (!up_part_weight(b, "body.1")) {
        UP_TRY(up_block_asked_activation(b, &body.gap));
        body.gap_fields = body.gap == &up_layer_leaky_relu ? &leaky : NULL;
    }
    UP_TRY(up_part_start(b, "body.0"));
    UP_TRY(up_part_add_group(b, &x, &body));
    UP_TRY(up_part_shuffle_to_input(b, &x));
    return up_block_add_input(b, &x, UP_RESIZE_NEAREST);
}

const up_network_family up_family_compact = { "SRVGGNetCompact", is, read, false };
