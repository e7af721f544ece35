/* SPDX-License-Identifier: MIT */
/* How many channels the network's input has, which the text of a network need not say. */

#include "network/ncnn/ncnn_layer.h"

#include <string.h>

#include "base/memory.h"

/* What is known of a blob before any node is made. */
typedef struct {
    size_t times;   /* it has as many channels as the input, times this; 0: cannot be told */
    size_t numbers; /* of the file, one for each channel of what they meet; 0: none */
} trace;

/* Channels that a layer's tensors ask of what it reads; 0: any. */
static size_t wanted(const up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_tensor *weight = up_network_tensor(reader->builder, layer->name, "weight");
    const up_tensor *bias = up_network_tensor(reader->builder, layer->name, "bias");
    const up_tensor *first = weight ? weight : bias;
    int groups = 1;
    if (!first)
        return 0;
    if (strstr(layer->type, "DepthWise") && !up_ncnn_whole(layer, 7, 1, &groups))
        return 0;
    if (first->dims > 1)
        return first->shape[1] * (size_t)up_max(groups, 1);
    const bool spreads = strcmp(layer->type, "PReLU") == 0 || strcmp(layer->type, "Scale") == 0;
    return spreads && first->elements == 1 ? 0 : first->elements;
}

static size_t numbers_of(const up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_tensor *weight = up_network_tensor(reader->builder, layer->name, "weight");
    const bool each = weight && weight->elements > 1 && weight->shape[0] == weight->elements;
    return each ? weight->elements : 0;
}

static size_t sum_of(const up_ncnn_layer *layer, const trace *blob)
{
    size_t sum = 0;
    for (int i = 0; i < layer->bottoms; i++) {
        if (!blob[layer->bottom[i]].times)
            return 0;
        sum += blob[layer->bottom[i]].times;
    }
    return sum;
}

/* What the layer makes, where `in` is what it reads. */
static trace made_by(const up_ncnn_reader *reader, const up_ncnn_layer *layer, trace in,
                     const trace *blob)
{
    const up_ncnn_type *type = up_ncnn_type_find(layer->type);
    int factor;
    if (strcmp(layer->type, "Input") == 0)
        return (trace){ .times = 1 };
    if (strcmp(layer->type, "MemoryData") == 0)
        return (trace){ .numbers = numbers_of(reader, layer) };
    if (strcmp(layer->type, "Split") == 0)
        return in;
    if (strcmp(layer->type, "Concat") == 0)
        return (trace){ .times = sum_of(layer, blob) };
    if (strcmp(layer->type, "Reorg") == 0 && up_ncnn_whole(layer, 0, 1, &factor) && factor > 0 &&
        factor <= 256)
        return (trace){ .times = in.times * (size_t)factor * (size_t)factor };
    return (trace){ .times = type && type->keeps ? in.times : 0 };
}

/* Of all that the layer reads. */
static trace read_by(const up_ncnn_layer *layer, const trace *blob)
{
    trace in = { 0, 0 };
    for (int i = 0; i < layer->bottoms; i++) {
        const trace *one = &blob[layer->bottom[i]];
        in.times = in.times ? in.times : one->times;
        in.numbers = in.numbers ? in.numbers : one->numbers;
    }
    return in;
}

static size_t find_channels(const up_ncnn_reader *reader, trace *blob)
{
    const up_ncnn_graph *graph = reader->graph;
    for (int i = 0; i < graph->layers; i++) {
        const up_ncnn_layer *layer = &graph->layer[i];
        const trace in = read_by(layer, blob);
        const size_t want = in.numbers ? in.numbers : wanted(reader, layer);
        int stated;
        if (strcmp(layer->type, "Input") == 0 && up_ncnn_whole(layer, 2, 0, &stated) && stated > 0)
            return (size_t)stated;
        if (in.times && want)
            return want / in.times;
        const trace made = made_by(reader, layer, in, blob);
        for (int t = 0; t < layer->tops; t++)
            if (made.times <= UP_MOST_PARAMETER)
                blob[layer->top[t]] = made;
    }
    return 0;
}

up_status up_ncnn_input_channels(const up_ncnn_reader *reader, int *channels)
{
    const size_t blobs = (size_t)reader->graph->blobs;
    trace *blob = up_alloc_zero(blobs, sizeof *blob);
    if (!blob)
        return up_fail_memory(reader->builder->error, "a network", blobs * sizeof *blob);
    const size_t found = find_channels(reader, blob);
    up_free(blob);
    *channels = (int)found;
    return found <= UP_MOST_PARAMETER
               ? UP_OK
               : up_network_fail(reader->builder, "more than 65536 channels come in");
}
