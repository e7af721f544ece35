/* SPDX-License-Identifier: MIT */
/* What a pass works in. */
#include "train/passes/gradient.h"

#include "base/memory.h"

up_status up_packed_weights_make(up_packed_weights *packed, const up_trainable *net,
                                 up_error *error)
{
    *packed = (up_packed_weights){ up_alloc_zero(net->parameters, sizeof(float)),
                                   up_alloc_zero(net->parameters, sizeof(float)), NULL };
    if (packed->forward && packed->backward)
        return UP_OK;
    up_packed_weights_free(packed);
    return up_fail_memory(error, "weights", 2 * net->parameters * sizeof(float));
}

void up_packed_weights_free(up_packed_weights *packed)
{
    up_free(packed->forward);
    up_free(packed->backward);
    *packed = (up_packed_weights){ 0 };
}

void up_packed_weights_pack(up_packed_weights *packed, const up_trainable *net, int n,
                            const float *parameter)
{
    const size_t first = net->node[n].first;
    const up_kernels *kernels = up_kernels_get();
    const up_conv_shape conv = net->node[n].conv;
    if (n == 0) /* nodes may be packed by many threads */
        packed->parameter = parameter;
    if (!conv.kernel)
        return;
    up_conv_pack(kernels, &conv, parameter + first, packed->forward + first);
    up_conv_pack_transposed(kernels, &conv, parameter + first, packed->backward + first);
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

double up_gradient_work_bytes(const up_trainable *net, int width, int height, bool backward)
{
    const up_patch_shape shape = up_patch_shape_make(width, height, net->reach);
    const double sums = UP_CORRELATE_OUTS * UP_CORRELATE_LANES;
    const double planes = (double)count_planes(net, backward) * (double)shape.size;
    return (double)up_alloc_bytes((size_t)(planes * sizeof(float))) +
           sizeof(float) * (double)net->most_taps * (sums + 2);
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
    work->output = up_alloc_zero(nodes, sizeof *work->output);
    work->slot = up_alloc_zero(net->slots, sizeof *work->slot);
    work->in = up_alloc_zero(count_inputs(net), sizeof *work->in);
    work->in_gradient = up_alloc_zero(count_inputs(net), sizeof *work->in_gradient);
    work->first_in = up_alloc_zero(nodes, sizeof *work->first_in);
    work->memory = up_mul(planes, shape.size, &count) ? up_alloc_zero(count, sizeof(float)) : NULL;
    if (!work->conv.row || !work->conv.sums || !work->output || !work->slot || !work->in ||
        !work->in_gradient || !work->first_in || !work->memory) {
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
    up_free(work->output);
    up_free(work->slot);
    up_free(work->in);
    up_free(work->in_gradient);
    up_free(work->first_in);
    up_free(work->memory);
    *work = (up_gradient_work){ 0 };
}
