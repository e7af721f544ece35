/* SPDX-License-Identifier: MIT */
#include "support/network/network_reference.h"

#include "support/reference/double_planes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Activations that are not here are a function of a sample. */
static const struct {
    const char *kind;
    reference_op *op;
} ops[] = {
    { "conv2d", reference_conv2d },
    { "conv_transpose2d", reference_conv_transpose2d },
    { "softmax", reference_softmax },
    { "clip", reference_clip },
    { "affine", reference_affine },
    { "pixel_shuffle", reference_pixel_shuffle },
    { "pixel_unshuffle", reference_pixel_unshuffle },
    { "pad", reference_pad },
    { "crop", reference_crop },
    { "slice", reference_slice },
    { "add", reference_arithmetic },
    { "mul", reference_arithmetic },
    { "sub", reference_arithmetic },
    { "div", reference_arithmetic },
    { "minimum", reference_arithmetic },
    { "maximum", reference_arithmetic },
    { "concat", reference_concat },
    { "channels", reference_channels },
    { "resize", reference_resize },
    { "max_pool", reference_max_pool },
    { "average_pool", reference_average_pool },
    { "global_average_pool", reference_global_average_pool },
    { "global_max_pool", reference_global_max_pool },
    { "global_contrast", reference_global_contrast },
    { "instance_norm", reference_instance_norm },
};

static reference_op *op_of(const up_layer_kind *kind)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strcmp(ops[i].kind, kind->name) == 0)
            return ops[i].op;
    cr_assert(kind->activation, "the reference has no %s", kind->name);
    return reference_point;
}

static int measured(up_network_axis size, int n)
{
    return (int)floor(((double)n * size.scale + size.extra) / size.reduction);
}

/* `made` are the network's input and what each node before this one came to. */
static planes run_node(const up_network_node *node, const planes *made)
{
    planes *in = calloc((size_t)node->inputs, sizeof *in);
    cr_assert_not_null(in);
    for (int i = 0; i < node->inputs; i++)
        in[i] = made[node->input[i] + 1];
    cr_assert_eq(node->in_channels, in[0].channels);
    planes out = op_of(node->kind)(node, in);
    free(in);
    cr_assert_eq(node->channels, out.channels, "%s: %d channels", node->kind->name, out.channels);
    cr_assert_eq(measured(node->size[0], made[0].height), out.height, "%s: %d rows",
                 node->kind->name, out.height);
    cr_assert_eq(measured(node->size[1], made[0].width), out.width, "%s: %d columns",
                 node->kind->name, out.width);
    return out;
}

static planes run_all(const up_network *network, planes input)
{
    planes *made = calloc((size_t)network->nodes + 1, sizeof *made);
    cr_assert_not_null(made);
    made[0] = input;
    for (int n = 0; n <= network->output; n++)
        made[n + 1] = run_node(&network->node[n], made);
    planes result = made[network->output + 1];
    for (int n = 0; n <= network->output; n++)
        free(made[n].value);
    free(made);
    return result;
}

static planes frame_of(const ndarray *x, int frame)
{
    const int *shape = x->shape + x->rank - 3;
    planes p = planes_make(shape[0], shape[1], shape[2]);
    const size_t count = planes_count(&p);
    for (size_t i = 0; i < count; i++)
        p.value[i] = ndarray_get(x, (size_t)frame * count + i);
    return p;
}

ndarray network_reference(const up_network *network, const ndarray *x)
{
    ndarray out = { 0 };
    cr_assert(x->rank == 3 || x->rank == 4);
    int frames = x->rank == 4 ? x->shape[0] : 1;
    for (int frame = 0; frame < frames; frame++) {
        planes result = run_all(network, frame_of(x, frame));
        const int shape[4] = { frames, result.channels, result.height, result.width };
        if (frame == 0)
            out = ndarray_make("f8", 4, shape);
        size_t count = out.count / (size_t)frames;
        memcpy((double *)out.data + (size_t)frame * count, result.value, count * sizeof(double));
        free(result.value);
    }
    return out;
}
