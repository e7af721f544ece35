/* SPDX-License-Identifier: MIT */
/* PlainUSR, re-parameterised. Its blocks work on the first channels and leave the rest: three (1,
 * m, 2) or five (1, 2, m, 3, 4) with LeakyReLU(0.05) between convolutions and, but for some,
 * attention to places: x times sigmoid(x[0]) times a map, which is seen at a sixth of the size with
 * soft pooling (the mean weighted by exp) or, for speed, is one 3x3. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "head") && up_part_kernel(b, "tail.0") &&
           up_part_weight(b, "block1.body.0%s",
                          up_part_weight(b, "block1.body.0.expand_conv") ? ".expand_conv" : "");
}

static up_status soft_pool(up_network_builder *b, int *x)
{
    static const up_pooling pool = { .kernel = { 7, 7 }, .stride = { 3, 3 } };
    int weights = *x;
    UP_TRY(up_part_layer(b, &weights, &up_layer_exp, NULL));
    UP_TRY(up_part_join(b, x, &up_layer_mul, weights));
    UP_TRY(up_part_layer(b, &weights, &up_layer_average_pool, &pool));
    UP_TRY(up_part_layer(b, x, &up_layer_average_pool, &pool));
    return up_part_join(b, x, &up_layer_div, weights);
}

static up_status add_map(up_network_builder *b, int *x, const char *key)
{
    static const up_convolution down = { .groups = 1,
                                         .stride = { 2, 2 },
                                         .padding = { 1, 1, 1, 1 } };
    const int like = *x;
    const bool pooled = up_part_weight(b, "%s.body.2", key);
    UP_TRY(up_block_conv(b, x, pooled ? 1 : 3, "%s.body.0", key));
    if (pooled) {
        UP_TRY(soft_pool(b, x));
        UP_TRY(up_part_convolution(b, x, &up_layer_conv2d, &down, "%s.body.2", key));
        UP_TRY(up_block_conv(b, x, 3, "%s.body.3", key));
    }
    UP_TRY(up_part_layer(b, x, &up_layer_sigmoid, NULL));
    return pooled ? up_block_resize_to(b, x, UP_RESIZE_BILINEAR, like) : UP_OK;
}

static up_status add_attention(up_network_builder *b, int *x, const char *key)
{
    int gate = *x, map = *x;
    UP_TRY(up_part_layer(b, &gate, &up_layer_channels, &(up_channels){ 0, 1 }));
    UP_TRY(up_part_layer(b, &gate, &up_layer_sigmoid, NULL));
    UP_TRY(add_map(b, &map, key));
    UP_TRY(up_part_join(b, x, &up_layer_mul, map));
    return up_part_join(b, x, &up_layer_mul, gate);
}

static up_status add_body(up_network_builder *b, int *x, const char *block)
{
    char key[UP_MOST_KEY];
    int n = 0;
    for (; up_part_kernel(b, "%s.body.%d", block, n); n += 2) {
        if (n > 0)
            UP_TRY(up_part_leaky(b, x, 0.05f));
        UP_TRY(up_block_conv(b, x, 3, "%s.body.%d", block, n));
    }
    up_part_name(key, "%s.body.%d", block, n - 1);
    return up_part_weight(b, "%s.body.0", key) ? add_attention(b, x, key) : UP_OK;
}

/* On the first channels; the rest goes past. */
static up_status add_block(up_network_builder *b, int *x, const char *block)
{
    const up_tensor *weight = up_part_kernel(b, "%s.body.0", block);
    const int all = up_network_shape(b->network, *x).channels;
    if (!weight || weight->shape[1] > (size_t)all)
        return up_network_fail(b, "%s.body.0 is missing or does not go with %d channels", block,
                               all);
    const int some = (int)weight->shape[1];
    int parts[2] = { *x, *x };
    if (some == all)
        return add_body(b, x, block);
    UP_TRY(up_part_layer(b, &parts[0], &up_layer_channels, &(up_channels){ 0, some }));
    UP_TRY(up_part_layer(b, &parts[1], &up_layer_channels, &(up_channels){ some, all - some }));
    UP_TRY(add_body(b, &parts[0], block));
    return up_part_concat(b, x, parts, 2);
}

static up_status read(up_network_builder *b)
{
    static const char *const few[] = { "block1", "blockm", "block2", NULL };
    static const char *const many[] = { "block1", "block2", "blockm", "block3", "block4", NULL };
    const char *const *blocks = up_part_kernel(b, "block3.body.0") ? many : few;
    int x = UP_NETWORK_INPUT;
    if (up_part_weight(b, "block1.body.0.expand_conv"))
        return up_network_fail(b, "a PlainUSR as it is trained: re-parameterise it "
                                  "(switch_to_deploy) before the weights are saved");
    UP_TRY(up_part_start(b, "head"));
    UP_TRY(up_block_conv(b, &x, 3, "head"));
    for (; *blocks; blocks++)
        UP_TRY(add_block(b, &x, *blocks));
    UP_TRY(up_block_conv(b, &x, 3, "tail.0"));
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_plainusr = { "PlainUSR", is, read, false };
