/* ECBSR, collapsed to 3x3 convolutions, in both spellings, and ABPN as the same authors have it: a
 * plain network on the nearest-upsampled input (which they repeat in channels before the pixel
 * shuffle). ABPN with its skip folded in (ABPN_ET) has a 1x1 and ReLU at the end instead, and one
 * channel too many for x3. */
#include "network/families/blocks.h"

#include <stdio.h>

static const char *find_conv(const up_network_builder *b)
{
    return up_part_kernel(b, "backbone.0.conv3x3") ? "conv3x3" : "0";
}

static bool is_ecbsr(const up_network_builder *b)
{
    return up_part_kernel(b, "backbone.0.conv3x3") || up_part_kernel(b, "backbone.0.0");
}

/* Where an activation has no weights, it is one of several. */
static up_status read_ecbsr(up_network_builder *b)
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

const up_network_family up_family_ecbsr = { "ECBSR", is_ecbsr, read_ecbsr, false };

/* ---------------------------------------------------------------- ABPN */

static bool is_abpn(const up_network_builder *b)
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

static up_status read_abpn(up_network_builder *b)
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

const up_network_family up_family_abpn = { "ABPN", is_abpn, read_abpn, false };
