/* SPDX-License-Identifier: MIT */
/* CARN and CARN-M, which convolves in groups and uses one block of each cascade three times. White
 * is 1; the mean shift is in the file. A file for several scales is run for that which is asked
 * for.
 */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#include <stdio.h>

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "entry") && up_part_kernel(b, "b1.b1.body.0") &&
           up_part_kernel(b, "b1.c1.body.0");
}

/* 3x3, in as many groups as the weight says, and ReLU. */
static up_status add_grouped(up_network_builder *b, int *x, const char *key)
{
    const up_tensor *weight = up_part_kernel(b, "%s", key);
    const size_t channels = (size_t)up_network_shape(b->network, *x).channels;
    up_convolution conv = { .groups = 1, .padding = { 1, 1, 1, 1 } };
    if (!weight || weight->shape[1] == 0 || weight->shape[1] >= channels)
        return up_block_conv_leaky(b, x, 3, 0, "%s", key);
    conv.groups = (int)(channels / weight->shape[1]);
    UP_TRY(up_part_convolution(b, x, &up_layer_conv2d, &conv, "%s", key));
    return up_part_layer(b, x, &up_layer_relu, NULL);
}

/* CARN: conv, ReLU, conv; CARN-M: twice in groups with ReLU, then 1x1. Adds its input; ReLU. */
static up_status add_step(up_network_builder *b, int *x, const char *key)
{
    char at[UP_MOST_KEY];
    const int before = *x;
    const bool mobile = up_part_weight(b, "%s.body.4", key);
    for (int i = 0; i <= (mobile ? 2 : 0); i += 2) {
        up_part_name(at, "%s.body.%d", key, i);
        UP_TRY(add_grouped(b, x, at));
    }
    UP_TRY(mobile ? up_block_conv(b, x, 1, "%s.body.4", key)
                  : up_block_conv(b, x, 3, "%s.body.2", key));
    UP_TRY(up_part_add(b, x, before));
    return up_part_layer(b, x, &up_layer_relu, NULL);
}

/* Three steps, each followed by a fusion of all there is so far; PREFIX is "" or "bN.". */
static up_status add_cascade(up_network_builder *b, int *x, const char *prefix, bool outer)
{
    char key[UP_MOST_KEY];
    int made[4] = { *x };
    for (int step = 1; step <= 3; step++) {
        made[step] = *x;
        up_part_name(key, "%sb%d", prefix, step);
        if (outer) {
            up_part_name(key, "b%d.", step);
            UP_TRY(add_cascade(b, &made[step], key, false));
        } else {
            const bool own = up_part_weight(b, "%s.body.0", key);
            if (!own)
                up_part_name(key, "%sb1", prefix);
            UP_TRY(add_step(b, &made[step], key));
        }
        UP_TRY(up_part_concat(b, x, made, step + 1));
        UP_TRY(up_block_conv_leaky(b, x, 1, 0, "%sc%d.body.0", prefix, step));
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- scales */

/* The one scale that is there, or 0. */
static int only_scale(const up_network_builder *b)
{
    int count = 0, only = 0;
    for (int scale = 2; scale <= 4; scale++)
        if (up_part_weight(b, "upsample.up%d.body.0", scale)) {
            only = scale;
            count++;
        }
    return count == 1 ? only : 0;
}

static up_status refuse_scale(const up_network_builder *b, int asked)
{
    char there[64] = "";
    size_t used = 0;
    for (int scale = 2; scale <= 4; scale++)
        if (up_part_weight(b, "upsample.up%d.body.0", scale))
            used += (size_t)snprintf(there + used, sizeof there - used, "%s%d", used ? ", " : "",
                                     scale);
    if (asked)
        return up_network_fail(b, "this %s has weights for the scales %s, not for %d",
                               b->network->family, there, asked);
    return up_network_fail(b, "this %s has weights for several scales: give --scale (%s)",
                           b->network->family, there);
}

static void ignore_other_scales(up_network_builder *b, int wanted)
{
    static const char *const suffixes[] = { "weight", "bias" };
    for (int scale = 2; scale <= 4; scale++)
        for (int i = 0; scale != wanted && i < 4; i++) {
            const up_tensor *other =
                up_part_tensor(b, suffixes[i % 2], "upsample.up%d.body.%d", scale, i / 2 * 3);
            if (other)
                up_network_ignore(b, other);
        }
}

static up_status add_upsample(up_network_builder *b, int *x)
{
    char name[UP_MOST_KEY] = "upsample.up", key[UP_MOST_KEY];
    const int channels = up_network_shape(b->network, *x).channels;
    if (!up_part_weight(b, "upsample.up.body.0")) {
        int scale[2] = { b->hints->scale, b->hints->scale };
        const int only = only_scale(b);
        UP_TRY(up_stated_pair(b->file, "upscale.scale", 1, scale, b->error));
        scale[0] = only ? only : scale[0];
        if (!up_part_weight(b, "upsample.up%d.body.0", scale[0]))
            return refuse_scale(b, scale[0]);
        ignore_other_scales(b, scale[0]);
        up_part_name(name, "upsample.up%d", scale[0]);
    }
    for (int i = 0; up_part_weight(b, "%s.body.%d", name, i); i += 3) {
        up_part_name(key, "%s.body.%d", name, i);
        UP_TRY(add_grouped(b, x, key));
        UP_TRY(up_part_shuffle_to(b, x, channels));
    }
    return UP_OK;
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT;
    if (!up_part_weight(b, "b1.b2.body.0"))
        b->network->family = "CARN-M";
    UP_TRY(up_part_start(b, "entry"));
    UP_TRY(up_block_conv(b, &x, 1, "sub_mean.shifter"));
    UP_TRY(up_block_conv(b, &x, 3, "entry"));
    UP_TRY(add_cascade(b, &x, "", true));
    UP_TRY(add_upsample(b, &x));
    UP_TRY(up_block_conv(b, &x, 3, "exit"));
    return up_block_conv(b, &x, 1, "add_mean.shifter");
}

const up_network_family up_family_carn = { "CARN", is, read, false };
