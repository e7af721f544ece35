/* SPDX-License-Identifier: MIT */
#include "network/build/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/tensor_values.h"

/* ---------------------------------------------------------------- what goes wrong */

up_status up_network_fail(const up_network_builder *builder, const char *format, ...)
{
    char reason[448];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return up_fail(builder->error, UP_ERROR_WEIGHTS, "%s: %s",
                   builder->file   ? up_tensor_file_name(builder->file)
                   : builder->name ? builder->name
                                   : "the network",
                   reason);
}

up_status up_network_refuse(const up_network_builder *builder, const up_network_node *node,
                            const char *format, ...)
{
    char reason[384], label[UP_LABEL];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return up_network_fail(builder, "layer %d (%s%s%s): %s", (int)(node - builder->network->node),
                           node->kind->name, node->name && *node->name ? " " : "",
                           node->name && *node->name ? up_label(label, node->name) : "", reason);
}

/* ---------------------------------------------------------------- values */

static up_status own(up_network_builder *builder, float *values)
{
    up_network *network = builder->network;
    if (network->pooled == network->pool_capacity) {
        size_t capacity = network->pool_capacity ? 2 * (size_t)network->pool_capacity : 64;
        float **grown = realloc(network->pool, capacity * sizeof *grown);
        if (!grown) {
            up_free(values);
            return up_fail_memory(builder->error, "values", capacity * sizeof *grown);
        }
        network->pool = grown;
        network->pool_capacity = (int)capacity;
    }
    network->pool[network->pooled++] = values;
    return UP_OK;
}

up_status up_network_new_values(up_network_builder *builder, int dims, const size_t *shape,
                                up_values *values, float **write)
{
    *values = (up_values){ .dims = dims, .count = 1 };
    for (int i = 0; i < dims; i++) {
        values->shape[i] = shape[i];
        if (!up_mul(values->count, shape[i], &values->count))
            return up_network_fail(builder, "a tensor is too large");
    }
    *write = up_alloc(values->count, sizeof **write);
    if (!*write)
        return up_fail_memory(builder->error, "values", values->count * sizeof **write);
    values->value = *write;
    return own(builder, *write);
}

up_status up_network_take(up_network_builder *builder, const up_tensor *tensor, up_values *values)
{
    int i = 0;
    while (up_tensor_file_at(builder->file, i) != tensor)
        i++;
    up_values *taken = &builder->taken[i];
    if (!taken->value) {
        float *read;
        if (tensor->dims > UP_VALUES_DIMS)
            return up_tensor_refuse(builder->file, tensor, "more than 8 dimensions",
                                    builder->error);
        UP_TRY(up_tensor_values(&read, builder->file, tensor, builder->error));
        UP_TRY(own(builder, read));
        *taken = (up_values){ .value = read, .dims = tensor->dims, .count = tensor->elements };
        memcpy(taken->shape, tensor->shape, (size_t)tensor->dims * sizeof *taken->shape);
    }
    *values = *taken;
    return UP_OK;
}

void up_network_ignore_at(up_network_builder *builder, int i)
{
    static const float nothing;
    if (!builder->taken[i].value)
        builder->taken[i].value = &nothing;
}

void up_network_ignore(up_network_builder *builder, const up_tensor *tensor)
{
    int i = 0;
    while (up_tensor_file_at(builder->file, i) != tensor)
        i++;
    up_network_ignore_at(builder, i);
}

const up_tensor *up_network_tensor(const up_network_builder *builder, const char *name,
                                   const char *suffix)
{
    char full[2 * UP_MOST_KEY];
    int length =
        snprintf(full, sizeof full, "%s%s%s%s", builder->prefix, name, *name ? "." : "", suffix);
    return length < (int)sizeof full ? up_tensor_file_find(builder->file, full) : NULL;
}

/* ---------------------------------------------------------------- nodes */

up_layer_shape up_network_shape(const up_network *network, int node)
{
    static const up_network_axis whole = { 1, 0, 1 };
    if (node == UP_NETWORK_INPUT)
        return (up_layer_shape){ network->in_channels, { whole, whole } };
    const up_network_node *made = &network->node[node];
    return (up_layer_shape){ made->channels, { made->size[0], made->size[1] } };
}

int up_network_last(const up_network_builder *builder)
{
    return builder->network->nodes ? builder->network->nodes - 1 : UP_NETWORK_INPUT;
}

bool up_network_has(const up_network_builder *b, const up_layer_kind *kind)
{
    for (int i = 0; i < b->network->nodes; i++)
        if (b->network->node[i].kind == kind)
            return true;
    return false;
}

