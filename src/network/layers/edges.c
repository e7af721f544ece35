/* SPDX-License-Identifier: MIT */
/* Pixels put around a plane, and taken away. */

#include "network/layers.h"

#include "base/memory.h"
#include "network/build/sizes.h"
#include "network/layers/layer_parts.h"
#include "ops/arrange/slice.h"

const char *const up_pad_mode_names[] = { "zeros", "replicate", "reflect", NULL };

up_edge up_edge_of(up_pad_mode mode)
{
    return mode == UP_PAD_ZEROS       ? UP_EDGE_ZERO
           : mode == UP_PAD_REPLICATE ? UP_EDGE_CLAMP
                                      : UP_EDGE_REFLECT;
}

static int sign_of(const up_network_node *node)
{
    return node->kind == &up_layer_crop ? -1 : 1;
}

static up_status check(up_network_builder *builder, up_network_node *node)
{
    const up_padding *pad = node->fields;
    for (int axis = 0; axis < 2; axis++) {
        const int64_t more = (int64_t)pad->amount[axis] + pad->amount[2 + axis];
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], 1, sign_of(node) * more, 1));
        if (sign_of(node) > 0 && pad->mode == UP_PAD_REFLECT)
            node->least[axis] = up_max(pad->amount[axis], pad->amount[2 + axis]) + 1;
    }
    return UP_OK;
}

static up_extent reach(const up_network *network, const up_network_node *node, int input, int axis,
                       up_extent out)
{
    const int64_t shift = sign_of(node) * ((const up_padding *)node->fields)->amount[axis];
    (void)network;
    (void)input;
    return (up_extent){ out.first - shift, out.last - shift };
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_padding *pad = node->fields;
    int amount[4];
    for (int side = 0; side < 4; side++)
        amount[side] = sign_of(node) * pad->amount[side];
    return UP_ADD_OP(build->graph, in[0], to, build->error, up_pad_plan, amount, amount + 2,
                     up_edge_of(pad->mode), pad->value);
}

#define AMOUNT                                                                                     \
    {                                                                                              \
        "amount", UP_FIELD_SIDES, offsetof(up_padding, amount), .required = true                   \
    }

const up_layer_kind up_layer_pad = {
    .name = "pad",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_padding),
    .field =
        (const up_layer_field[]){
            AMOUNT,
            UP_FIELD("mode", UP_FIELD_CHOICE, up_padding, mode, .names = up_pad_mode_names),
            UP_FIELD("value", UP_FIELD_NUMBER, up_padding, value),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};

const up_layer_kind up_layer_crop = {
    .name = "crop",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_padding),
    .field = (const up_layer_field[]){ AMOUNT, UP_LAST_FIELD },
    .check = check,
    .reach = reach,
    .build = build,
};

static up_status check_slice(up_network_builder *builder, up_network_node *node)
{
    const up_slice *slice = node->fields;
    for (int axis = 0; axis < 2; axis++)
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], 1,
                            slice->step[axis] - 1 - slice->first[axis], slice->step[axis]));
    return UP_OK;
}

static up_extent reach_slice(const up_network *network, const up_network_node *node, int input,
                             int axis, up_extent out)
{
    const up_slice *slice = node->fields;
    const int64_t first = slice->first[axis], step = slice->step[axis];
    (void)network;
    (void)input;
    return (up_extent){ first + out.first * step, first + out.last * step };
}

static up_status build_slice(const up_network_build *build, const up_network_node *node,
                             const int *in, int *to)
{
    const up_slice *slice = node->fields;
    const up_shape *from = up_graph_shape(build->graph, in[0]);
    const int size[2] = { from->height, from->width };
    int count[2];
    for (int axis = 0; axis < 2; axis++)
        count[axis] = (size[axis] - slice->first[axis] + slice->step[axis] - 1) / slice->step[axis];
    return UP_ADD_OP(build->graph, in[0], to, build->error, up_slice_plan, slice->first,
                     slice->step, count);
}

const up_layer_kind up_layer_slice = {
    .name = "slice",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_slice),
    .defaults = &(const up_slice){ .step = { 1, 1 } },
    .field =
        (const up_layer_field[]){
            UP_FIELD("first", UP_FIELD_PAIR, up_slice, first),
            UP_FIELD("step", UP_FIELD_PAIR, up_slice, step, .least = 1),
            UP_LAST_FIELD,
        },
    .check = check_slice,
    .reach = reach_slice,
    .build = build_slice,
};
