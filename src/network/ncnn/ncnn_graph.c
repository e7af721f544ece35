/* SPDX-License-Identifier: MIT */
#include "network/ncnn/ncnn_graph.h"

#include <string.h>

#include "base/memory.h"
#include "network/ncnn/ncnn_layer.h"
#include "weights/label.h"

/* ---------------------------------------------------------------- layers */

static up_status make_layer(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_type *type = reader->type = up_ncnn_type_find(layer->type);
    if (!type)
        return up_ncnn_refuse(reader, layer, "layers of this type cannot be run");
    if (type->bottoms == UP_NCNN_ANY ? layer->bottoms < 1 : layer->bottoms != type->bottoms)
        return up_ncnn_refuse(reader, layer, "cannot work on %d blobs", layer->bottoms);
    if (type->tops == UP_NCNN_ANY ? layer->tops < 1 : layer->tops != type->tops)
        return up_ncnn_refuse(reader, layer, "cannot make %d blobs", layer->tops);
    return type->make(reader, layer);
}

static up_status check_inputs(const up_ncnn_reader *reader)
{
    int inputs = 0;
    for (int i = 0; i < reader->graph->layers; i++)
        inputs += strcmp(reader->graph->layer[i].type, "Input") == 0;
    return inputs == 1 ? UP_OK
                       : up_network_fail(reader->builder,
                                         "%d inputs; networks of one picture can be run", inputs);
}

/* ---------------------------------------------------------------- result */

static bool is_read(const up_ncnn_graph *graph, int blob)
{
    for (int i = 0; i < graph->layers; i++)
        for (int b = 0; b < graph->layer[i].bottoms; b++)
            if (graph->layer[i].bottom[b] == blob)
                return true;
    return false;
}

static bool is_output_name(const char *name)
{
    return strcmp(name, "out0") == 0 || strcmp(name, "output") == 0 || strcmp(name, "out") == 0;
}

/* The only blob that nothing reads, or the only such one that is called so. */
static up_status find_output(const up_ncnn_reader *reader, int *output)
{
    const up_ncnn_graph *graph = reader->graph;
    int ends = 0, named = 0, end = -1, name = -1;
    for (int i = 0; i < graph->blobs; i++) {
        if (is_read(graph, i))
            continue;
        ends++;
        end = i;
        if (is_output_name(graph->blob[i])) {
            named++;
            name = i;
        }
    }
    *output = ends == 1 ? end : name;
    if (ends == 1 || named == 1)
        return UP_OK;
    return up_network_fail(reader->builder,
                           "%d blobs are read by nothing, and it cannot be told which of them is "
                           "the result; call it \"output\"",
                           ends);
}

static up_status set_output(up_ncnn_reader *reader)
{
    char label[UP_LABEL];
    int output;
    UP_TRY(find_output(reader, &output));
    const up_ncnn_blob *blob = &reader->blob[output];
    reader->builder->network->output = blob->node;
    return blob->node == UP_NETWORK_INPUT
               ? up_network_fail(reader->builder, "the result %s is made by no layer",
                                 up_label(label, reader->graph->blob[output]))
               : UP_OK;
}

/* ---------------------------------------------------------------- Real-CUGAN */

static int count_layers(const up_ncnn_graph *graph, const char *type)
{
    int count = 0;
    for (int i = 0; i < graph->layers; i++)
        count += strcmp(graph->layer[i].type, type) == 0;
    return count;
}

static bool has_blob(const up_ncnn_graph *graph, const char *name)
{
    for (int i = 0; i < graph->blobs; i++)
        if (strcmp(graph->blob[i], name) == 0)
            return true;
    return false;
}

/* Unpadded like waifu2x's cunet, which scales by 1 or 2 and has other names for its blobs. */
static bool is_real_cugan(const up_ncnn_reader *reader, const up_network_axis size[2])
{
    const up_ncnn_graph *graph = reader->graph;
    const int scale = size[0].scale;
    return size[0].extra < 0 && size[0].reduction == 1 &&
           memcmp(&size[0], &size[1], sizeof size[0]) == 0 && count_layers(graph, "Crop") > 0 &&
           count_layers(graph, "Deconvolution") > 0 &&
           (scale == 3 || scale == 4 || has_blob(graph, "gap0") || has_blob(graph, "in0"));
}

static void name_family(const up_ncnn_reader *reader)
{
    up_network *network = reader->builder->network;
    const up_layer_shape made = up_network_shape(network, network->output);
    const bool cugan = is_real_cugan(reader, made.size);
    network->family = cugan ? "Real-CUGAN" : "ncnn graph";
    network->edge = cugan ? UP_EDGE_REFLECT : UP_EDGE_CLAMP;
    network->adds_input = cugan && network->node[network->output].size[0].scale == 4;
}

/* ---------------------------------------------------------------- network */

static up_status read_graph(up_ncnn_reader *reader)
{
    up_network *network = reader->builder->network;
    UP_TRY(check_inputs(reader));
    UP_TRY(up_ncnn_input_channels(reader, &network->in_channels));
    if (network->in_channels < 1)
        return up_network_fail(reader->builder,
                               "no layer tells how many channels come in; state them in the line "
                               "of the Input (2=3)");
    for (int i = 0; i < reader->graph->layers; i++)
        UP_TRY(make_layer(reader, &reader->graph->layer[i]));
    UP_TRY(set_output(reader));
    name_family(reader);
    return UP_OK;
}

up_status up_network_from_ncnn(up_network_builder *builder, const void *content)
{
    up_ncnn_reader reader = { .builder = builder, .graph = content };
    const size_t blobs = (size_t)reader.graph->blobs;
    reader.blob = up_alloc_zero(blobs, sizeof *reader.blob);
    if (!reader.blob)
        return up_fail_memory(builder->error, "a network", blobs * sizeof *reader.blob);
    up_status status = read_graph(&reader);
    up_free(reader.blob);
    return status;
}