static up_status copy_text(const up_network_builder *builder, char **copy, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    if (!text)
        return UP_OK;
    *copy = up_alloc(size, 1);
    if (!*copy)
        return up_fail_memory(builder->error, "a name", size);
    memcpy(*copy, text, size);
    return UP_OK;
}

static up_status copy_fields(const up_network_builder *builder, up_network_node *node,
                             const void *fields)
{
    const size_t size = node->kind->fields_size;
    const void *from = fields ? fields : node->kind->defaults;
    if (!size)
        return UP_OK;
    node->fields = up_alloc_zero(1, size);
    if (!node->fields)
        return up_fail_memory(builder->error, "a layer", size);
    if (from)
        memcpy(node->fields, from, size);
    return UP_OK;
}

static up_status copy_inputs(const up_network_builder *builder, up_network_node *node,
                             const up_node_spec *spec)
{
    const int count = spec->input ? spec->inputs : 1;
    const int before =
        (int)(node - builder->network->node) - 1; /* UP_NETWORK_INPUT for the first */
    if (count < node->kind->least_inputs || count > node->kind->most_inputs)
        return up_network_refuse(builder, node, "cannot work on %d input%s", count,
                                 count == 1 ? "" : "s");
    node->input = up_alloc((size_t)count, sizeof *node->input);
    if (!node->input)
        return up_fail_memory(builder->error, "a layer", (size_t)count * sizeof *node->input);
    for (int i = 0; i < count; i++) {
        node->input[i] = spec->input ? spec->input[i] : before;
        if (node->input[i] < UP_NETWORK_INPUT || node->input[i] > before)
            return up_network_refuse(builder, node, "reads what is made after it");
    }
    node->inputs = count;
    return UP_OK;
}

static up_status append(up_network_builder *builder, up_network_node **node)
{
    up_network *network = builder->network;
    if (network->nodes == network->capacity) {
        size_t capacity = network->capacity ? 2 * (size_t)network->capacity : 64;
        up_network_node *grown = realloc(network->node, capacity * sizeof *grown);
        if (!grown)
            return up_fail_memory(builder->error, "a network", capacity * sizeof *grown);
        network->node = grown;
        network->capacity = (int)capacity;
    }
    *node = &network->node[network->nodes++];
    **node = (up_network_node){ .least = { 1, 1 } };
    return UP_OK;
}

static up_status complete(up_network_builder *builder, up_network_node *node,
                          const up_node_spec *spec)
{
    UP_TRY(copy_text(builder, &node->name, spec->name));
    UP_TRY(copy_text(builder, &node->id, spec->id));
    UP_TRY(copy_fields(builder, node, spec->fields));
    UP_TRY(copy_inputs(builder, node, spec));
    if (node->kind->tensors != UP_NO_TENSORS && !node->weight.value)
        return up_network_refuse(builder, node, "needs the name of its tensors");
    const up_layer_shape in = up_network_shape(builder->network, node->input[0]);
    node->in_channels = node->channels = in.channels;
    memcpy(node->size, in.size, sizeof node->size);
    if (node->kind->check)
        UP_TRY(node->kind->check(builder, node));
    return node->channels <= UP_MOST_CHANNELS
               ? UP_OK
               : up_network_refuse(builder, node, "more than 65536 channels");
}

up_status up_network_add(up_network_builder *builder, const up_layer_kind *kind,
                         const up_node_spec *spec, int *node)
{
    up_network_node *added = NULL;
    UP_TRY(append(builder, &added));
    added->kind = kind;
    added->weight = spec->weight;
    added->bias = spec->bias;
    added->bounds = spec->bounds;
    added->parameters = kind->tensors ? spec->weight.count + spec->bias.count : 0;
    UP_TRY(complete(builder, added, spec));
    if (node)
        *node = builder->network->nodes - 1;
    return UP_OK;
}

up_status up_network_add_named(up_network_builder *builder, const up_layer_kind *kind,
                               const void *fields, const char *name, int in, int *node)
{
    char label[UP_LABEL];
    up_node_spec spec = { .fields = fields, .input = &in, .inputs = 1, .name = name };
    const up_tensor *weight = up_network_tensor(builder, name, "weight");
    const up_tensor *bias = up_network_tensor(builder, name, "bias");
    if (!weight)
        return up_network_fail(builder, "layer %d (%s): there is no tensor %s.weight in the file",
                               builder->network->nodes, kind->name, up_label(label, name));
    UP_TRY(up_network_take(builder, weight, &spec.weight));
    if (bias && kind->tensors == UP_WEIGHT_AND_BIAS)
        UP_TRY(up_network_take(builder, bias, &spec.bias));
    return up_network_add(builder, kind, &spec, node);
}
