/* SPDX-License-Identifier: MIT */

#include "network/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/families/family.h"
#include "network/graph_readers.h"
#include "network/layers.h"
#include "network/metadata/upscale_layers.h"
#include "network/tensor_values.h"

const up_network_node *up_network_last_transposed(const up_network *network)
{
    const up_network_node *last = &network->node[network->output];
    return last->kind == &up_layer_conv_transpose2d ? last : NULL;
}

/* ---------------------------------------------------------------- what is stated */

static up_status check_all_taken(const up_network_builder *builder)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(builder->file, i)); i++)
        if (!builder->taken[i].value)
            return up_tensor_refuse(builder->file, tensor, "is used by no layer of the network",
                                    builder->error);
    return UP_OK;
}

enum { RATIO_TEXT = 64 };

/* Of rows and columns: "2", "2,3", "3/2,1". */
static const char *ratio_text(char text[RATIO_TEXT], const int up[2], const int down[2])
{
    int used = 0;
    const bool same = up[0] == up[1] && down[0] == down[1];
    for (int axis = 0; axis < (same ? 1 : 2); axis++) {
        used += snprintf(text + used, RATIO_TEXT - (size_t)used, axis ? ",%d" : "%d", up[axis]);
        if (down[axis] != 1)
            used += snprintf(text + used, RATIO_TEXT - (size_t)used, "/%d", down[axis]);
    }
    return text;
}

static up_status check_scale(const up_network_builder *builder)
{
    static const int whole[2] = { 1, 1 };
    const up_network *network = builder->network;
    const up_network_node *last = &network->node[network->output];
    char label[UP_LABEL], want[RATIO_TEXT], got[RATIO_TEXT];
    int stated[2] = { 0 };
    if (builder->hints->layer.stride.set ||
        !up_tensor_file_metadata(builder->file, "upscale.scale"))
        return UP_OK;
    UP_TRY(up_stated_pair(builder->file, "upscale.scale", 1, stated, builder->error));
    if (memcmp(stated, network->scale, sizeof stated) == 0 && network->reduction[0] == 1 &&
        network->reduction[1] == 1)
        return UP_OK;
    return up_network_fail(
        builder,
        "metadata upscale.scale is %s, but the network, which ends in %s%s%s, scales by %s",
        ratio_text(want, stated, whole), last->kind->name, last->name ? " " : "",
        last->name ? up_label(label, last->name) : "",
        ratio_text(got, network->scale, network->reduction));
}

static up_status read_condition(const up_network_builder *builder)
{
    up_network *network = builder->network;
    UP_TRY(up_stated_condition(builder->file, &network->condition, builder->error));
    if (network->condition == UP_CONDITION_NONE ||
        (network->in_channels > 1 && !network->adds_input))
        return UP_OK;
    return up_network_fail(
        builder, "metadata upscale.condition needs a plane of input beside those of colour, "
                 "and no upscale.add");
}

/* Colours, range and limit: flags win over metadata, and those over what the source has set. */
static up_status read_use(const up_network_builder *builder)
{
    up_network *network = builder->network;
    UP_TRY(up_stated_word(builder->file, "upscale.add", "nearest", &network->adds_input,
                          builder->error));
    UP_TRY(read_condition(builder));
    const int in = up_network_colours(network), out = network->out_channels;
    const bool bare = network->nodes == 1 && network->node[0].kind == &up_layer_conv_transpose2d;
    const bool layers = up_tensor_file_metadata(builder->file, "upscale.layers");
    network->color_told = network->color != UP_WEIGHTS_ANY || builder->hints->color ||
                          up_tensor_file_metadata(builder->file, "upscale.color") || layers;
    if (network->color == UP_WEIGHTS_ANY)
        network->color = in == 3 && out == 3            ? UP_WEIGHTS_RGB
                         : in == 1 && out == 1 && !bare ? UP_WEIGHTS_Y_STUDIO
                                                        : UP_WEIGHTS_ANY;
    UP_TRY(up_stated_color(builder->file, builder->hints->color, in, out, &network->color,
                           builder->error));
    UP_TRY(up_stated_limit(builder->file, &network->limit, builder->error));
    UP_TRY(up_stated_range(builder->file, &network->range, builder->error));
    UP_TRY(up_stated_word(builder->file, "upscale.enlarge", "first", &network->enlarges_first,
                          builder->error));
    UP_TRY(up_stated_word(builder->file, "upscale.pad", "tensors", &network->pads_tensors,
                          builder->error));
    UP_TRY(up_stated_edge(builder->file, &network->edge, builder->error));
    if (builder->hints->range > 0)
        network->range = builder->hints->range;
    network->range_told = network->range > 0 || layers;
    if (network->range == 0)
        network->range = 1;
    return UP_OK;
}

