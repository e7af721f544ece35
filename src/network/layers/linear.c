/* SPDX-License-Identifier: MIT */
/* Each sample times a factor and plus an offset, and clipped. */

#include "network/layers.h"

#include "network/build/builder.h"

#include "base/memory.h"
#include "pipeline/add_ops.h"

#include <math.h>
#include <string.h>

static up_status check_clip(up_network_builder *builder, up_network_node *node)
{
    const up_clip *clip = node->fields;
    return clip->low <= clip->high ? UP_OK
                                   : up_network_refuse(builder, node, "\"min\" is above max");
}

static up_status build_clip(const up_network_build *build, const up_network_node *node,
                            const int *in, int *to)
{
    const up_clip *clip = node->fields;
    const float limits[2] = { clip->low, clip->high };
    return up_add_point(build->graph, in[0], -1, &up_point_clip, limits, 2, to, build->error);
}

const up_layer_kind up_layer_clip = {
    .name = "clip",
    .least_inputs = 1,
    .most_inputs = 1,
    .fields_size = sizeof(up_clip),
    .defaults = &(const up_clip){ -INFINITY, INFINITY },
    .field =
        (const up_layer_field[]){
            UP_FIELD("min", UP_FIELD_NUMBER, up_clip, low),
            UP_FIELD("max", UP_FIELD_NUMBER, up_clip, high),
            UP_LAST_FIELD,
        },
    .check = check_clip,
    .build = build_clip,
};

/* One for each channel, of which there may be only one for all. */
static up_status spread(up_network_builder *builder, const up_network_node *node, up_values *values,
                        float otherwise)
{
    const size_t channels = (size_t)node->in_channels;
    const up_values given = *values;
    float *each;
    if (given.value && given.count != 1 && given.count != channels)
        return up_network_refuse(builder, node, "has %zu numbers for %d channels", given.count,
                                 node->in_channels);
    if (given.value && given.count == channels)
        return UP_OK;
    UP_TRY(up_network_new_values(builder, 1, &channels, values, &each));
    for (size_t c = 0; c < channels; c++)
        each[c] = given.value ? given.value[0] : otherwise;
    return UP_OK;
}

static up_status check_affine(up_network_builder *builder, up_network_node *node)
{
    UP_TRY(spread(builder, node, &node->weight, 1));
    return spread(builder, node, &node->bias, 0);
}

static up_status build_affine(const up_network_build *build, const up_network_node *node,
                              const int *in, int *to)
{
    const int channels = node->channels;
    float *parameter = up_alloc(channels, 2 * sizeof *parameter);
    if (!parameter)
        return up_fail_memory(build->error, "factors", channels * 2 * sizeof *parameter);
    memcpy(parameter, node->weight.value, channels * sizeof *parameter);
    memcpy(parameter + channels, node->bias.value, channels * sizeof *parameter);
    up_status status = up_add_point(build->graph, in[0], -1, &up_point_affine_channels, parameter,
                                    2 * channels, to, build->error);
    up_free(parameter);
    return status;
}

const up_layer_kind up_layer_affine = {
    .name = "affine",
    .least_inputs = 1,
    .most_inputs = 1,
    .field =
        (const up_layer_field[]){
            UP_NODE_FIELD("scale", UP_FIELD_WEIGHT),
            UP_NODE_FIELD("offset", UP_FIELD_BIAS),
            UP_LAST_FIELD,
        },
    .check = check_affine,
    .build = build_affine,
};
