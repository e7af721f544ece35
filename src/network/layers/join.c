/* Layers of several inputs, and of some channels of one. */
#include "network/layers.h"
#include "network/sizes.h"
#include "pipeline/add_ops.h"

static up_status check_sizes(up_network_builder *builder, const up_network_node *node)
{
    for (int i = 1; i < node->inputs; i++) {
        const up_layer_shape other = up_network_shape(builder->network, node->input[i]);
        if (!up_size_equal(node->size, other.size))
            return up_network_refuse(builder, node, "joins pictures of different size");
    }
    return UP_OK;
}

static up_status check_add(up_network_builder *builder, up_network_node *node)
{
    for (int i = 1; i < node->inputs; i++) {
        const int channels = up_network_shape(builder->network, node->input[i]).channels;
        if (channels != node->channels)
            return up_network_refuse(builder, node, "%d channels cannot be added to %d", channels,
                                     node->channels);
    }
    return check_sizes(builder, node);
}

static up_status build_add(const up_network_build *build, const up_network_node *node,
                           const int *in, int *to)
{
    *to = in[0];
    for (int i = 1; i < node->inputs; i++)
        UP_TRY(up_add_point(build->graph, *to, in[i], &up_point_add, NULL, 0, to, build->error));
    return UP_OK;
}

const up_layer_kind up_layer_add = {
    .name = "add",
    .least_inputs = 2,
    .most_inputs = UP_ANY_INPUTS,
    .check = check_add,
    .build = build_add,
};

static up_status check_concat(up_network_builder *builder, up_network_node *node)
{
    int64_t channels = 0;
    for (int i = 0; i < node->inputs; i++)
        channels += up_network_shape(builder->network, node->input[i]).channels;
    if (channels > INT_MAX)
        return up_network_refuse(builder, node, "more than 65536 channels");
    node->channels = (int)channels;
    return check_sizes(builder, node);
}

static up_status build_concat(const up_network_build *build, const up_network_node *node,
                              const int *in, int *to)
{
    return up_graph_add_concat(build->graph, in, node->inputs, to, build->error);
}

const up_layer_kind up_layer_concat = {
    .name = "concat",
    .least_inputs = 2,
    .most_inputs = UP_ANY_INPUTS,
    .check = check_concat,
    .build = build_concat,
};

static up_status check_channels(up_network_builder *builder, up_network_node *node)
{
    const up_channels *some = node->fields;
    if (some->count < 1 || some->first < 0 || some->first > node->in_channels - some->count)
        return up_network_refuse(builder, node, "there are no channels %d to %d among %d",
                                 some->first, some->first + some->count - 1, node->in_channels);
    node->channels = some->count;
    return UP_OK;
}

static up_status build_channels(const up_network_build *build, const up_network_node *node,
                                const int *in, int *to)
{
    const up_channels *some = node->fields;
    return up_add_select(build->graph, in[0], some->first, some->count, to, build->error);
}

const up_layer_kind up_layer_channels = {
    .name = "channels",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_channels),
    .field =
        (const up_layer_field[]){
            UP_FIELD("first", UP_FIELD_COUNT, up_channels, first),
            UP_FIELD("count", UP_FIELD_COUNT, up_channels, count, .least = 1, .required = true),
            UP_LAST_FIELD,
        },
    .check = check_channels,
    .build = build_channels,
};
