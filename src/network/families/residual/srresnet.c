/* SPDX-License-Identifier: MIT */
/* MSRResNet (SRResNet without normalisation), in both spellings; LeakyReLU(0.1) outside its blocks
 * and ReLU inside are in no file. Adds the input enlarged bilinearly. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#define SLOPE 0.1f

static const char *find_blocks(const up_network_builder *b, bool *old)
{
    *old = up_part_kernel(b, "recon_trunk.0.conv1");
    return *old ? "recon_trunk" : "body";
}

static bool is(const up_network_builder *b)
{
    bool old;
    const char *blocks = find_blocks(b, &old);
    return up_part_kernel(b, "conv_first") && up_part_kernel(b, "%s.0.conv1", blocks) &&
           up_part_kernel(b, old ? "HRconv" : "conv_hr");
}

static up_status read(up_network_builder *b)
{
    bool old;
    const char *blocks = find_blocks(b, &old);
    int x = UP_NETWORK_INPUT;
    UP_TRY(up_part_start(b, "conv_first"));
    UP_TRY(up_block_conv_leaky(b, &x, 3, SLOPE, "conv_first"));
    for (int n = 0; up_part_weight(b, "%s.%d.conv1", blocks, n); n++) {
        const int before = x;
        UP_TRY(up_block_conv_leaky(b, &x, 3, 0, "%s.%d.conv1", blocks, n));
        UP_TRY(up_block_conv(b, &x, 3, "%s.%d.conv2", blocks, n));
        UP_TRY(up_block_residual(b, &x, before, 1));
    }
    for (int up = 1; up_part_weight(b, "upconv%d", up); up++) {
        const int channels = up_network_shape(b->network, x).channels;
        UP_TRY(up_block_conv(b, &x, 3, "upconv%d", up));
        UP_TRY(up_part_shuffle_to(b, &x, channels));
        UP_TRY(up_part_leaky(b, &x, SLOPE));
    }
    UP_TRY(up_block_conv_leaky(b, &x, 3, SLOPE, old ? "HRconv" : "conv_hr"));
    UP_TRY(up_block_conv(b, &x, 3, "conv_last"));
    return up_block_add_input(b, &x, UP_RESIZE_BILINEAR);
}

const up_network_family up_family_srresnet = { "MSRResNet", is, read, false };
