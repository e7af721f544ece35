/* SPDX-License-Identifier: MIT */
/* Channels that become pixels, and back. */

#include "network/layers.h"

#include "base/floor.h"
#include "network/build/sizes.h"
#include "ops/arrange/shuffle.h"

static int factor_of(const up_network_node *node)
{
    return ((const up_shuffle *)node->fields)->factor;
}

static up_status check_shuffle(up_network_builder *builder, up_network_node *node)
{
    const int64_t factor = factor_of(node), cell = factor * factor;
    if (node->in_channels % cell)
        return up_network_refuse(builder, node, "%d channels cannot be shuffled by factor %d",
                                 node->in_channels, (int)factor);
    node->channels = (int)(node->in_channels / cell);
    for (int axis = 0; axis < 2; axis++)
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], (int)factor, 0, 1));
    return UP_OK;
}

static up_extent reach_shuffle(const up_network *network, const up_network_node *node, int input,
                               int axis, up_extent out)
{
    const int factor = factor_of(node);
    (void)network;
    (void)input;
    (void)axis;
    return (up_extent){ up_floor_div(out.first, factor), up_floor_div(out.last, factor) };
}

static up_status check_unshuffle(up_network_builder *builder, up_network_node *node)
{
    const int64_t factor = factor_of(node), channels = node->in_channels * factor * factor;
    if (factor > UP_MOST_PARAMETER || channels > UP_MOST_PARAMETER)
        return up_network_refuse(builder, node, "makes too many channels");
    node->channels = (int)channels;
    for (int axis = 0; axis < 2; axis++)
        UP_TRY(up_size_divide(builder, node, axis, node->size[axis], (int)factor));
    return UP_OK;
}

static up_extent reach_unshuffle(const up_network *network, const up_network_node *node, int input,
                                 int axis, up_extent out)
{
    const int factor = factor_of(node);
    (void)network;
    (void)input;
    (void)axis;
    return (up_extent){ out.first * factor, out.last * factor + factor - 1 };
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_shuffle *shuffle = node->fields;
    const up_cell_order order =
        shuffle->order == UP_SHUFFLE_PIXEL_LAST ? UP_CELLS_INSIDE : UP_CELLS_OUTSIDE;
    const bool back = node->kind == &up_layer_pixel_unshuffle;
    return UP_ADD_OP(build->graph, in[0], to, build->error,
                     (back ? up_unshuffle_plan : up_shuffle_plan), shuffle->factor, order);
}

static const char *const order_names[] = { "pixel_last", "pixel_first", NULL };

static const up_layer_field fields[] = {
    UP_FIELD("factor", UP_FIELD_COUNT, up_shuffle, factor, .least = 1, .required = true),
    UP_FIELD("order", UP_FIELD_CHOICE, up_shuffle, order, .names = order_names),
    UP_LAST_FIELD,
};

const up_layer_kind up_layer_pixel_shuffle = {
    .name = "pixel_shuffle",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_shuffle),
    .field = fields,
    .check = check_shuffle,
    .reach = reach_shuffle,
    .build = build,
};

const up_layer_kind up_layer_pixel_unshuffle = {
    .name = "pixel_unshuffle",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_shuffle),
    .field = fields,
    .check = check_unshuffle,
    .reach = reach_unshuffle,
    .build = build,
};
