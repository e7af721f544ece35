/* SPDX-License-Identifier: MIT */
/* waifu2x vgg_7 and upconv_7: LeakyReLU(0.1) between convolutions without padding. As nunif names
 * them (net.N), the network gets a picture with 7 more pixels a side; what is missing replicates
 * the edge. In files of a bare Sequential (N) it pads so itself. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#define LAST 12

static const char *group_of(const up_network_builder *b)
{
    return up_part_weight(b, "net.0") ? "net" : "";
}

static bool is_upconv(const up_network_builder *b, const char *group)
{
    char key[UP_MOST_KEY];
    const up_tensor *last = up_part_kernel(b, "%s", up_part_key(key, group, LAST));
    return last && last->shape[2] == 4 && last->shape[3] == 4;
}

/* The widths tell a bare Sequential from others: those of the released files. */
static bool is_wide(const up_network_builder *b, const char *group)
{
    static const size_t upconv[] = { 16, 32, 64, 128, 128, 256 },
                        vgg[] = { 32, 32, 64, 64, 128, 128 };
    char key[UP_MOST_KEY];
    const size_t *widths = is_upconv(b, group) ? upconv : vgg;
    for (int i = 0; i < LAST / 2; i++)
        if (up_part_kernel(b, "%s", up_part_key(key, group, 2 * i))->shape[0] != widths[i])
            return false;
    return true;
}

static bool is(const up_network_builder *b)
{
    char key[UP_MOST_KEY];
    const char *group = group_of(b);
    for (int i = 0; i <= LAST; i += 2) {
        const bool upconv = i == LAST && is_upconv(b, group);
        if (up_part_weight(b, "%s", up_part_key(key, group, i + 1)) ||
            !up_block_is_kernel(b, upconv ? 4 : 3, "%s", up_part_key(key, group, i)))
            return false;
    }
    return up_part_last_number(b, group) == LAST && (*group || is_wide(b, group));
}

static up_status read(up_network_builder *b)
{
    static const up_padding around = { .amount = { 7, 7, 7, 7 }, .mode = UP_PAD_REPLICATE };
    char key[UP_MOST_KEY];
    const char *group = group_of(b);
    int x = UP_NETWORK_INPUT;
    if (!is_upconv(b, group))
        b->network->family = "waifu2x vgg_7";
    UP_TRY(up_part_start(b, "%s", up_part_key(key, group, 0)));
    if (!*group)
        UP_TRY(up_part_layer(b, &x, &up_layer_pad, &around));
    for (int i = 0; i < LAST; i += 2) {
        UP_TRY(up_block_reduce(b, &x, 3, 1, "%s", up_part_key(key, group, i)));
        UP_TRY(up_part_leaky(b, &x, 0.1f));
    }
    up_part_key(key, group, LAST);
    return is_upconv(b, group) ? up_block_enlarge(b, &x, 4, 2, 3, "%s", key)
                               : up_block_reduce(b, &x, 3, 1, "%s", key);
}

const up_network_family up_family_waifu2x = { "waifu2x upconv_7", is, read, false };
