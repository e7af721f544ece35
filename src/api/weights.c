/* SPDX-License-Identifier: MIT */
/* Weight files as they are shown to people. */

#include <upscale_weights.h>

#include "api/option_defaults.h"
#include "base/memory.h"
#include "base/scale.h"
#include "methods/clean/cleaning_stage.h"
#include "network/layers.h"
#include "network/metadata/layer_text.h"
#include "network/model.h"
#include "weights/weight_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void copy_pair(int to[2], const int from[2])
{
    memcpy(to, from, 2 * sizeof *to);
}

static bool is_transposed(const up_network_node *node)
{
    return node->kind == &up_layer_conv_transpose2d;
}

static up_status describe_layer(up_weights_layer *layer, const up_network *network, int n,
                                up_error *error)
{
    const up_network_node *node = &network->node[n];
    *layer = (up_weights_layer){
        .op = node->kind->name,
        .name = node->name,
        .input = node->input,
        .inputs = node->inputs,
        .in_channels = node->in_channels,
        .out_channels = node->channels,
        .settings = up_network_settings(node),
        .json = up_network_layer_json(network, n),
        .scale = { node->size[0].scale, node->size[1].scale },
        .reduction = { node->size[0].reduction, node->size[1].reduction },
        .overlap_even = is_transposed(node) && up_network_overlap_even(node),
        .parameters = node->parameters,
        .multiply_adds = node->multiply_adds,
        .weight = node->weight.value,
        .bias = node->bias.value,
        .bounds = node->bounds,
    };
    if (!layer->settings || !layer->json)
        return up_fail_memory(error, "layers", sizeof *layer);
    if (node->kind != &up_layer_conv2d && !is_transposed(node))
        return UP_OK;
    const up_convolution *conv = node->fields;
    copy_pair(layer->kernel, conv->kernel);
    copy_pair(layer->stride, conv->stride);
    layer->groups = conv->groups;
    return UP_OK;
}

static up_weights_info describe_network(const up_tensor_file *file, const up_network *network)
{
    up_weights_info info = {
        .name = up_tensor_file_name(file),
        .format = up_tensor_file_format(file),
        .part = up_tensor_file_part(file),
        .family = network->family,
        .color = up_weights_color_name(network->color),
        .range = network->range,
        .color_told = network->color_told,
        .range_told = network->range_told,
        .enlarges_first = network->enlarges_first,
        .limit = network->limit,
        .condition = up_condition_name(network->condition),
        .in_channels = network->in_channels,
        .out_channels = network->out_channels,
        .layers = network->nodes,
        .parameters = network->parameters,
        .multiply_adds = network->multiply_adds,
    };
    copy_pair(info.scale, network->scale);
    copy_pair(info.reduction, network->reduction);
    copy_pair(info.extra, network->extra);
    copy_pair(info.least, network->least);
    copy_pair(info.multiple, network->multiple);
    copy_pair(info.receptive_field, network->receptive_field);
    return info;
}

/* What a scale that was only guessed has brought in: all from the first transposed convolution on.
 */
static void forget_scale(up_weights *weights)
{
    static const int open[2] = { 0, 0 };
    up_weights_info *info = &weights->info;
    int i = 0;
    while (i < info->layers - 1 && !is_transposed(&weights->model.network->node[i]))
        i++;
    up_weights_layer *first = &weights->layer[i];
    copy_pair(first->stride, open);
    *(char *)first->settings = '\0';
    for (; i < info->layers; i++) {
        up_weights_layer *layer = &weights->layer[i];
        copy_pair(layer->scale, open);
        layer->overlap_even = false;
        if (layer == first || layer->multiply_adds == 0)
            continue;
        layer->multiply_adds = 0;
        info->multiply_adds = 0;
    }
    copy_pair(info->scale, open);
    copy_pair(info->reduction, open);
    copy_pair(info->extra, open);
    copy_pair(info->least, open);
    copy_pair(info->multiple, open);
    copy_pair(info->receptive_field, open);
}

