/* SPDX-License-Identifier: MIT */
/* Networks that do not pad, told from keys and shapes: waifu2x and Real-CUGAN. */
#include "support/weights/state_dict.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

static void waifu2x_made(keys *k, const char *prefix, const int widths[6], bool upconv)
{
    int before = 3;
    keys_begin(k);
    for (int i = 0; i < 6; before = widths[i++])
        keys_conv(k, widths[i], before, 3, "%s%d", prefix, 2 * i);
    if (upconv)
        keys_put(k, "%s12.weight:%d,3,4,4 %s12.bias:3", prefix, before, prefix);
    else
        keys_conv(k, 3, before, 3, "%s12", prefix);
}

Test(families, waifu2x_pads_outside_or_inside)
{
    static const int few[] = { 2, 2, 4, 4, 6, 6 }, vgg[] = { 32, 32, 64, 64, 128, 128 },
                     upconv[] = { 16, 32, 64, 128, 128, 256 };
    keys k;
    waifu2x_made(&k, "net.", few, true);
    up_network *network = state_made(&k, NULL);
    expect_figures(network, (figures){ "waifu2x upconv_7", 2, 3, 3, .missing = 7, .least = 15 });
    cr_expect_eq(network->edge, UP_EDGE_CLAMP);
    cr_expect(!network->pads_tensors);
    up_network_free(&network);
    waifu2x_made(&k, "net.", few, false);
    state_expect(&k, NULL, (figures){ "waifu2x vgg_7", 1, 3, 3, .missing = 7, .least = 15 }, NULL);
    waifu2x_made(&k, "", upconv, true);
    state_expect(&k, NULL, (figures){ "waifu2x upconv_7", 2, 3, 3, .least = 1 }, NULL);
    waifu2x_made(&k, "", vgg, false);
    state_expect(&k, NULL, (figures){ "waifu2x vgg_7", 1, 3, 3, .least = 1 }, NULL);
    waifu2x_made(&k, "", few, false);
    state_refused(&k, NULL, "layer \"1\"", "does not tell what it does");
}

/* -------------------------------------------------------------- pairs of U-Nets */

/* A convolution pair with attention. */
static void pair(keys *k, int out, int middle, int in, const char *name, bool attention)
{
    keys_conv(k, middle, in, 3, "%s.conv.0", name);
    keys_conv(k, out, middle, 3, "%s.conv.2", name);
    if (!attention)
        return;
    keys_conv(k, 1, out, 1, "%s.seblock.conv1", name);
    keys_conv(k, out, 1, 1, "%s.seblock.conv2", name);
}

static void transposed(keys *k, int in, int out, int size, const char *name)
{
    keys_put(k, "%s.weight:%d,%d,%d,%d %s.bias:%d", name, in, out, size, size, name, out);
}

/* All levels have 2 channels; unet1 ends in `between`, by a kernel of `bottom`. */
static void unets_made(keys *k, int bottom, int between, const char *more)
{
    keys_begin(k);
    keys_put(k, "%s", more);
    pair(k, 2, 2, 3, "unet1.conv1", false);
    keys_conv(k, 2, 2, 2, "unet1.conv1_down");
    pair(k, 2, 2, 2, "unet1.conv2", true);
    transposed(k, 2, 2, 2, "unet1.conv2_up");
    keys_conv(k, 2, 2, 3, "unet1.conv3");
    if (bottom == 3)
        keys_conv(k, between, 2, 3, "unet1.conv_bottom");
    else
        transposed(k, 2, between, bottom, "unet1.conv_bottom");
    pair(k, 2, 2, between, "unet2.conv1", false);
    keys_conv(k, 2, 2, 2, "unet2.conv1_down");
    pair(k, 2, 2, 2, "unet2.conv2", true);
    keys_conv(k, 2, 2, 2, "unet2.conv2_down");
    pair(k, 2, 2, 2, "unet2.conv3", true);
    transposed(k, 2, 2, 2, "unet2.conv3_up");
    pair(k, 2, 2, 2, "unet2.conv4", true);
    transposed(k, 2, 2, 2, "unet2.conv4_up");
    keys_conv(k, 2, 2, 3, "unet2.conv5");
    keys_conv(k, between, 2, 3, "unet2.conv_bottom");
}

Test(families, unets_of_all_scales)
{
    keys k;
    unets_made(&k, 3, 3, "");
    up_network *network = state_made(&k, NULL);
    expect_figures(
        network, (figures){ "waifu2x cunet", 1, 3, 3, .missing = 28, .multiple = 4, .least = 57 });
    cr_expect_eq(network->edge, UP_EDGE_CLAMP);
    cr_expect(!network->pads_tensors);
    cr_expect_eq(network->receptive_field[1], INT_MAX);
    up_network_free(&network);

    unets_made(&k, 4, 3, "");
    network = state_made(&k, NULL);
    expect_figures(network,
                   (figures){ "Real-CUGAN", 2, 3, 3, .missing = 18, .multiple = 2, .least = 37 });
    cr_expect_eq(network->edge, UP_EDGE_REFLECT);
    cr_expect(network->pads_tensors);
    up_network_free(&network);

    /* what PyTorch's reader says of a file of nunif */
    unets_made(&k, 4, 3, "");
    k.metadata = "'pytorch.nunif_model':'1'";
    network = state_made(&k, NULL);
    cr_expect_str_eq(network->family, "waifu2x upcunet");
    cr_expect_eq(network->edge, UP_EDGE_CLAMP);
    cr_expect(!network->pads_tensors);
    up_network_free(&network);

    unets_made(&k, 5, 3, "pro:1");
    network = state_made(&k, NULL);
    expect_figures(network,
                   (figures){ "Real-CUGAN", 3, 3, 3, .missing = 14, .multiple = 4, .least = 29 });
    cr_expect_eq(network->node[0].kind, &up_layer_affine);
    cr_expect_eq(network->node[0].bias.value[2], 0.15f);
    cr_expect_eq(network->node[network->output].kind, &up_layer_affine);
    up_network_free(&network);

    unets_made(&k, 4, 4, "");
    keys_conv(&k, 12, 4, 3, "conv_final");
    state_expect(&k, NULL,
                 (figures){ "Real-CUGAN", 4, 3, 3, .missing = 19, .multiple = 2, .least = 39 },
                 NULL);
}
