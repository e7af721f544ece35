/* SPDX-License-Identifier: MIT */
/* Factors and offsets of channels, stated or of statistics. */

#include "network/ncnn/ncnn_layer.h"

#include <math.h>

static up_status add_affine(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                            const up_node_spec *spec)
{
    int node, dims;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_add_spec(reader, layer, &up_layer_affine, spec, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_scale(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_node_spec spec = { .fields = NULL };
    int count;
    const bool given = up_ncnn_whole(layer, 0, 0, &count) && count == UP_NCNN_REST;
    if (layer->bottoms != (given ? 2 : 1))
        return up_ncnn_refuse(reader, layer, "cannot work on %d blobs", layer->bottoms);
    if (given) {
        const up_ncnn_blob *in, *factor;
        UP_TRY(up_ncnn_expect(reader, layer, 1, 0, 0, "an offset that no blob gives"));
        UP_TRY(up_ncnn_input(reader, layer, 0, &in));
        UP_TRY(up_ncnn_input(reader, layer, 1, &factor));
        const int dims = in->dims;
        int node = in->node;
        UP_TRY(up_ncnn_add_two(reader, layer, &up_layer_mul, NULL, factor->node, &node));
        up_ncnn_made(reader, layer, node, dims);
        return UP_OK;
    }
    UP_TRY(up_ncnn_values(reader, layer, "weight", &spec.weight));
    UP_TRY(up_ncnn_values(reader, layer, "bias", &spec.bias));
    return add_affine(reader, layer, &spec);
}

up_status up_ncnn_make_bias(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_node_spec spec = { .fields = NULL };
    UP_TRY(up_ncnn_values(reader, layer, "bias", &spec.bias));
    return add_affine(reader, layer, &spec);
}

/* (x - mean) / sqrt(variance + eps) * weight + bias */
up_status up_ncnn_make_batch_norm(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_node_spec spec = { .fields = NULL };
    up_values weight, mean, variance, bias;
    float eps, *factor, *offset;
    UP_TRY(up_ncnn_take_number(reader, layer, 1, 0, &eps));
    UP_TRY(up_ncnn_values(reader, layer, "weight", &weight));
    UP_TRY(up_ncnn_values(reader, layer, "running_mean", &mean));
    UP_TRY(up_ncnn_values(reader, layer, "running_var", &variance));
    UP_TRY(up_ncnn_values(reader, layer, "bias", &bias));
    UP_TRY(up_network_new_values(reader->builder, 1, &weight.count, &spec.weight, &factor));
    UP_TRY(up_network_new_values(reader->builder, 1, &weight.count, &spec.bias, &offset));
    for (size_t c = 0; c < weight.count; c++) {
        const double deviation = sqrt((double)variance.value[c] + (double)eps);
        const double by = (double)weight.value[c] / deviation;
        factor[c] = (float)by;
        offset[c] = (float)((double)bias.value[c] - (double)mean.value[c] * by);
        if (!isfinite(factor[c]) || !isfinite(offset[c]))
            return up_ncnn_refuse(reader, layer, "a variance that is not above zero");
    }
    return add_affine(reader, layer, &spec);
}

static up_status fill(const up_ncnn_reader *reader, up_values *values, size_t count, float with)
{
    float *write;
    if (values->value)
        return UP_OK;
    UP_TRY(up_network_new_values(reader->builder, 1, &count, values, &write));
    for (size_t i = 0; i < count; i++)
        write[i] = with;
    return UP_OK;
}

up_status up_ncnn_make_instance_norm(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_blob *in;
    up_instance_norm norm;
    up_node_spec spec = { .fields = &norm };
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    const size_t channels = (size_t)up_network_shape(reader->builder->network, in->node).channels;
    const int dims = in->dims;
    int node = in->node;
    UP_TRY(up_ncnn_take_number(reader, layer, 1, 0.001f, &norm.eps));
    UP_TRY(up_ncnn_values(reader, layer, "weight", &spec.weight));
    UP_TRY(up_ncnn_values(reader, layer, "bias", &spec.bias));
    UP_TRY(fill(reader, &spec.weight, channels, 1));
    UP_TRY(fill(reader, &spec.bias, channels, 0));
    UP_TRY(up_ncnn_add_spec(reader, layer, &up_layer_instance_norm, &spec, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_dropout(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    float factor;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_take_number(reader, layer, 0, 1, &factor));
    UP_TRY(up_ncnn_add_affine(reader, layer, factor, 0, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}
