/* SPDX-License-Identifier: MIT */
/* Layers of several inputs, and of some channels of one. */

#include "network/layers.h"

#include "network/build/sizes.h"
#include "network/layers/layer_parts.h"

#include "ops/point/arithmetic.h"
#include "pipeline/add_ops.h"

#include <string.h>

/* ---------------------------------------------------------------- arithmetic */

/* Channels and size of what two tensors make: one of 1x1 pixels, or of one channel, counts for all.
 */
static up_status meet(up_network_builder *builder, const up_network_node *node,
                      const up_layer_shape *other, up_layer_shape *all)
{
    const bool spread = up_is_whole(other), spreads = up_is_whole(all);
    if (other->channels != all->channels && other->channels != 1 && all->channels != 1)
        return up_network_refuse(builder, node, "%d channels do not go with %d", other->channels,
                                 all->channels);
    if (!spread && !spreads && !up_size_equal(all->size, other->size))
        return up_network_refuse(builder, node, "joins pictures of different size");
    all->channels = all->channels == 1 ? other->channels : all->channels;
    if (spreads)
        memcpy(all->size, other->size, sizeof all->size);
    return UP_OK;
}

static up_status check_arithmetic(up_network_builder *builder, up_network_node *node)
{
    up_layer_shape all = { node->channels, { node->size[0], node->size[1] } };
    for (int i = 1; i < node->inputs; i++) {
        const up_layer_shape other = up_network_shape(builder->network, node->input[i]);
        UP_TRY(meet(builder, node, &other, &all));
    }
    node->channels = all.channels;
    memcpy(node->size, all.size, sizeof all.size);
    return UP_OK;
}

static const struct {
    const up_layer_kind *kind;
    const up_point *point;
    up_join_one *one; /* with a plane of 1x1 pixels */
} joins[] = {
    { &up_layer_add, &up_point_add, up_join_add_one },
    { &up_layer_mul, &up_point_multiply, up_join_multiply_one },
    { &up_layer_sub, &up_point_subtract, up_join_subtract_one },
    { &up_layer_div, &up_point_divide, up_join_divide_one },
    { &up_layer_minimum, &up_point_minimum, up_join_minimum_one },
    { &up_layer_maximum, &up_point_maximum, up_join_maximum_one },
};

static bool is_one(const up_shape *shape)
{
    return shape->width == 1 && shape->height == 1;
}

static up_status build_two(const up_network_build *build, const up_network_node *node, int a, int b,
                           int *to)
{
    const bool first = is_one(up_graph_shape(build->graph, a));
    int i = 0;
    while (joins[i].kind != node->kind)
        i++;
    if (first != is_one(up_graph_shape(build->graph, b)))
        return joins[i].one(build, a, b, first, to);
    return up_add_pair(build->graph, a, b, joins[i].point, to, build->error);
}

static up_status build_arithmetic(const up_network_build *build, const up_network_node *node,
                                  const int *in, int *to)
{
    *to = in[0];
    for (int i = 1; i < node->inputs; i++)
        UP_TRY(build_two(build, node, *to, in[i], to));
    return UP_OK;
}

#define ARITHMETIC(text, most)                                                                     \
    {                                                                                              \
        .name = text, .least_inputs = 2, .most_inputs = most, .check = check_arithmetic,           \
        .build = build_arithmetic                                                                  \
    }

const up_layer_kind up_layer_add = ARITHMETIC("add", UP_ANY_INPUTS);
const up_layer_kind up_layer_mul = ARITHMETIC("mul", UP_ANY_INPUTS);
const up_layer_kind up_layer_minimum = ARITHMETIC("minimum", UP_ANY_INPUTS);
const up_layer_kind up_layer_maximum = ARITHMETIC("maximum", UP_ANY_INPUTS);
const up_layer_kind up_layer_sub = ARITHMETIC("sub", 2), up_layer_div = ARITHMETIC("div", 2);

/* ---------------------------------------------------------------- channels */

static up_status check_concat(up_network_builder *builder, up_network_node *node)
{
    int64_t channels = 0;
    for (int i = 0; i < node->inputs; i++) {
        const up_layer_shape in = up_network_shape(builder->network, node->input[i]);
        channels += in.channels;
        if (!up_size_equal(node->size, in.size))
            return up_network_refuse(builder, node, "joins pictures of different size");
    }
    if (channels > UP_MOST_PARAMETER)
        return up_network_refuse(builder, node, "more than 65536 channels");
    node->channels = (int)channels;
    return UP_OK;
}

static up_status build_concat(const up_network_build *build, const up_network_node *node,
                              const int *in, int *to)
{
    return up_graph_add_concat(build->graph, in, node->inputs, to, build->error);
}

const up_layer_kind up_layer_concat = {
    .name = "concat",
    .least_inputs = 1,
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