/* ---------------------------------------------------------------- loading */

static up_status refuse_layer_flags(const up_network_builder *builder)
{
    const up_layer *flags = &builder->hints->layer;
    if (!flags->stride.set && !flags->padding.set && !flags->output_padding.set &&
        !flags->dilation.set && !flags->groups)
        return UP_OK;
    return up_fail(builder->error, UP_ERROR_ARGUMENT,
                   "%s states all parameters of its layers: --stride, --padding, --output-padding, "
                   "--dilation and --groups cannot change them",
                   up_tensor_file_name(builder->file));
}

static up_status read_nodes(up_network_builder *builder)
{
    const char *layers = up_tensor_file_metadata(builder->file, "upscale.layers");
    const void *content = NULL;
    const up_graph_reader *graph = up_graph_reader_find(builder->file, &content);
    if (layers || graph)
        UP_TRY(refuse_layer_flags(builder));
    return layers  ? up_network_from_layers(builder, layers)
           : graph ? graph->read(builder, content)
                   : up_network_from_keys(builder);
}

static up_status build(up_network_builder *builder)
{
    up_network *network = builder->network;
    network->output = UP_NETWORK_INPUT;
    network->multiple[0] = network->multiple[1] = 1;
    network->edge = UP_EDGE_CLAMP;
    UP_TRY(up_stated_pair(builder->file, "upscale.multiple", 1, network->multiple, builder->error));
    UP_TRY(read_nodes(builder));
    if (!network->nodes)
        return up_network_fail(builder, "the network has no layers");
    if (network->output == UP_NETWORK_INPUT)
        network->output = network->nodes - 1;
    UP_TRY(check_all_taken(builder));
    UP_TRY(up_network_measure(builder));
    UP_TRY(read_use(builder));
    return check_scale(builder);
}

static up_status allocate(up_network_builder *builder)
{
    const size_t tensors = (size_t)up_tensor_file_count(builder->file) + 1;
    builder->network = up_alloc_zero(1, sizeof *builder->network);
    builder->taken = up_alloc_zero(tensors, sizeof *builder->taken);
    return builder->network && builder->taken
               ? UP_OK
               : up_fail_memory(builder->error, "a network", tensors * sizeof *builder->taken);
}

up_status up_network_load(up_network **network, const up_tensor_file *file,
                          const up_network_hints *hints, up_error *error)
{
    static const up_network_hints none;
    up_network_builder builder = { .file = file, .hints = hints ? hints : &none, .error = error };
    up_status status = allocate(&builder);
    if (status == UP_OK)
        status = build(&builder);
    if (status != UP_OK)
        up_network_free(&builder.network);
    up_free(builder.taken);
    *network = builder.network;
    return status;
}

void up_network_free(up_network **network)
{
    up_network *n = *network;
    if (!n)
        return;
    for (int i = 0; i < n->nodes; i++) {
        up_free(n->node[i].id);
        up_free(n->node[i].name);
        up_free(n->node[i].input);
        up_free(n->node[i].fields);
    }
    for (int i = 0; i < n->pooled; i++)
        up_free(n->pool[i]);
    free(n->node);
    free(n->pool);
    up_free(n);
    *network = NULL;
}
