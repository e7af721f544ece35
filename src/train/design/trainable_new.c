/* SPDX-License-Identifier: MIT */
/* Networks that are begun here: those of a shape, and for another scale. */

#include "train/passes/trainable.h"

#include "train/design/design.h"

#include "base/memory.h"
#include "base/random.h"
#include "network/build/builder.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- of a shape */

static up_status check_shape(const up_trainable_shape *shape, up_error *error)
{
    if (shape->scale < 2 || shape->scale > 8)
        return up_fail(error, UP_ERROR_ARGUMENT, "a scale of %d cannot be trained: 2 to 8 can",
                       shape->scale);
    if (shape->channels < 1 || shape->channels > 256 || shape->body < 0 || shape->body > 64)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "a network of %d channels and %d layers is not possible: 1 to 256 and 0 to "
                       "64 are",
                       shape->channels, shape->body);
    const int kernels[] = { shape->first_kernel, shape->body_kernel, shape->last_kernel };
    for (int i = 0; i < 3; i++)
        if (kernels[i] < 1 || kernels[i] > 15 || kernels[i] % 2 == 0)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "a kernel of %d cannot be trained: it must be odd and at most 15",
                           kernels[i]);
    return UP_OK;
}

up_status up_trainable_new(up_trainable *net, const up_trainable_shape *shape, uint64_t seed,
                           up_error *error)
{
    *net = (up_trainable){ 0 };
    UP_TRY(check_shape(shape, error));
    json_t *design = up_design_of_shape(shape);
    if (!design)
        return up_fail_memory(error, "a network", 0);
    up_status status = up_design_make(net, design, "the network", shape->scale, seed, error);
    json_decref(design);
    return status;
}

/* ---------------------------------------------------------------- for another scale */

/* An empty network that takes and makes what `like` does. */
static up_status begin(up_network_builder *builder, const up_network *like, up_error *error)
{
    *builder = (up_network_builder){ .network = up_alloc_zero(1, sizeof *builder->network),
                                     .error = error };
    if (!builder->network)
        return up_fail_memory(error, "a network", sizeof *builder->network);
    builder->network->family = "layers";
    builder->network->in_channels = like->in_channels;
    builder->network->multiple[0] = builder->network->multiple[1] = 1;
    builder->network->color = like->color;
    builder->network->condition = like->condition;
    builder->network->range = 1;
    builder->network->limit = INFINITY;
    builder->network->edge = UP_EDGE_CLAMP;
    return UP_OK;
}

/* Takes `status`, that of what was added, on. */
static up_status finish(up_network_builder *builder, up_status status, up_trainable *net,
                        const char *name)
{
    if (status == UP_OK) {
        builder->network->output = builder->network->nodes - 1;
        status = up_network_measure(builder);
    }
    if (status == UP_OK)
        return up_trainable_make(net, builder->network, name, builder->error);
    up_network_free(&builder->network);
    return status;
}

/* Zeros. */
static up_status new_values(up_network_builder *builder, int dims, const size_t *shape,
                            up_values *values)
{
    float *write;
    UP_TRY(up_network_new_values(builder, dims, shape, values, &write));
    memset(write, 0, values->count * sizeof *write);
    return UP_OK;
}

static up_status add_last(up_network_builder *builder, const up_trainable *from, int scale)
{
    const up_network_node *node = &from->network->node[from->last];
    const size_t size = (size_t)from->node[from->last].conv.kernel * scale;
    const int around = from->node[from->last].conv.kernel / 2 * scale;
    const up_convolution conv = { .stride = { scale, scale },
                                  .padding = { around, around, around, around } };
    up_node_spec spec = { .fields = &conv, .input = node->input, .inputs = 1 };
    UP_TRY(new_values(builder, 4,
                      (size_t[]){ (size_t)node->in_channels, (size_t)node->channels, size, size },
                      &spec.weight));
    return up_network_add(builder, &up_layer_conv_transpose2d, &spec, NULL);
}

/* The convolution that makes the phases, or -1. */
static int find_phases(const up_trainable *net)
{
    const up_network_node *last = &net->network->node[net->last];
    const int before = last->input[0];
    if (last->kind == &up_layer_conv_transpose2d)
        return net->last;
    return last->kind == &up_layer_pixel_shuffle && before >= 0 && net->node[before].conv.kernel &&
                   net->node[before].reader == net->last
               ? before
               : -1;
}

static up_status copy_phases(up_network_builder *builder, const up_network_node *node,
                             up_node_spec *spec, int scale)
{
    const up_network *network = builder->network; /* its colours go in and out */
    const size_t *shape = node->weight.shape;
    const size_t outs =
        (size_t)(network->color == UP_WEIGHTS_RGB || network->color == UP_WEIGHTS_YCBCR ? 3 : 1) *
        scale * scale;
    UP_TRY(new_values(builder, 4, (size_t[]){ outs, shape[1], shape[2], shape[3] }, &spec->weight));
    UP_TRY(new_values(builder, 1, &outs, &spec->bias));
    return up_network_add(builder, node->kind, spec, NULL);
}

/* Node n, for another scale if it is one of those that make it. */
static up_status copy_node(up_network_builder *builder, const up_trainable *from, int n, int scale)
{
    const up_network_node *node = &from->network->node[n];
    const up_shuffle shuffle = { .factor = scale };
    const int phases = find_phases(from);
    up_resize resize;
    up_node_spec spec = { .fields = node->fields,
                          .input = node->input,
                          .inputs = node->inputs,
                          .weight = node->weight,
                          .bias = node->bias };
    if (n == phases && n == from->last)
        return add_last(builder, from, scale);
    if (n == phases)
        return copy_phases(builder, node, &spec, scale);
    if (n == from->last)
        spec.fields = &shuffle;
    if (node->kind == &up_layer_resize && node->inputs == 1) {
        resize = *(const up_resize *)node->fields;
        resize.factor[0] = resize.factor[1] = scale;
        resize.divisor[0] = resize.divisor[1] = 1;
        spec.fields = &resize;
    }
    return up_network_add(builder, node->kind, &spec, NULL);
}

up_status up_trainable_rescale(up_trainable *net, int scale, const char *name, up_error *error)
{
    up_network_builder builder;
    up_trainable from = *net;
    up_status status = UP_OK;
    if (find_phases(net) < 0)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s is for scale %d, and its last layer cannot begin anew for scale %d: "
                       "only a transposed convolution can, or a convolution whose channels are "
                       "shuffled to pixels",
                       name, net->scale, scale);
    UP_TRY(begin(&builder, from.network, error));
    for (int n = 0; status == UP_OK && n <= from.network->output; n++)
        status = copy_node(&builder, &from, n, scale);
    status = finish(&builder, status, net, name);
    if (status == UP_OK)
        up_trainable_free(&from);
    else
        *net = from;
    return status;
}
