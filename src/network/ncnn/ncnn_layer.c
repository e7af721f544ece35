/* SPDX-License-Identifier: MIT */
#include "network/ncnn/ncnn_layer.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "network/build/sizes.h"
#include "weights/label.h"

#define MOST_MULTIPLE 65536

/* ---------------------------------------------------------------- parameters */

up_status up_ncnn_refuse(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                         const char *format, ...)
{
    char reason[256], type[UP_LABEL], name[UP_LABEL];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return up_network_fail(reader->builder, "layer %s of type %s: %s", up_label(name, layer->name),
                           up_label(type, layer->type), reason);
}

up_status up_ncnn_take_whole(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                             int otherwise, int least, int most, int *value)
{
    if (up_ncnn_whole(layer, id, otherwise, value) && *value >= least && *value <= most)
        return UP_OK;
    return up_ncnn_refuse(reader, layer,
                          "parameter %d is %s, and must be a whole number from %d to %d", id,
                          up_ncnn_find(layer, id) ? "something else" : "missing", least, most);
}

up_status up_ncnn_take_number(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                              float otherwise, float *value)
{
    const up_ncnn_parameter *parameter = up_ncnn_find(layer, id);
    *value = otherwise;
    if (!parameter)
        return UP_OK;
    if (parameter->list)
        return up_ncnn_refuse(reader, layer, "parameter %d is a list, and must be a number", id);
    *value = (float)*parameter->value;
    return UP_OK;
}

up_status up_ncnn_take_list(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                            const up_ncnn_parameter **list)
{
    *list = up_ncnn_find(layer, id);
    if (*list && !(*list)->list)
        return up_ncnn_refuse(reader, layer, "parameter %d is no list", id);
    if (*list && !(*list)->count)
        *list = NULL;
    return UP_OK;
}

up_status up_ncnn_take_axis(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                            int dims, int *axis)
{
    UP_TRY(up_ncnn_take_whole(reader, layer, id, 0, -dims, dims - 1, axis));
    *axis += *axis < 0 ? dims : 0;
    return UP_OK;
}

up_status up_ncnn_expect(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int id,
                         int otherwise, int expected, const char *reason)
{
    int value;
    if (up_ncnn_whole(layer, id, otherwise, &value) && value == expected)
        return UP_OK;
    return up_ncnn_refuse(reader, layer, "%s (parameter %d)", reason, id);
}

up_status up_ncnn_input(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int i,
                        const up_ncnn_blob **blob)
{
    *blob = &reader->blob[layer->bottom[i]];
    return (*blob)->number.value
               ? up_ncnn_refuse(reader, layer, "works on numbers of the file instead of a picture")
               : UP_OK;
}

up_status up_ncnn_begin(const up_ncnn_reader *reader, const up_ncnn_layer *layer, int *node,
                        int *dims)
{
    const up_ncnn_blob *in;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    *node = in->node;
    *dims = in->dims;
    return UP_OK;
}

up_status up_ncnn_values(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                         const char *suffix, up_values *values)
{
    const up_tensor *tensor = up_network_tensor(reader->builder, layer->name, suffix);
    *values = (up_values){ .value = NULL };
    return tensor ? up_network_take(reader->builder, tensor, values) : UP_OK;
}

/* ---------------------------------------------------------------- nodes */

up_status up_ncnn_add_spec(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                           const up_layer_kind *kind, const up_node_spec *spec, int *node)
{
    up_node_spec named = *spec;
    named.name = layer->name;
    if (!named.input) {
        named.input = node;
        named.inputs = 1;
    }
    return up_network_add(reader->builder, kind, &named, node);
}

up_status up_ncnn_add(up_ncnn_reader *reader, const up_ncnn_layer *layer, const up_layer_kind *kind,
                      const void *fields, int *node)
{
    return up_ncnn_add_spec(reader, layer, kind, &(const up_node_spec){ .fields = fields }, node);
}

up_status up_ncnn_add_two(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                          const up_layer_kind *kind, const void *fields, int second, int *node)
{
    const int input[] = { *node, second };
    const up_node_spec spec = { .fields = fields, .input = input, .inputs = 2 };
    return up_ncnn_add_spec(reader, layer, kind, &spec, node);
}

