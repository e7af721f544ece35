/* SPDX-License-Identifier: MIT */
/* RFDN; LeakyReLU(0.05) is in no file, nor is the range of white: 1 is assumed, but the released
 * file (AIM 2020) takes 0..255, which --weights-range says. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#define SLOPE 0.05f

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "fea_conv") && up_part_kernel(b, "B1.c1_d") &&
           up_part_kernel(b, "B1.esa.conv1");
}

/* Attention to places, seen at a sixth of the size: needs 15 pixels a side. */
static up_status add_attention(up_network_builder *b, int *x, const char *key)
{
    static const up_pooling pool = { .kernel = { 7, 7 }, .stride = { 3, 3 } };
    int few = *x, at;
    UP_TRY(up_block_conv(b, &few, 1, "%s.conv1", key));
    at = few;
    UP_TRY(up_block_reduce(b, &at, 3, 2, "%s.conv2", key));
    UP_TRY(up_part_layer(b, &at, &up_layer_max_pool, &pool));
    UP_TRY(up_block_conv_leaky(b, &at, 3, 0, "%s.conv_max", key));
    UP_TRY(up_block_conv_leaky(b, &at, 3, 0, "%s.conv3", key));
    UP_TRY(up_block_conv(b, &at, 3, "%s.conv3_", key));
    UP_TRY(up_block_resize_to(b, &at, UP_RESIZE_BILINEAR, *x));
    UP_TRY(up_block_conv(b, &few, 1, "%s.conv_f", key));
    UP_TRY(up_part_add(b, &at, few));
    UP_TRY(up_block_conv(b, &at, 1, "%s.conv4", key));
    UP_TRY(up_part_layer(b, &at, &up_layer_sigmoid, NULL));
    return up_part_join(b, x, &up_layer_mul, at);
}

static up_status add_block(up_network_builder *b, int *x, const char *key)
{
    char attention[UP_MOST_KEY];
    int distilled[4];
    for (int c = 1; c <= 3; c++) {
        const int before = *x;
        distilled[c - 1] = *x;
        UP_TRY(up_block_conv_leaky(b, &distilled[c - 1], 1, SLOPE, "%s.c%d_d", key, c));
        UP_TRY(up_block_conv(b, x, 3, "%s.c%d_r", key, c));
        UP_TRY(up_part_add(b, x, before));
        UP_TRY(up_part_leaky(b, x, SLOPE));
    }
    UP_TRY(up_block_conv_leaky(b, x, 3, SLOPE, "%s.c4", key));
    distilled[3] = *x;
    UP_TRY(up_part_concat(b, x, distilled, 4));
    UP_TRY(up_block_conv(b, x, 1, "%s.c5", key));
    up_part_name(attention, "%s.esa", key);
    return add_attention(b, x, attention);
}

static up_status read(up_network_builder *b)
{
    char key[UP_MOST_KEY];
    int x = UP_NETWORK_INPUT, first, made[64], n = 0;
    UP_TRY(up_part_start(b, "fea_conv"));
    UP_TRY(up_block_conv(b, &x, 3, "fea_conv"));
    first = x;
    for (; n < 64 && up_part_weight(b, "B%d.c1_d", n + 1); n++) {
        up_part_name(key, "B%d", n + 1);
        UP_TRY(add_block(b, &x, key));
        made[n] = x;
    }
    return up_block_fuse(b, &x, made, n, first, SLOPE);
}

const up_network_family up_family_rfdn = { "RFDN", is, read, false };
