/* Channels that become pixels. */
#include "network/layers.h"
#include "network/sizes.h"
#include "ops/arrange.h"

static up_status check(up_network_builder *builder, up_network_node *node)
{
    const int factor = ((const up_shuffle *)node->fields)->factor;
    const int64_t cell = (int64_t)factor * factor;
    if (node->in_channels % cell)
        return up_network_refuse(builder, node, "%d channels cannot be shuffled by factor %d",
                                 node->in_channels, factor);
    node->channels = (int)(node->in_channels / cell);
    for (int axis = 0; axis < 2; axis++)
        UP_TRY(up_size_axis(builder, node, axis, node->size[axis], factor, 0, 1));
    return UP_OK;
}

static up_positions reach(const up_network *network, const up_network_node *node, int input,
                          int axis, up_positions out)
{
    const int factor = ((const up_shuffle *)node->fields)->factor;
    (void)network;
    (void)input;
    (void)axis;
    return (up_positions){ up_floor_div(out.first, factor), up_floor_div(out.last, factor) };
}

static up_status build(const up_network_build *build, const up_network_node *node, const int *in,
                       int *to)
{
    const up_shuffle *shuffle = node->fields;
    up_op *op;
    UP_TRY(
        up_shuffle_plan(&op, up_graph_shape(build->graph, in[0]), shuffle->factor, build->error));
    return up_graph_add(build->graph, op, in, to, build->error);
}

const up_layer_kind up_layer_pixel_shuffle = {
    .name = "pixel_shuffle",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_shuffle),
    .field =
        (const up_layer_field[]){
            UP_FIELD("factor", UP_FIELD_COUNT, up_shuffle, factor, .least = 1, .required = true),
            UP_LAST_FIELD,
        },
    .check = check,
    .reach = reach,
    .build = build,
};
