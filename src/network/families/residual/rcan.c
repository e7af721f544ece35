/* SPDX-License-Identifier: MIT */
/* RCAN, in the spelling of its authors and in that of BasicSR: see edsr_frame.h. Its attention is
 * to the mean of the whole picture. */

#include "network/families/family.h"

#include "network/parts/edsr_frame.h"

/* Keys of a group: its block N is GROUP BLOCKS N BLOCK .0, .2 and ATTENTION. */
typedef struct {
    const char *blocks, *block, *attention, *first, *second;
} spelling;

static const spelling spellings[] = {
    { "residual_group", "rcab", "3.attention", "1", "3" },
    { "body", "body", "3.conv_du", "0", "2" },
};

static const spelling *find(const up_network_builder *b)
{
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const spelling *s = &spellings[i];
        if (up_part_kernel(b, "body.0.%s.0.%s.%s.%s", s->blocks, s->block, s->attention, s->first))
            return s;
    }
    return NULL;
}

static bool is(const up_network_builder *b)
{
    return find(b);
}

static up_status add_block(up_network_builder *b, int *x, const spelling *s, const char *key)
{
    const int before = *x;
    UP_TRY(up_block_conv_leaky(b, x, 3, 0, "%s.%s.0", key, s->block));
    UP_TRY(up_block_conv(b, x, 3, "%s.%s.2", key, s->block));
    UP_TRY(up_block_attention(b, x, &up_layer_global_average_pool, s->first, s->second, "%s.%s.%s",
                              key, s->block, s->attention));
    return up_block_residual(b, x, before, up_block_residual_scale(b, 1));
}

static up_status add_group(up_network_builder *b, int *x, const spelling *s, int group)
{
    char key[UP_MOST_KEY];
    const int before = *x;
    int blocks = 0;
    while (up_part_weight(b, "body.%d.%s.%d.%s.0", group, s->blocks, blocks, s->block)) {
        up_part_name(key, "body.%d.%s.%d", group, s->blocks, blocks++);
        UP_TRY(add_block(b, x, s, key));
    }
    UP_TRY(s == spellings ? up_block_conv(b, x, 3, "body.%d.conv", group)
                          : up_block_conv(b, x, 3, "body.%d.body.%d", group, blocks));
    return up_part_add(b, x, before);
}

static up_status read(up_network_builder *b)
{
    const spelling *s = find(b);
    up_edsr_frame frame;
    int x = UP_NETWORK_INPUT, groups = 0;
    UP_TRY(up_edsr_begin(b, &x, s != spellings, &frame));
    for (; up_part_weight(b, "body.%d.%s.0.%s.0", groups, s->blocks, s->block); groups++)
        UP_TRY(add_group(b, &x, s, groups));
    return up_edsr_end(b, &x, &frame, groups);
}

const up_network_family up_family_rcan = { "RCAN", is, read, false };
