/* SPDX-License-Identifier: MIT */
/* Functions of each sample. */

#include "network/ncnn/ncnn_layer.h"

#include <float.h>
#include <math.h>

/* Makes one node of the blob that it reads. */
static up_status make_one(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                          const up_layer_kind *kind, const void *fields)
{
    int node, dims;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_add(reader, layer, kind, fields, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_plain(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    return make_one(reader, layer, reader->type->kind, NULL);
}

up_status up_ncnn_make_relu(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_leaky_relu leaky;
    UP_TRY(up_ncnn_take_number(reader, layer, 0, 0, &leaky.slope));
    return leaky.slope == 0 ? make_one(reader, layer, &up_layer_relu, NULL)
                            : make_one(reader, layer, &up_layer_leaky_relu, &leaky);
}

up_status up_ncnn_make_prelu(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    up_node_spec spec = { .fields = NULL };
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_values(reader, layer, "weight", &spec.weight));
    UP_TRY(up_ncnn_add_spec(reader, layer, &up_layer_prelu, &spec, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_clip(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_clip clip;
    UP_TRY(up_ncnn_take_number(reader, layer, 0, -FLT_MAX, &clip.low));
    UP_TRY(up_ncnn_take_number(reader, layer, 1, FLT_MAX, &clip.high));
    return make_one(reader, layer, &up_layer_clip, &clip);
}

up_status up_ncnn_make_gelu(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int fast;
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, 0, 0, 1, &fast));
    return make_one(reader, layer, &up_layer_gelu, &(up_gelu){ fast != 0 });
}

up_status up_ncnn_make_elu(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_elu elu;
    UP_TRY(up_ncnn_take_number(reader, layer, 0, 0.1f, &elu.alpha));
    return make_one(reader, layer, &up_layer_elu, &elu);
}

up_status up_ncnn_make_selu(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    up_elu elu;
    float lambda;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_take_number(reader, layer, 0, 1.67326324f, &elu.alpha));
    UP_TRY(up_ncnn_take_number(reader, layer, 1, 1.050700987f, &lambda));
    UP_TRY(up_ncnn_add(reader, layer, &up_layer_elu, &elu, &node));
    UP_TRY(up_ncnn_add_affine(reader, layer, lambda, 0, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

static up_status take_gate(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                           up_hard_sigmoid *gate)
{
    UP_TRY(up_ncnn_take_number(reader, layer, 0, 0.2f, &gate->alpha));
    return up_ncnn_take_number(reader, layer, 1, 0.5f, &gate->beta);
}

up_status up_ncnn_make_hard_sigmoid(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    up_hard_sigmoid gate;
    UP_TRY(take_gate(reader, layer, &gate));
    return make_one(reader, layer, &up_layer_hard_sigmoid, &gate);
}

up_status up_ncnn_make_hard_swish(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    up_hard_sigmoid gate;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(take_gate(reader, layer, &gate));
    UP_TRY(up_ncnn_add_hard_swish(reader, layer, gate.alpha, gate.beta, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_softmax(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    const up_ncnn_blob *in;
    int axis;
    UP_TRY(up_ncnn_input(reader, layer, 0, &in));
    UP_TRY(up_ncnn_take_axis(reader, layer, 0, in->dims, &axis));
    if (axis != 0)
        return up_ncnn_refuse(reader, layer, "softmax over anything but channels cannot be run");
    return make_one(reader, layer, &up_layer_softmax, NULL);
}
