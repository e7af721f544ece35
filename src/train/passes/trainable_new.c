/* Networks that are begun here: all of it, or the last layer. */
#include "train/passes/trainable.h"

#include "base/memory.h"
#include "base/random.h"
#include "network/builder.h"

#include <math.h>
#include <string.h>

static up_status begin(up_network_builder *builder, up_error *error)
{
    *builder = (up_network_builder){ .network = up_alloc_zero(1, sizeof *builder->network),
                                     .error = error };
    if (!builder->network)
        return up_fail_memory(error, "a network", sizeof *builder->network);
    builder->network->family = "layers";
    builder->network->in_channels = 1;
    builder->network->multiple[0] = builder->network->multiple[1] = 1;
    builder->network->color = UP_WEIGHTS_Y_STUDIO;
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

/* ---------------------------------------------------------------- all of it */

static up_status add_conv(up_network_builder *builder, int channels, int kernel)
{
    const size_t size = (size_t)kernel, in = (size_t)up_network_channels(builder);
    const int around = kernel / 2;
    const up_convolution conv = { .padding = { around, around, around, around } };
    up_node_spec spec = { .fields = &conv };
    UP_TRY(new_values(builder, 4, (size_t[]){ (size_t)channels, in, size, size }, &spec.weight));
    UP_TRY(up_network_add(builder, &up_layer_conv2d, &spec, NULL));
    spec = (up_node_spec){ 0 };
    UP_TRY(new_values(builder, 1, (size_t[]){ (size_t)channels }, &spec.weight));
    return up_network_add(builder, &up_layer_prelu, &spec, NULL);
}

static up_status add_last(up_network_builder *builder, int before, int scale, int kernel)
{
    const size_t size = (size_t)kernel * scale;
    const size_t in = (size_t)up_network_shape(builder->network, before).channels;
    const int around = kernel / 2 * scale;
    const up_convolution conv = { .stride = { scale, scale },
                                  .padding = { around, around, around, around } };
    up_node_spec spec = { .fields = &conv, .input = &before, .inputs = 1 };
    UP_TRY(new_values(builder, 4, (size_t[]){ in, 1, size, size }, &spec.weight));
    return up_network_add(builder, &up_layer_conv_transpose2d, &spec, NULL);
}

static up_status add_bicubic(up_network_builder *builder)
{
    const int last = up_network_last(builder);
    up_resize bicubic = *(const up_resize *)up_layer_resize.defaults;
    bicubic.mode = UP_RESIZE_BICUBIC;
    bicubic.cubic_a = -0.5f;
    int enlarged;
    up_node_spec spec = { .fields = &bicubic,
                          .input = (int[]){ UP_NETWORK_INPUT, last },
                          .inputs = 2 };
    UP_TRY(up_network_add(builder, &up_layer_resize, &spec, &enlarged));
    spec = (up_node_spec){ .input = (int[]){ last, enlarged }, .inputs = 2 };
    return up_network_add(builder, &up_layer_add, &spec, NULL);
}

static up_status add_layers(up_network_builder *builder, const up_trainable_shape *shape)
{
    UP_TRY(add_conv(builder, shape->channels, shape->first_kernel));
    const int first = up_network_last(builder);
    for (int i = 0; i < shape->body; i++)
        UP_TRY(add_conv(builder, shape->channels, shape->body_kernel));
    if (shape->body > 1) {
        const up_node_spec spec = { .input = (int[]){ up_network_last(builder), first },
                                    .inputs = 2 };
        UP_TRY(up_network_add(builder, &up_layer_add, &spec, NULL));
    }
    UP_TRY(add_last(builder, up_network_last(builder), shape->scale, shape->last_kernel));
    return add_bicubic(builder);
}

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

static void initialise(up_trainable *net, uint64_t seed)
{
    for (int n = 0; n < net->last; n++) {
        const up_trained_node *node = &net->node[n];
        const up_conv_shape conv = net->node[n].conv;
        up_random random = up_random_make(seed, n, 0);
        const double deviation = sqrt(1.0 / (conv.in * conv.kernel * conv.kernel));
        for (size_t w = 0; w < node->weights; w++)
            node->weight[w] = conv.kernel ? (float)(deviation * up_random_normal(&random))
                                          : node->pass->beginning;
    }
}

up_status up_trainable_new(up_trainable *net, const up_trainable_shape *shape, uint64_t seed,
                           up_error *error)
{
    up_network_builder builder;
    *net = (up_trainable){ 0 };
    UP_TRY(check_shape(shape, error));
    UP_TRY(begin(&builder, error));
    UP_TRY(finish(&builder, add_layers(&builder, shape), net, "the network"));
    initialise(net, seed);
    return UP_OK;
}

/* ---------------------------------------------------------------- for another scale */

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
    const size_t *shape = node->weight.shape, outs = (size_t)scale * scale;
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
        return add_last(builder, node->input[0], scale, from->node[n].conv.kernel);
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
    UP_TRY(begin(&builder, error));
    for (int n = 0; status == UP_OK && n <= from.network->output; n++)
        status = copy_node(&builder, &from, n, scale);
    status = finish(&builder, status, net, name);
    if (status == UP_OK)
        up_trainable_free(&from);
    else
        *net = from;
    return status;
}