up_status up_ncnn_add_affine(up_ncnn_reader *reader, const up_ncnn_layer *layer, float factor,
                             float offset, int *node)
{
    const size_t one = 1;
    up_node_spec spec = { .fields = NULL };
    float *value;
    if (factor == 1 && offset == 0)
        return UP_OK;
    if (!isfinite(factor) || !isfinite(offset))
        return up_ncnn_refuse(reader, layer, "its factor or offset is not finite");
    UP_TRY(up_network_new_values(reader->builder, 1, &one, &spec.weight, &value));
    *value = factor;
    UP_TRY(up_network_new_values(reader->builder, 1, &one, &spec.bias, &value));
    *value = offset;
    return up_ncnn_add_spec(reader, layer, &up_layer_affine, &spec, node);
}

up_status up_ncnn_add_hard_swish(up_ncnn_reader *reader, const up_ncnn_layer *layer, float alpha,
                                 float beta, int *node)
{
    const up_hard_sigmoid gate = { alpha, beta };
    const int from = *node;
    UP_TRY(up_ncnn_add(reader, layer, &up_layer_hard_sigmoid, &gate, node));
    return up_ncnn_add_two(reader, layer, &up_layer_mul, NULL, from, node);
}

enum { NONE, RELU, LEAKY, CLIP, SIGMOID, MISH, HARD_SWISH };

up_status up_ncnn_add_activation(up_ncnn_reader *reader, const up_ncnn_layer *layer, int *node)
{
    static const int needs[] = { [LEAKY] = 1, [CLIP] = 2, [HARD_SWISH] = 2 };
    const up_ncnn_parameter *list;
    int type;
    UP_TRY(up_ncnn_take_whole(reader, layer, 9, NONE, NONE, HARD_SWISH, &type));
    UP_TRY(up_ncnn_take_list(reader, layer, 10, &list));
    if ((list ? list->count : 0) < needs[type])
        return up_ncnn_refuse(reader, layer, "its activation lacks numbers (parameter 10)");
    const float first = needs[type] > 0 ? (float)list->value[0] : 0;
    const float second = needs[type] > 1 ? (float)list->value[1] : 0;
    switch (type) {
    case RELU:
        return up_ncnn_add(reader, layer, &up_layer_relu, NULL, node);
    case LEAKY:
        return up_ncnn_add(reader, layer, &up_layer_leaky_relu, &(up_leaky_relu){ first }, node);
    case CLIP:
        return up_ncnn_add(reader, layer, &up_layer_clip, &(up_clip){ first, second }, node);
    case SIGMOID:
        return up_ncnn_add(reader, layer, &up_layer_sigmoid, NULL, node);
    case MISH:
        return up_ncnn_add(reader, layer, &up_layer_mish, NULL, node);
    case HARD_SWISH:
        return up_ncnn_add_hard_swish(reader, layer, first, second, node);
    default:
        return UP_OK;
    }
}

/* ---------------------------------------------------------------- sizes */

static int common_divisor(int a, int b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* Asks for inputs of the network that make this size a multiple of `stride`. */
static bool make_multiple(up_network *network, int axis, up_network_axis size, int stride)
{
    const int each = stride / common_divisor(size.scale, stride), now = network->multiple[axis];
    const int64_t both = (int64_t)now / common_divisor(now, each) * each;
    if (size.reduction != 1 || size.extra % stride != 0 || both > MOST_MULTIPLE)
        return false;
    network->multiple[axis] = (int)both;
    return true;
}

up_status up_ncnn_same_padding(up_ncnn_reader *reader, const up_ncnn_layer *layer, int node,
                               const int span[2], const int stride[2], bool lower, int padding[4])
{
    const up_layer_shape in = up_network_shape(reader->builder->network, node);
    for (int axis = 0; axis < 2; axis++) {
        const up_network_axis size = in.size[axis];
        int over = stride[axis]; /* pixels of the last stride */
        if (size.scale == 0)
            over = (int)((up_size_at(size, 1) - 1) % stride[axis]) + 1;
        else if (over > 1 && !make_multiple(reader->builder->network, axis, size, over))
            return up_ncnn_refuse(reader, layer,
                                  "its padding depends on the size in a way that cannot be run");
        const int total = up_max(span[axis] - over, 0);
        padding[axis] = lower ? total - total / 2 : total / 2;
        padding[2 + axis] = total - padding[axis];
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- blobs */

void up_ncnn_made(up_ncnn_reader *reader, const up_ncnn_layer *layer, int node, int dims)
{
    reader->blob[layer->top[0]] = (up_ncnn_blob){ .node = node, .dims = dims };
}

void up_ncnn_same(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    for (int i = 0; i < layer->tops; i++)
        reader->blob[layer->top[i]] = reader->blob[layer->bottom[0]];
}
