/* Weight files as they are shown to people. */
#include "api/option_defaults.h"
#include "base/machine.h"
#include "base/memory.h"
#include "network/network.h"
#include "weights/embedded.h"

#include <math.h>
#include <string.h>

struct up_weights {
    up_tensor_file *file;
    up_network *network;
    up_weights_info info;
    up_weights_layer *layer;
};

static bool is_transposed(const up_network_item *item)
{
    return item->op == UP_NETWORK_CONV_TRANSPOSE2D;
}

static bool is_join(const up_network_item *item)
{
    return item->op == UP_NETWORK_ADD || item->op == UP_NETWORK_CONCAT;
}

static bool is_padded(const up_network_item *item)
{
    return item->op == UP_NETWORK_CONV2D || item->op == UP_NETWORK_PAD;
}

static void copy_pair(int to[2], const int from[2])
{
    memcpy(to, from, 2 * sizeof *to);
}

static up_weights_layer describe_layer(const up_network_item *item)
{
    up_weights_layer layer = {
        .op = up_network_op_name(item->op),
        .name = item->name,
        .in_channels = item->in_channels,
        .out_channels = item->out_channels,
        .groups = item->groups,
        .padding_mode = is_padded(item) ? up_network_padding_name(item->padding_mode) : NULL,
        .from = item->from,
        .resize = is_join(item) ? up_network_resize_name(item->resize) : NULL,
        .factor = item->factor,
        .slope = item->slope,
        .low = item->low,
        .high = item->high,
        .scale = { item->size[0].scale, item->size[1].scale },
        .reduction = { item->size[0].reduction, item->size[1].reduction },
        .overlap_even = is_transposed(item) && up_network_overlap_even(item),
        .parameters = item->parameters,
        .multiply_adds = item->multiply_adds,
        .weight = item->weight,
        .bias = item->bias,
        .bounds = item->bounds,
    };
    copy_pair(layer.kernel, item->kernel);
    copy_pair(layer.stride, item->stride);
    copy_pair(layer.padding, item->padding);
    copy_pair(layer.output_padding, item->output_padding);
    copy_pair(layer.dilation, item->dilation);
    copy_pair(layer.resize_factor, item->resize_factor);
    return layer;
}

static up_weights_info describe_network(const up_tensor_file *file, const up_network *network)
{
    up_weights_info info = {
        .name = up_tensor_file_name(file),
        .family = network->family,
        .color = up_weights_color_name(network->color),
        .range = network->range,
        .limit = network->limit,
        .in_channels = network->in_channels,
        .out_channels = network->out_channels,
        .layers = network->items,
        .parameters = network->parameters,
        .multiply_adds = network->multiply_adds,
    };
    copy_pair(info.scale, network->scale);
    copy_pair(info.reduction, network->reduction);
    copy_pair(info.extra, network->extra);
    copy_pair(info.least, network->least);
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
    while (i < info->layers - 1 && !is_transposed(&weights->network->item[i]))
        i++;
    up_weights_layer *first = &weights->layer[i];
    copy_pair(first->stride, open);
    copy_pair(first->padding, open);
    copy_pair(first->output_padding, open);
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
    copy_pair(info->receptive_field, open);
}

static up_status describe(up_weights *weights, bool guessed, up_error *error)
{
    const up_network *network = weights->network;
    weights->layer = up_alloc((size_t)network->items, sizeof *weights->layer);
    if (!weights->layer)
        return up_fail_memory(error, "layers", (size_t)network->items * sizeof *weights->layer);
    for (int i = 0; i < network->items; i++)
        weights->layer[i] = describe_layer(&network->item[i]);
    weights->info = describe_network(weights->file, network);
    if (guessed)
        forget_scale(weights);
    return UP_OK;
}

/* A file that fails without a scale but loads with one is only missing that. */
static up_status load(up_weights *weights, const up_options *options, up_error *error)
{
    const up_layer *flags = options ? &options->layer : NULL;
    double rows = options ? options->scale.rows : 0, columns = options ? options->scale.columns : 0;
    bool whole = rows == floor(rows) && rows >= 1 && rows <= UP_MOST_PARAMETER &&
                 (columns == rows || columns == 0);
    int scale = whole ? (int)rows : 0;
    up_status status = up_network_load(&weights->network, weights->file, flags, scale, error);
    bool guessed = status == UP_ERROR_WEIGHTS && scale == 0 &&
                   up_network_load(&weights->network, weights->file, flags, 2, NULL) == UP_OK;
    return status == UP_OK || guessed ? describe(weights, guessed, error) : status;
}

/* Takes the file over. */
static up_status from_file(up_weights **weights, up_tensor_file *file, const up_options *options,
                           up_error *error)
{
    up_weights *w = *weights = up_alloc_zero(1, sizeof *w);
    if (!w) {
        up_tensor_file_close(&file);
        return up_fail_memory(error, "weights", sizeof *w);
    }
    w->file = file;
    up_status status = load(w, options, error);
    if (status != UP_OK)
        up_weights_close(weights);
    return status;
}

up_status up_weights_open(up_weights **weights, const char *path, const up_options *options,
                          up_error *error)
{
    up_tensor_file *file;
    up_options taken;
    *weights = NULL;
    UP_TRY(up_options_take(&taken, options, error));
    UP_TRY(up_tensor_file_open(&file, path, up_machine_memory_limit(taken.max_memory), error));
    return from_file(weights, file, &taken, error);
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
    up_network_free(&w->network);
    up_tensor_file_close(&w->file);
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
    const up_network_item *item = shown ? &weights->network->item[layer] : NULL;
    bool known = shown && is_transposed(item) && shown->stride[0] > 0;
    return known ? up_network_overlap(item, row, column) : 0;
}

const char *up_weights_metadata_at(const up_weights *weights, int i, const char **value)
{
    const up_metadata_item *item = up_tensor_file_metadata_at(weights->file, i);
    *value = item ? item->value : NULL;
    return item ? item->key : NULL;
}

bool up_is_weights_file(const char *path)
{
    return up_tensor_file_is(path);
}

const char *up_embedded_weights_at(int i, int *scale)
{
    const up_embedded *embedded = up_embedded_at(i);
    *scale = embedded ? embedded->scale : 0;
    return embedded ? embedded->name : NULL;
}

up_status up_embedded_weights_open(up_weights **weights, int i, up_error *error)
{
    const up_embedded *embedded = up_embedded_at(i);
    up_tensor_file *file;
    *weights = NULL;
    if (!embedded)
        return up_fail(error, UP_ERROR_ARGUMENT, "there are no embedded weights number %d", i);
    UP_TRY(
        up_tensor_file_from_memory(&file, embedded->bytes, embedded->size, embedded->name, error));
    const up_options options = { .scale = { embedded->scale, embedded->scale } };
    return from_file(weights, file, &options, error);
}
