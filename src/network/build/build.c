/* SPDX-License-Identifier: MIT */
#include "network/build/build.h"

#include "base/memory.h"
#include "network/build/fuse.h"
#include "network/build/sizes.h"
#include "ops/arrange/arrange.h"
#include "ops/point/arithmetic.h"
#include "pipeline/add_ops.h"

#include <string.h>

/* ---------------------------------------------------------------- nodes into ops */

typedef struct {
    up_network_build build;
    const up_network *network;
    int input; /* in the graph */
    const int *more;
    up_node_use *uses;
} builder;

static int made(const builder *b, int n)
{
    return n == UP_NETWORK_INPUT ? b->input : b->uses[n].made;
}

/* The last transposed convolution with more output_padding. */
static up_status build_padded(builder *b, const up_network_node *node, const int *in, int *to)
{
    up_network_node padded = *node;
    up_convolution conv = *(const up_convolution *)node->fields;
    conv.output_padding[0] += b->more[0];
    conv.output_padding[1] += b->more[1];
    padded.fields = &conv;
    return node->kind->build(&b->build, &padded, in, to);
}

static up_status build_enlarging(builder *b, const up_network_node *conv,
                                 const up_network_node *resize, const int *in, int *to)
{
    up_network_node node;
    up_convolution fields;
    float *weight = NULL;
    up_status status = up_network_enlarging(&node, &fields, &weight, conv, resize, b->build.error);
    if (status == UP_OK)
        status = node.kind->build(&b->build, &node, in, to);
    up_free(weight);
    return status;
}

static up_status build_node(builder *b, int n, int *in)
{
    const up_network_node *node = &b->network->node[n];
    const up_node_use *use = &b->uses[n];
    const up_network_node *resize = use->enlarges < 0 ? NULL : &b->network->node[use->enlarges];
    int *to = &b->uses[n].made;
    for (int i = 0; i < node->inputs; i++)
        in[i] = made(b, resize ? resize->input[i] : node->input[i]);
    b->build.bent = use->bent < 0 ? NULL : &b->network->node[use->bent];
    if (resize)
        UP_TRY(build_enlarging(b, node, resize, in, to));
    else if (b->more && node == up_network_last_transposed(b->network))
        UP_TRY(build_padded(b, node, in, to));
    else
        UP_TRY(node->kind->build(&b->build, node, in, to));
    if (use->bent >= 0)
        b->uses[use->bent].made = *to;
    return UP_OK;
}

static up_status build_nodes(builder *b)
{
    const up_network *network = b->network;
    int most = 1;
    for (int n = 0; n < network->nodes; n++)
        most = up_max(most, network->node[n].inputs);
    int *in = up_alloc((size_t)most, sizeof *in);
    up_status status =
        in ? UP_OK : up_fail_memory(b->build.error, "a network", (size_t)most * sizeof *in);
    for (int n = 0; n <= network->output && status == UP_OK; n++)
        if (b->uses[n].needed && !b->uses[n].absorbed)
            status = build_node(b, n, in);
    up_free(in);
    return status;
}

static up_status add_nodes(up_graph *graph, int from, const up_network *network, const int more[2],
                           int *to, up_error *error)
{
    builder b = {
        .build = { .graph = graph, .error = error }, .network = network, .input = from, .more = more
    };
    b.uses = up_alloc((size_t)network->nodes, sizeof *b.uses);
    if (!b.uses)
        return up_fail_memory(error, "a network", (size_t)network->nodes * sizeof *b.uses);
    up_network_fuse(network, b.uses);
    up_status status = build_nodes(&b);
    *to = b.uses[network->output].made;
    up_free(b.uses);
    return status;
}

/* ---------------------------------------------------------------- sizes */

/* Along an axis; what is missing is the same at both ends but for what makes a multiple. */
static bool fit_axis(const up_network *network, int axis, int in, bool whole, up_network_fit *fit)
{
    const int missing = whole || network->pads_tensors ? network->missing[axis] : 0;
    const int multiple = network->multiple[axis];
    const int64_t around = (int64_t)in + 2 * (int64_t)missing;
    const int64_t more = (multiple - around % multiple) % multiple;
    const int64_t scale = network->scale[axis];
    const up_network_axis size = { network->scale[axis], network->extra[axis],
                                   network->reduction[axis] };
    const int64_t makes = up_size_at(size, around);
    fit->before[axis] = missing;
    fit->after[axis] = (int)(missing + more);
    fit->cut[axis] = missing ? (network->surplus[axis] + 1) / 2 : 0;
    const int64_t wanted = missing ? in * scale : makes;
    fit->size[axis] = (int)wanted;
    return wanted >= 1 && wanted <= INT32_MAX / 8 && around + more <= INT32_MAX / 8;
}

bool up_network_fits(const up_network *network, const int in[2], bool whole, up_network_fit *fit)
{
    const bool rows = fit_axis(network, 0, in[0], whole, fit);
    return fit_axis(network, 1, in[1], whole, fit) && rows;
}

static up_status add_crop(up_graph *graph, int *node, int left, int top, int width, int height,
                          up_edge edge, up_error *error)
{
    const up_shape *in = up_graph_shape(graph, *node);
    if (left == 0 && top == 0 && width == in->width && height == in->height)
        return UP_OK;
    return UP_ADD_OP(graph, *node, node, error, up_crop_plan, left, top, width, height, edge);
}

/* What is missing is made up as the network says; what is not a multiple, by reflection, as the
 * programs do that networks of this kind come from. */
static up_edge edge_around(const up_network *network, const up_shape *in, const up_network_fit *fit)
{
    const bool reflects =
        network->edge == UP_EDGE_REFLECT || (fit->before[0] == 0 && fit->before[1] == 0);
    const bool can = in->height > up_max(fit->before[0], fit->after[0]) &&
                     in->width > up_max(fit->before[1], fit->after[1]);
    return reflects && can ? UP_EDGE_REFLECT : UP_EDGE_CLAMP;
}

static up_status add_enlarged(up_graph *graph, int from, const up_network *network, int *to,
                              up_error *error)
{
    const up_network_build build = { .graph = graph, .error = error };
    up_resize nearest = *(const up_resize *)up_layer_resize.defaults;
    memcpy(nearest.factor, network->scale, sizeof nearest.factor);
    const up_network_node node = { .kind = &up_layer_resize, .inputs = 1, .fields = &nearest };
    int enlarged;
    UP_TRY(node.kind->build(&build, &node, &from, &enlarged));
    return up_add_point(graph, *to, enlarged, &up_point_add, NULL, 0, to, error);
}

up_status up_add_network(up_graph *graph, int from, const up_network *network, bool whole,
                         const int more[2], int *to, up_error *error)
{
    const int input = from;
    const up_shape in = *up_graph_shape(graph, from);
    const int size[2] = { in.height, in.width };
    up_network_fit fit;
    if (!up_network_fits(network, size, whole, &fit))
        return up_fail(error, UP_ERROR_WEIGHTS, "the network makes nothing of %dx%d pixels",
                       in.width, in.height);
    UP_TRY(add_crop(
        graph, &from, -fit.before[1], -fit.before[0], in.width + fit.before[1] + fit.after[1],
        in.height + fit.before[0] + fit.after[0], edge_around(network, &in, &fit), error));
    UP_TRY(add_nodes(graph, from, network, more, to, error));
    if (more)
        return UP_OK;
    UP_TRY(add_crop(graph, to, fit.cut[1], fit.cut[0], fit.size[1], fit.size[0], UP_EDGE_CLAMP,
                    error));
    return whole && network->adds_input ? add_enlarged(graph, input, network, to, error) : UP_OK;
}
