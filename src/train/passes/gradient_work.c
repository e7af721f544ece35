/* SPDX-License-Identifier: MIT */
/* What a pass works in. */

#include "train/passes/gradient.h"

#include "base/memory.h"
#include "train/passes/conv_tiles.h"

static size_t packed_size(const up_conv_shape *conv)
{
    return up_conv_tiles_suit(conv) ? up_conv_tiles_packed(conv) : up_conv_packed(conv);
}

up_status up_packed_weights_make(up_packed_weights *packed, const up_trainable *net,
                                 up_error *error)
{
    size_t size = 0;
    *packed = (up_packed_weights){ .first = up_alloc((size_t)net->last + 1, sizeof(size_t)) };
    for (int n = 0; packed->first && n <= net->last; n++) {
        packed->first[n] = size;
        size += net->node[n].conv.kernel ? packed_size(&net->node[n].conv) : 0;
    }
    packed->forward = up_alloc_zero(size, sizeof(float));
    packed->backward = up_alloc_zero(size, sizeof(float));
    if (packed->first && packed->forward && packed->backward)
        return UP_OK;
    up_packed_weights_free(packed);
    return up_fail_memory(error, "weights", 2 * size * sizeof(float));
}

void up_packed_weights_free(up_packed_weights *packed)
{
    up_free(packed->first);
    up_free(packed->forward);
    up_free(packed->backward);
    *packed = (up_packed_weights){ 0 };
}

void up_packed_weights_pack(up_packed_weights *packed, const up_trainable *net, int n,
                            const float *parameter)
{
    const up_kernels *kernels = up_kernels_get();
    const up_conv_shape conv = net->node[n].conv;
    const float *weight = parameter + net->node[n].first;
    float *forward = packed->forward + packed->first[n];
    float *backward = packed->backward + packed->first[n];
    if (n == 0) /* nodes may be packed by many threads */
        packed->parameter = parameter;
    if (!conv.kernel)
        return;
    if (up_conv_tiles_suit(&conv)) {
        up_conv_tiles_pack(kernels, &conv, weight, forward);
        up_conv_tiles_pack_transposed(kernels, &conv, weight, backward);
    } else {
        up_conv_pack(kernels, &conv, weight, forward);
        up_conv_pack_transposed(kernels, &conv, weight, backward);
    }
}

/* Planes that node n makes, where it does not leave those of its input as they are. */
static int own_planes(const up_trainable *net, int n)
{
    const up_pass_kind *pass = net->node[n].pass;
    return pass && pass->forward ? net->node[n].planes : 0;
}

static size_t count_planes(const up_trainable *net, bool backward)
{
    size_t planes = (size_t)net->network->in_channels + (size_t)net->node[net->last].planes;
    for (int n = 0; n <= net->last; n++)
        planes += (size_t)own_planes(net, n);
    return planes + (backward ? (size_t)net->slots * (size_t)net->most_planes : 0);
}

static float *take(float **at, const up_patch_shape *patch, int planes)
{
    float *first = *at + patch->before;
    *at += planes * patch->size;
    return first;
}

static const float *planes_of(const up_gradient_work *work, int node)
{
    return node == UP_NETWORK_INPUT ? work->patch.input : work->output[node];
}

static void divide(up_gradient_work *work, bool backward)
{
    const up_trainable *net = work->net;
    const up_patch_shape *shape = &work->patch.shape;
    float *at = work->memory;
    int inputs = 0;
    work->patch.input = take(&at, shape, net->network->in_channels);
    work->patch.target = take(&at, shape, net->node[net->last].planes);
    for (int n = 0; n <= net->last; n++) {
        const up_network_node *node = &net->network->node[n];
        work->first_in[n] = inputs;
        if (!net->node[n].pass)
            continue;
        for (int i = 0; i < node->inputs; i++)
            work->in[inputs++] = planes_of(work, node->input[i]);
        work->output[n] = own_planes(net, n) ? take(&at, shape, own_planes(net, n))
                                             : (float *)work->in[work->first_in[n]];
    }
    for (int i = 0; backward && i < net->slots; i++)
        work->slot[i] = take(&at, shape, net->most_planes);
}

static size_t count_inputs(const up_trainable *net)
{
    size_t inputs = 0;
    for (int n = 0; n <= net->last; n++)
        inputs += net->node[n].pass ? (size_t)net->network->node[n].inputs : 0;
    return inputs;
}

static size_t count_tiles(const up_trainable *net, const up_patch_shape *patch)
{
    size_t most = 0;
    for (int n = 0; n <= net->last; n++) {
        const up_conv_shape *conv = &net->node[n].conv;
        const size_t own = up_conv_tiles_suit(conv) ? up_conv_tiles_work(conv, patch) : 0;
        most = own > most ? own : most;
    }
    return most;
}

double up_gradient_work_bytes(const up_trainable *net, int width, int height, bool backward)
{
    const up_patch_shape shape = up_patch_shape_make(width, height, net->reach);
    const double sums = UP_CORRELATE_OUTS * UP_CORRELATE_LANES;
    const double planes = (double)count_planes(net, backward) * (double)shape.size;
    return (double)up_alloc_bytes((size_t)(planes * sizeof(float))) +
           sizeof(float) * ((double)net->most_taps * (sums + 2) + (double)count_tiles(net, &shape));
}

up_status up_gradient_work_make(up_gradient_work *work, const up_trainable *net, int width,
                                int height, bool backward, up_error *error)
{
    static const float zeros[UP_MAX_OUTS] = { 0 };
    const size_t nodes = (size_t)net->last + 1, planes = count_planes(net, backward);
    const up_patch_shape shape = up_patch_shape_make(width, height, net->reach);
    size_t count;
    *work = (up_gradient_work){ .net = net, .patch.shape = shape };
    work->conv = (up_conv_work){ .kernels = up_kernels_get(), .patch = shape, .zeros = zeros };
    work->conv.row = up_alloc(net->most_taps, sizeof *work->conv.row);
    work->conv.sums =
        up_alloc(net->most_taps, UP_CORRELATE_OUTS * UP_CORRELATE_LANES * sizeof(float));
    work->conv.tiles = up_alloc(count_tiles(net, &shape), sizeof(float));
    work->output = up_alloc_zero(nodes, sizeof *work->output);
    work->slot = up_alloc_zero(net->slots, sizeof *work->slot);
    work->in = up_alloc_zero(count_inputs(net), sizeof *work->in);
    work->in_gradient = up_alloc_zero(count_inputs(net), sizeof *work->in_gradient);
    work->first_in = up_alloc_zero(nodes, sizeof *work->first_in);
    work->memory = up_mul(planes, shape.size, &count) ? up_alloc_zero(count, sizeof(float)) : NULL;
    if (!work->conv.row || !work->conv.sums || !work->conv.tiles || !work->output || !work->slot ||
        !work->in || !work->in_gradient || !work->first_in || !work->memory) {
        up_gradient_work_free(work);
        return up_fail_memory(error, "a patch", planes * shape.size * sizeof(float));
    }
    divide(work, backward);
    return UP_OK;
}

void up_gradient_work_free(up_gradient_work *work)
{
    up_free(work->conv.row);
    up_free(work->conv.sums);
    up_free(work->conv.tiles);
    up_free(work->output);
    up_free(work->slot);
    up_free(work->in);
    up_free(work->in_gradient);
    up_free(work->first_in);
    up_free(work->memory);
    *work = (up_gradient_work){ 0 };
}
