/* Pixels put around a plane, and taken away. */
#include "base/memory.h"
#include "network/build.h"
#include "network/layers.h"
#include "network/sizes.h"
#include "ops/arrange.h"

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

static up_positions reach(const up_network *network, const up_network_node *node, int input,
                          int axis, up_positions out)
{
    const int64_t shift = sign_of(node) * ((const up_padding *)node->fields)->amount[axis];
    (void)network;
    (void)input;
    return (up_positions){ out.first - shift, out.last - shift };
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_padding *pad = node->fields;
    const up_shape *shape = up_graph_shape(build->graph, in[0]);
    const int sign = sign_of(node), *amount = pad->amount;
    up_op *op;
    UP_TRY(up_crop_plan(&op, shape, -sign * amount[1], -sign * amount[0],
                        shape->width + sign * (amount[1] + amount[3]),
                        shape->height + sign * (amount[0] + amount[2]), up_edge_of(pad->mode),
                        build->error));
    return up_graph_add(build->graph, op, in, to, build->error);
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
