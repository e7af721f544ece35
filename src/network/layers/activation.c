/* Functions of a sample, but for its channel. */
#include "network/build.h"
#include "network/builder.h"
#include "network/layers.h"

#include "base/memory.h"
#include "pipeline/add_ops.h"

#include <math.h>
#include <string.h>

static up_status add_bounds(const up_network_build *build, const up_network_node *node, int *to)
{
    if (!node->bounds)
        return UP_OK;
    return up_add_point(build->graph, *to, -1, &up_point_clip_channels, node->bounds,
                        2 * node->channels, to, build->error);
}

static up_status add_point(const up_network_build *build, const up_network_node *node,
                           const up_point *point, const float *parameter, int count, int from,
                           int *to)
{
    UP_TRY(up_add_point(build->graph, from, -1, point, parameter, count, to, build->error));
    return add_bounds(build, node, to);
}

#define ONE_INPUT .least_inputs = 1, .most_inputs = 1

/* ---------------------------------------------------------------- slopes */

static up_status check_prelu(up_network_builder *builder, up_network_node *node)
{
    const size_t channels = (size_t)node->in_channels;
    const up_values given = node->weight;
    float *slopes;
    if (given.dims > 1 || (given.count != 1 && given.count != channels))
        return up_network_refuse(builder, node,
                                 "has %zu slopes, but it needs one, or one for each of %d channels",
                                 given.count, node->in_channels);
    if (given.count == channels)
        return UP_OK;
    UP_TRY(up_network_new_values(builder, 1, &channels, &node->weight, &slopes));
    for (size_t c = 0; c < channels; c++)
        slopes[c] = given.value[0];
    return UP_OK;
}

bool up_layer_has_slopes(const up_network_node *node)
{
    return node->kind == &up_layer_prelu || node->kind == &up_layer_leaky_relu ||
           node->kind == &up_layer_relu;
}

up_status up_layer_slopes(float **slopes, const up_network_node *node, up_error *error)
{
    const int channels = node->channels;
    const up_leaky_relu *leaky = node->fields;
    *slopes = up_alloc(channels, sizeof **slopes);
    if (!*slopes)
        return up_fail_memory(error, "slopes", channels * sizeof **slopes);
    for (int c = 0; c < channels; c++)
        (*slopes)[c] = node->kind == &up_layer_prelu ? node->weight.value[c]
                       : leaky                       ? leaky->slope
                                                     : 0;
    return UP_OK;
}

static up_status build_slopes(const up_network_build *build, const up_network_node *node,
                              const int *in, int *to)
{
    float *slopes;
    UP_TRY(up_layer_slopes(&slopes, node, build->error));
    up_status status = add_point(build, node, &up_point_prelu, slopes, node->channels, in[0], to);
    up_free(slopes);
    return status;
}

#define BOUNDS UP_NODE_FIELD("min", UP_FIELD_LEAST), UP_NODE_FIELD("max", UP_FIELD_GREATEST)

static const up_layer_field bounds_alone[] = { BOUNDS, UP_LAST_FIELD };

const up_layer_kind up_layer_prelu = {
    .name = "prelu",
    .tensors = UP_WEIGHT,
    ONE_INPUT,
    .activation = true,
    .field = bounds_alone,
    .check = check_prelu,
    .build = build_slopes,
};

const up_layer_kind up_layer_leaky_relu = {
    .name = "leaky_relu",
    ONE_INPUT,
    .activation = true,
    .fields_size = sizeof(up_leaky_relu),
    .defaults = &(const up_leaky_relu){ 0.01f },
    .field =
        (const up_layer_field[]){
            UP_FIELD("slope", UP_FIELD_NUMBER, up_leaky_relu, slope),
            BOUNDS,
            UP_LAST_FIELD,
        },
    .build = build_slopes,
};

const up_layer_kind up_layer_relu = {
    .name = "relu",
    ONE_INPUT,
    .activation = true,
    .field = bounds_alone,
    .build = build_slopes,
};

/* ---------------------------------------------------------------- without parameters */

static up_status build_plain(const up_network_build *build, const up_network_node *node,
                             const int *in, int *to)
{
    static const struct {
        const up_layer_kind *kind;
        const up_point *point;
    } points[] = {
        { &up_layer_tanh, &up_point_tanh },
        { &up_layer_sigmoid, &up_point_sigmoid },
    };
    int i = 0;
    while (points[i].kind != node->kind)
        i++;
    return add_point(build, node, points[i].point, NULL, 0, in[0], to);
}

#define PLAIN(text)                                                                                \
    {                                                                                              \
        .name = text, ONE_INPUT, .activation = true, .field = bounds_alone, .build = build_plain   \
    }

const up_layer_kind up_layer_tanh = PLAIN("tanh"), up_layer_sigmoid = PLAIN("sigmoid");

/* ---------------------------------------------------------------- clip, affine */

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
    return add_point(build, node, &up_point_clip, limits, 2, in[0], to);
}

const up_layer_kind up_layer_clip = {
    .name = "clip",
    ONE_INPUT,
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
    up_status status =
        add_point(build, node, &up_point_affine_channels, parameter, 2 * channels, in[0], to);
    up_free(parameter);
    return status;
}

const up_layer_kind up_layer_affine = {
    .name = "affine",
    ONE_INPUT,
    .field =
        (const up_layer_field[]){
            UP_NODE_FIELD("scale", UP_FIELD_WEIGHT),
            UP_NODE_FIELD("offset", UP_FIELD_BIAS),
            UP_LAST_FIELD,
        },
    .check = check_affine,
    .build = build_affine,
};