static up_status describe(up_weights *weights, up_error *error)
{
    const up_network *network = weights->model.network;
    const size_t layers = (size_t)network->nodes;
    weights->layer = up_alloc_zero(layers, sizeof *weights->layer);
    if (!weights->layer)
        return up_fail_memory(error, "layers", layers * sizeof *weights->layer);
    weights->info = describe_network(weights->model.file, network);
    weights->info.memory_bytes =
        up_tensor_file_bytes(weights->model.file) + weights->model.values_bytes;
    for (int i = 0; i < network->nodes; i++)
        UP_TRY(describe_layer(&weights->layer[i], network, i, error));
    if (weights->model.guessed)
        forget_scale(weights);
    return UP_OK;
}

static int scale_of(const up_options *options)
{
    double scale[2];
    return up_options_scale(options, scale) ? up_scale_whole(scale, UP_MOST_PARAMETER) : 0;
}

/* A file that leaves its scale open can be looked into without one. */
static up_status open_model(up_model *model, const char *path, const up_options *options,
                            up_error *error)
{
    const int scale = scale_of(options);
    up_status status = up_model_open(model, path, options, scale, error);
    if (status != UP_ERROR_WEIGHTS || scale ||
        up_model_open(model, path, options, 2, NULL) != UP_OK)
        return status;
    model->guessed = true;
    return UP_OK;
}

static up_status allocate(up_weights **weights, up_error *error)
{
    *weights = up_alloc_zero(1, sizeof **weights);
    return *weights ? UP_OK : up_fail_memory(error, "weights", sizeof **weights);
}

static up_status finish(up_weights **weights, up_status status, up_error *error)
{
    if (status == UP_OK)
        status = describe(*weights, error);
    if (status != UP_OK)
        up_weights_close(weights);
    return status;
}

up_status up_weights_open(up_weights **weights, const char *path, const up_options *options,
                          up_error *error)
{
    up_options taken;
    *weights = NULL;
    UP_TRY(up_options_take(&taken, options, error));
    UP_TRY(allocate(weights, error));
    return finish(weights, open_model(&(*weights)->model, path, &taken, error), error);
}

const up_weights_info *up_weights_get_info(const up_weights *weights)
{
    return &weights->info;
}

void up_weights_close(up_weights **weights)
{
    up_weights *w = *weights;
    if (!w)
        return;
    for (int i = 0; w->layer && i < w->info.layers; i++) {
        free((char *)w->layer[i].settings);
        free((char *)w->layer[i].json);
    }
    up_model_close(&w->model);
    up_free(w->layer);
    up_free(w);
    *weights = NULL;
}

const up_weights_layer *up_weights_layer_at(const up_weights *weights, int i)
{
    return i >= 0 && i < weights->info.layers ? &weights->layer[i] : NULL;
}

int up_weights_overlap(const up_weights *weights, int layer, int row, int column)
{
    const up_weights_layer *shown = up_weights_layer_at(weights, layer);
    const up_network_node *node = shown ? &weights->model.network->node[layer] : NULL;
    bool known = shown && is_transposed(node) && shown->stride[0] > 0;
    return known ? up_network_overlap(node, row, column) : 0;
}

const char *up_weights_metadata_at(const up_weights *weights, int i, const char **value)
{
    const up_metadata_item *item = up_tensor_file_metadata_at(weights->model.file, i);
    *value = item ? item->value : NULL;
    return item ? item->key : NULL;
}

bool up_is_weights_file(const char *path)
{
    return up_tensor_file_is(path);
}

const char *up_weights_format_at(int i, const char **extensions)
{
    for (int known = 0; known <= i; known++)
        if (!up_weight_formats[known])
            return NULL;
    *extensions = i < 0 ? NULL : up_weight_formats[i]->extensions;
    return i < 0 ? NULL : up_weight_formats[i]->name;
}

const char *up_embedded_weights_at(int i, int *scale)
{
    const up_embedded *embedded = up_embedded_at(i);
    *scale = embedded ? embedded->scale : 0;
    return embedded ? embedded->name : NULL;
}

const char *up_photo_method_at(int i, const char **weights)
{
    const char *name = up_photo_name(i);
    if (weights)
        *weights = up_photo_weights(name);
    return name;
}

up_status up_embedded_weights_open(up_weights **weights, int i, up_error *error)
{
    const up_embedded *embedded = up_embedded_at(i);
    *weights = NULL;
    if (!embedded)
        return up_fail(error, UP_ERROR_ARGUMENT, "there are no embedded weights number %d", i);
    UP_TRY(allocate(weights, error));
    return finish(weights, up_model_open_embedded(&(*weights)->model, embedded, error), error);
}
