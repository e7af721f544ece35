/* SPDX-License-Identifier: MIT */
/* Functions of a sample, but for its channel. */

#include "network/layers.h"

#include "network/build/builder.h"
#include "network/layers/layer_parts.h"

#include "base/memory.h"
#include "ops/point/activation.h"
#include "pipeline/add_ops.h"

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

typedef struct {
    const up_layer_kind *kind;
    const up_point *point;
} plain;

static const plain plains[] = {
    { &up_layer_tanh, &up_point_tanh },         { &up_layer_sigmoid, &up_point_sigmoid },
    { &up_layer_silu, &up_point_silu },         { &up_layer_mish, &up_point_mish },
    { &up_layer_softplus, &up_point_softplus }, { &up_layer_exp, &up_point_exp },
    { &up_layer_log, &up_point_log },           { &up_layer_sqrt, &up_point_sqrt },
    { &up_layer_abs, &up_point_abs },           { &up_layer_erf, &up_point_erf },
    { &up_layer_softmax, &up_point_softmax },   { &up_layer_reciprocal, &up_point_reciprocal },
};

static up_status build_plain(const up_network_build *build, const up_network_node *node,
                             const int *in, int *to)
{
    const plain *found = plains;
    while (found->kind != node->kind)
        found++;
    return add_point(build, node, found->point, NULL, 0, in[0], to);
}

#define PLAIN(text)                                                                                \
    {                                                                                              \
        .name = text, ONE_INPUT, .activation = true, .field = bounds_alone, .build = build_plain   \
    }

const up_layer_kind up_layer_tanh = PLAIN("tanh"), up_layer_sigmoid = PLAIN("sigmoid"),
                    up_layer_silu = PLAIN("silu"), up_layer_mish = PLAIN("mish"),
                    up_layer_softplus = PLAIN("softplus"), up_layer_exp = PLAIN("exp"),
                    up_layer_log = PLAIN("log"), up_layer_sqrt = PLAIN("sqrt"),
                    up_layer_abs = PLAIN("abs"), up_layer_erf = PLAIN("erf"),
                    up_layer_softmax = PLAIN("softmax"), up_layer_reciprocal = PLAIN("reciprocal");

/* ---------------------------------------------------------------- with numbers */

static up_status build_gelu(const up_network_build *build, const up_network_node *node,
                            const int *in, int *to)
{
    const up_gelu *gelu = node->fields;
    const up_point *point = gelu->tanh ? &up_point_gelu_tanh : &up_point_gelu;
    return add_point(build, node, point, NULL, 0, in[0], to);
}

const up_layer_kind up_layer_gelu = {
    .name = "gelu",
    ONE_INPUT,
    .activation = true,
    .fields_size = sizeof(up_gelu),
    .field =
        (const up_layer_field[]){
            UP_FIELD("tanh", UP_FIELD_FLAG, up_gelu, tanh),
            BOUNDS,
            UP_LAST_FIELD,
        },
    .build = build_gelu,
};

static up_status build_elu(const up_network_build *build, const up_network_node *node,
                           const int *in, int *to)
{
    const up_elu *elu = node->fields;
    return add_point(build, node, &up_point_elu, &elu->alpha, 1, in[0], to);
}

const up_layer_kind up_layer_elu = {
    .name = "elu",
    ONE_INPUT,
    .activation = true,
    .fields_size = sizeof(up_elu),
    .defaults = &(const up_elu){ 1 },
    .field =
        (const up_layer_field[]){
            UP_FIELD("alpha", UP_FIELD_NUMBER, up_elu, alpha),
            BOUNDS,
            UP_LAST_FIELD,
        },
    .build = build_elu,
};

/* hard_swish is v times it. */
static up_status build_hard(const up_network_build *build, const up_network_node *node,
                            const int *in, int *to)
{
    const up_hard_sigmoid *hard = node->fields;
    const float parameter[2] = { hard->alpha, hard->beta };
    const up_point *point =
        node->kind == &up_layer_hard_swish ? &up_point_hard_swish : &up_point_hard_sigmoid;
    return add_point(build, node, point, parameter, 2, in[0], to);
}

#define HARD(text)                                                                                 \
    {                                                                                              \
        .name = text, ONE_INPUT, .activation = true, .fields_size = sizeof(up_hard_sigmoid),       \
        .defaults = &(const up_hard_sigmoid){ 1.0f / 6, 0.5f },                                    \
        .field =                                                                                   \
            (const up_layer_field[]){                                                              \
                UP_FIELD("alpha", UP_FIELD_NUMBER, up_hard_sigmoid, alpha),                        \
                UP_FIELD("beta", UP_FIELD_NUMBER, up_hard_sigmoid, beta),                          \
                BOUNDS,                                                                            \
                UP_LAST_FIELD,                                                                     \
            },                                                                                     \
        .build = build_hard                                                                        \
    }

const up_layer_kind up_layer_hard_sigmoid = HARD("hard_sigmoid");
const up_layer_kind up_layer_hard_swish = HARD("hard_swish");

static up_status build_power(const up_network_build *build, const up_network_node *node,
                             const int *in, int *to)
{
    const up_power *power = node->fields;
    return add_point(build, node, &up_point_power, &power->exponent, 1, in[0], to);
}

const up_layer_kind up_layer_power = {
    .name = "power",
    ONE_INPUT,
    .activation = true,
    .fields_size = sizeof(up_power),
    .field =
        (const up_layer_field[]){
            UP_FIELD("exponent", UP_FIELD_NUMBER, up_power, exponent, .required = true),
            BOUNDS,
            UP_LAST_FIELD,
        },
    .build = build_power,
};
