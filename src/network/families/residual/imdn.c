/* SPDX-License-Identifier: MIT */
/* IMDN and IMDN-RTC, which has no attention; LeakyReLU(0.05) is in no file. A block distils some
 * channels off behind each convolution and works on with the rest. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#define SLOPE 0.05f

static bool is_rtc(const up_network_builder *b)
{
    return up_part_kernel(b, "model.1.sub.0.c1") && up_part_kernel(b, "model.1.sub.0.c5");
}

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "IMDB1.c1") || is_rtc(b);
}

/* Splits *x into the channels that are kept and those that KEY.cNEXT gets. */
static up_status distil(up_network_builder *b, int *x, int *kept, const char *key, int next)
{
    const up_tensor *weight = up_part_kernel(b, "%s.c%d", key, next);
    const int channels = up_network_shape(b->network, *x).channels;
    const int rest = weight && weight->shape[1] < (size_t)channels ? (int)weight->shape[1] : 0;
    if (rest == 0)
        return up_network_fail(b, "%s.c%d does not go with the %d channels before it", key, next,
                               channels);
    *kept = *x;
    UP_TRY(up_part_layer(b, kept, &up_layer_channels, &(up_channels){ 0, channels - rest }));
    return up_part_layer(b, x, &up_layer_channels, &(up_channels){ channels - rest, rest });
}

static up_status add_block(up_network_builder *b, int *x, const char *key)
{
    int kept[4];
    const int before = *x;
    for (int c = 1; c <= 3; c++) {
        UP_TRY(up_block_conv_leaky(b, x, 3, SLOPE, "%s.c%d", key, c));
        UP_TRY(distil(b, x, &kept[c - 1], key, c + 1));
    }
    UP_TRY(up_block_conv(b, x, 3, "%s.c4", key));
    kept[3] = *x;
    UP_TRY(up_part_concat(b, x, kept, 4));
    if (up_part_weight(b, "%s.cca.conv_du.0", key))
        UP_TRY(
            up_block_attention(b, x, &up_layer_global_contrast, "0", "2", "%s.cca.conv_du", key));
    UP_TRY(up_block_conv(b, x, 1, "%s.c5", key));
    return up_part_add(b, x, before);
}

static up_status read_rtc(up_network_builder *b)
{
    char key[UP_MOST_KEY];
    int x = UP_NETWORK_INPUT, n = 0;
    b->network->family = "IMDN-RTC";
    UP_TRY(up_part_start(b, "model.0"));
    UP_TRY(up_block_conv(b, &x, 3, "model.0"));
    const int first = x;
    for (; up_part_weight(b, "%s.c1", up_part_key(key, "model.1.sub", n)); n++)
        UP_TRY(add_block(b, &x, key));
    UP_TRY(up_block_conv(b, &x, 1, "%s", key));
    UP_TRY(up_part_add(b, &x, first));
    UP_TRY(up_block_conv(b, &x, 3, "model.2"));
    return up_part_shuffle_to_input(b, &x);
}

static up_status read(up_network_builder *b)
{
    char key[UP_MOST_KEY];
    int x = UP_NETWORK_INPUT, first, made[64], n = 0;
    if (is_rtc(b))
        return read_rtc(b);
    UP_TRY(up_part_start(b, "fea_conv"));
    UP_TRY(up_block_conv(b, &x, 3, "fea_conv"));
    first = x;
    for (; n < 64 && up_part_weight(b, "IMDB%d.c1", n + 1); n++) {
        up_part_name(key, "IMDB%d", n + 1);
        UP_TRY(add_block(b, &x, key));
        made[n] = x;
    }
    return up_block_fuse(b, &x, made, n, first, SLOPE);
}

const up_network_family up_family_imdn = { "IMDN", is, read, false };
