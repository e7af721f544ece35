/* SPDX-License-Identifier: MIT */
/* Blobs that come in, are joined, and taken apart. */

#include "network/ncnn/ncnn_layer.h"

#include "base/memory.h"

static int channels_of(const up_ncnn_reader *reader, int node)
{
    return up_network_shape(reader->builder->network, node).channels;
}

up_status up_ncnn_make_input(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_ncnn_made(reader, layer, UP_NETWORK_INPUT, 3);
    return UP_OK;
}

up_status up_ncnn_make_memory(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_ncnn_blob *made = &reader->blob[layer->top[0]];
    *made = (up_ncnn_blob){ .node = UP_NETWORK_INPUT };
    UP_TRY(up_ncnn_values(reader, layer, "weight", &made->number));
    made->dims = made->number.dims;
    return UP_OK;
}

up_status up_ncnn_make_same(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_ncnn_same(reader, layer);
    return UP_OK;
}

static up_status add_concat(up_ncnn_reader *reader, const up_ncnn_layer *layer, const int *input,
                            int inputs, int *node)
{
    const up_node_spec spec = { .input = input, .inputs = inputs };
    return up_ncnn_add_spec(reader, layer, &up_layer_concat, &spec, node);
}

static up_status concat(up_ncnn_reader *reader, const up_ncnn_layer *layer, int *input)
{
    int axis, node = UP_NETWORK_INPUT;
    const int dims = reader->blob[layer->bottom[0]].dims;
    for (int i = 0; i < layer->bottoms; i++) {
        const up_ncnn_blob *blob;
        UP_TRY(up_ncnn_input(reader, layer, i, &blob));
        if (blob->dims != dims)
            return up_ncnn_refuse(reader, layer, "joins a vector with a picture");
        input[i] = blob->node;
    }
    UP_TRY(up_ncnn_take_axis(reader, layer, 0, dims, &axis));
    if (axis != 0)
        return up_ncnn_refuse(reader, layer, "joins rows or columns, which cannot be run");
    UP_TRY(add_concat(reader, layer, input, layer->bottoms, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_concat(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const size_t count = (size_t)layer->bottoms;
    if (count == 1)
        return up_ncnn_make_same(reader, layer);
    int *input = up_alloc(count, sizeof *input);
    if (!input)
        return up_fail_memory(reader->builder->error, "a layer", count * sizeof *input);
    up_status status = concat(reader, layer, input);
    up_free(input);
    return status;
}

/* ---------------------------------------------------------------- slices */

/* Channels of part i, the first of which is `first`. */
static int part_of(const up_ncnn_layer *layer, const up_ncnn_parameter *sizes,
                   const up_ncnn_parameter *ends, int i, int first, int channels)
{
    const bool last = i == layer->tops - 1;
    if (ends) {
        const double end = last ? channels : ends->value[i];
        return up_clamp((int)(end < 0 ? channels + end : end), 0, channels) - first;
    }
    const double size = sizes->value[i];
    if (size == UP_NCNN_REST)
        return (channels - first) / (layer->tops - i);
    return size >= 1 && size <= channels ? (int)size : 0;
}

static up_status check_parts(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                             const up_ncnn_parameter *sizes, const up_ncnn_parameter *ends)
{
    const up_ncnn_parameter *list = ends ? ends : sizes;
    const int least = layer->tops - (ends != NULL);
    if (least == 0 || (list && list->count >= least))
        return UP_OK;
    return up_ncnn_refuse(reader, layer, "fewer sizes than parts");
}

up_status up_ncnn_make_slice(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_parameter *sizes, *ends;
    const up_ncnn_blob *in;
    int axis, first = 0;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    UP_TRY(up_ncnn_take_list(reader, layer, 0, &sizes));
    UP_TRY(up_ncnn_take_list(reader, layer, 2, &ends));
    UP_TRY(up_ncnn_take_axis(reader, layer, 1, in->dims, &axis));
    if (axis != 0)
        return up_ncnn_refuse(reader, layer, "takes rows or columns apart, which cannot be run");
    UP_TRY(check_parts(reader, layer, sizes, ends));
    const up_ncnn_blob from = *in;
    const int channels = channels_of(reader, from.node);
    for (int i = 0; i < layer->tops; i++) {
        up_ncnn_blob *part = &reader->blob[layer->top[i]];
        const up_channels some = { first, part_of(layer, sizes, ends, i, first, channels) };
        *part = from;
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_channels, &some, &part->node));
        first += some.count;
    }
    return UP_OK;
}

/* Channel i of group g goes to place i * groups + g. */
up_status up_ncnn_make_shuffle_channel(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_blob *in;
    int groups, reverse, node;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    const int channels = channels_of(reader, in->node), dims = in->dims, from = in->node;
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, 1, 1, channels, &groups));
    UP_TRY(up_ncnn_take_whole(reader, layer, 1, 0, 0, 1, &reverse));
    if (channels % groups)
        return up_ncnn_refuse(reader, layer, "%d channels in %d groups", channels, groups);
    if (groups == 1 || groups == channels)
        return up_ncnn_make_same(reader, layer);
    groups = reverse ? channels / groups : groups;
    int *input = up_alloc((size_t)channels, sizeof *input);
    up_status status =
        input ? UP_OK
              : up_fail_memory(reader->builder->error, "a layer", (size_t)channels * sizeof *input);
    for (int i = 0; i < channels && status == UP_OK; i++) {
        const up_channels one = { i % groups * (channels / groups) + i / groups, 1 };
        input[i] = from;
        status = up_ncnn_add(reader, layer, &up_layer_channels, &one, &input[i]);
    }
    if (status == UP_OK)
        status = add_concat(reader, layer, input, channels, &node);
    up_free(input);
    if (status == UP_OK)
        up_ncnn_made(reader, layer, node, dims);
    return status;
}

/* ---------------------------------------------------------------- shapes */

/* Flatten, and Reshape of one pixel: to a vector, or to 1x1 pixels of channels. */
up_status up_ncnn_make_flat(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_blob *in;
    int size[3]; /* columns, rows, channels */
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    const up_layer_shape shape = up_network_shape(reader->builder->network, in->node);
    const int node = in->node;
    for (int i = 0; i < 3; i++)
        UP_TRY(up_ncnn_take_whole(reader, layer, i, UP_NCNN_REST, UP_NCNN_REST, UP_MOST_PARAMETER,
                                  &size[i]));
    const bool vector = size[1] == UP_NCNN_REST && size[2] == UP_NCNN_REST;
    const int channels = vector ? size[0] : size[2];
    const bool rest = channels == -1 || channels == UP_NCNN_REST;
    if (!up_is_whole(&shape) || (!vector && (size[0] != 1 || size[1] != 1)) ||
        (!rest && channels != shape.channels))
        return up_ncnn_refuse(reader, layer, "rearranges pixels in a way that cannot be run");
    up_ncnn_made(reader, layer, node, vector ? 1 : 3);
    return UP_OK;
}
