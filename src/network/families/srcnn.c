/* SRCNN and VDSR. Both work on the picture enlarged bicubically before, so their own scale is 1. */
#include "network/families/blocks.h"

static bool is_srcnn(const up_network_builder *b)
{
    return up_block_is_kernel(b, 9, "conv1") && up_part_kernel(b, "conv2") &&
           up_block_is_kernel(b, 5, "conv3") && !up_part_weight(b, "conv4");
}

/* 9x9, 1x1 or 5x5, 5x5, padded; ReLU between. */
static up_status read_srcnn(up_network_builder *b)
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

const up_network_family up_family_srcnn = { "SRCNN", is_srcnn, read_srcnn, false };

static bool is_vdsr(const up_network_builder *b)
{
    return up_part_kernel(b, "input") && up_part_kernel(b, "residual_layer.0.conv") &&
           up_part_kernel(b, "output");
}

/* 3x3 without bias, ReLU after all but the last; adds its input. */
static up_status read_vdsr(up_network_builder *b)
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

const up_network_family up_family_vdsr = { "VDSR", is_vdsr, read_vdsr, false };
