/* SPDX-License-Identifier: MIT */
/* Functions of a sample. */

#include "network/onnx/onnx_ops.h"

#include <math.h>
#include <string.h>

/* What has no attributes. */
static const struct {
    const char *op;
    const up_layer_kind *kind;
} plain[] = {
    { "Relu", &up_layer_relu },       { "Tanh", &up_layer_tanh },
    { "Sigmoid", &up_layer_sigmoid }, { "Softplus", &up_layer_softplus },
    { "Mish", &up_layer_mish },       { "HardSwish", &up_layer_hard_swish },
    { "Exp", &up_layer_exp },         { "Log", &up_layer_log },
    { "Sqrt", &up_layer_sqrt },       { "Abs", &up_layer_abs },
    { "Erf", &up_layer_erf },         { "Reciprocal", &up_layer_reciprocal },
};

up_status up_onnx_activation(up_onnx *onnx)
{
    const char *op = onnx->node->op;
    const float alpha = (float)up_onnx_real(onnx, "alpha", NAN);
    const up_leaky_relu leaky = { isnan(alpha) ? 0.01f : alpha };
    const up_elu elu = { isnan(alpha) ? 1 : alpha };
    const up_hard_sigmoid hard = { isnan(alpha) ? 0.2f : alpha,
                                   (float)up_onnx_real(onnx, "beta", 0.5) };
    const up_gelu gelu = { strcmp(up_onnx_text_of(onnx, "approximate", "none"), "tanh") == 0 };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(plain[i].op, op) == 0)
            return up_onnx_plain(onnx, plain[i].kind, NULL);
    if (strcmp(op, "LeakyRelu") == 0)
        return up_onnx_plain(onnx, &up_layer_leaky_relu, &leaky);
    if (strcmp(op, "Elu") == 0)
        return up_onnx_plain(onnx, &up_layer_elu, &elu);
    if (strcmp(op, "HardSigmoid") == 0)
        return up_onnx_plain(onnx, &up_layer_hard_sigmoid, &hard);
    return up_onnx_plain(onnx, &up_layer_gelu, &gelu);
}

/* gamma * elu(x), with another default of alpha. */
up_status up_onnx_selu(up_onnx *onnx)
{
    const double gamma = up_onnx_real(onnx, "gamma", 1.0507009873554805), zero = 0;
    const up_elu elu = { (float)up_onnx_real(onnx, "alpha", 1.6732632423543772) };
    up_onnx_view view = *up_onnx_picture(onnx, 0);
    UP_TRY(up_onnx_add_node(onnx, &up_layer_elu, &elu, &view.node, 1, &view.node));
    UP_TRY(up_onnx_affine(onnx, view.node, &gamma, &zero, 1, &view.node));
    return up_onnx_set_view(onnx, 0, &view);
}

/* One bound: an attribute or an input, or there is none. */
static up_status read_bound(up_onnx *onnx, const char *name, int input, float *bound)
{
    const up_onnx_constant *constant = up_onnx_constant_input(onnx, input);
    bool single = true;
    double value = up_onnx_real(onnx, name, (double)*bound);
    if (up_onnx_picture(onnx, input))
        return up_onnx_refuse(onnx, "its bounds depend on the picture");
    if (constant)
        UP_TRY(up_onnx_single(onnx, constant, &single, &value));
    *bound = (float)value;
    return single && !isnan(*bound) ? UP_OK : up_onnx_refuse(onnx, "its bound is not one number");
}

up_status up_onnx_clip(up_onnx *onnx)
{
    up_clip clip = { -INFINITY, INFINITY };
    UP_TRY(read_bound(onnx, "min", 1, &clip.low));
    UP_TRY(read_bound(onnx, "max", 2, &clip.high));
    return up_onnx_plain(onnx, &up_layer_clip, &clip);
}

up_status up_onnx_prelu(up_onnx *onnx)
{
    const up_onnx_constant *slope = up_onnx_constant_input(onnx, 1);
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    up_onnx_view pure;
    up_values values;
    int dim[3];
    if (!slope || !view)
        return up_onnx_refuse(onnx, "its slopes must be constants");
    UP_TRY(up_onnx_pure(onnx, view, &pure, dim));
    const int own = dim[0] - (pure.dims - slope->dims);
    const bool in_place = (own >= 0 && slope->shape[own] == slope->count) || slope->dims == 1;
    if (slope->count != 1 && !in_place)
        return up_onnx_refuse(onnx, "it has slopes for other axes than the channels");
    UP_TRY(up_onnx_values(onnx, slope, 1, &slope->count, &values));
    UP_TRY(up_onnx_add_weighted(onnx, &up_layer_prelu, NULL, pure.node, &values, NULL, &pure.node));
    return up_onnx_set_view(onnx, 0, &pure);
}

/* Before opset 13 all axes from the stated one on are one. */
up_status up_onnx_softmax(up_onnx *onnx)
{
    const bool flat = onnx->graph->opset < 13;
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    up_onnx_view pure;
    int dim[3], axis;
    UP_TRY(up_onnx_pure(onnx, view, &pure, dim));
    UP_TRY(up_onnx_axis(onnx, up_onnx_whole(onnx, "axis", flat ? 1 : -1), pure.dims, &axis));
    const bool whole =
        (dim[1] < 0 || !pure.factors[dim[1]]) && (dim[2] < 0 || !pure.factors[dim[2]]);
    if (axis != dim[0] || (flat && !whole && axis != pure.dims - 1))
        return up_onnx_refuse(onnx, "works along other axes than the channels");
    UP_TRY(up_onnx_add_node(onnx, &up_layer_softmax, NULL, &pure.node, 1, &pure.node));
    return up_onnx_set_view(onnx, 0, &pure);
}
