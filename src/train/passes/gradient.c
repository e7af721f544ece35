/* SPDX-License-Identifier: MIT */
#include "train/passes/gradient.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static up_pass pass_of(const up_gradient_work *work, const up_packed_weights *packed, int n)
{
    const size_t first = work->net->node[n].first;
    return (up_pass){
        .network = work->net->network,
        .node = &work->net->network->node[n],
        .work = &work->conv,
        .conv = work->net->node[n].conv,
        .in = work->in + work->first_in[n],
        .out = work->output[n],
        .parameter = packed->parameter + first,
        .forward = packed->forward + packed->first[n],
        .backward = packed->backward + packed->first[n],
    };
}

void up_gradient_forward(up_gradient_work *work, const up_packed_weights *packed)
{
    for (int n = 0; n <= work->net->last; n++) {
        const up_pass_kind *kind = work->net->node[n].pass;
        if (!kind || !kind->forward)
            continue;
        const up_pass pass = pass_of(work, packed, n);
        kind->forward(&pass);
    }
}

/* ---------------------------------------------------------------- loss */

float *up_gradient_result(const up_gradient_work *work)
{
    return work->output[work->net->last];
}

float *up_gradient_of_result(const up_gradient_work *work)
{
    return work->slot[work->net->node[work->net->last].slot];
}

static double loss_of(up_loss loss, float error, float weight, float *gradient)
{
    const float e2 = 1e-6f;
    float root;
    switch (loss) {
    case UP_LOSS_L2:
        *gradient = 2 * weight * error;
        return (double)error * error;
    case UP_LOSS_CHARBONNIER:
        root = sqrtf(error * error + e2);
        *gradient = weight * error / root;
        return root;
    default:
        *gradient = weight * (float)((error > 0) - (error < 0));
        return fabsf(error);
    }
}

double up_gradient_loss(up_gradient_work *work, up_loss loss, float weight)
{
    const up_patch_shape *shape = &work->patch.shape;
    float *result = up_gradient_result(work), *gradient = up_gradient_of_result(work);
    double sum = 0;
    for (int p = 0; p < work->net->node[work->net->last].planes; p++)
        for (int y = 0; y < shape->height; y++) {
            const size_t at = p * shape->size + (size_t)y * shape->stride;
            const float *out = result + at, *target = work->patch.target + at;
            for (int x = 0; x < shape->width; x++)
                sum += loss_of(loss, out[x] - target[x], weight, gradient + at + x);
        }
    return sum;
}

/* ---------------------------------------------------------------- back */

/* Where the gradient of input i of node n is summed; NULL: it is not wanted. */
static float *sum_of_input(const up_gradient_work *work, int n, int i)
{
    const up_trained_node *in = up_trainable_input(work->net, n, i);
    return in ? work->slot[in->slot] : NULL;
}

/* The gradient of what comes in goes to where it is summed. */
static void convolve_back(const up_gradient_work *work, up_pass *pass, int n)
{
    const up_trained_node *own = &work->net->node[n];
    float *sum = sum_of_input(work, n, 0), *to = own->spare < 0 ? sum : work->slot[own->spare];
    pass->in_gradient = &to;
    own->pass->backward(pass);
    if (own->spare >= 0)
        up_pass_add_planes(pass, sum, to, pass->node->in_channels);
}

/* Whether node n is the first that adds to the gradient of its input i, and that not another of its
 * inputs before. */
static bool begins(const up_gradient_work *work, int n, int i)
{
    const int *input = work->net->network->node[n].input;
    for (int j = 0; j < i; j++)
        if (input[j] == input[i])
            return false;
    return up_trainable_input(work->net, n, i)->reader == n;
}

static void part_back(const up_gradient_work *work, up_pass *pass, int n)
{
    const size_t bytes = (size_t)up_pass_points(pass) * sizeof(float);
    float **to = work->in_gradient + work->first_in[n];
    for (int i = 0; i < pass->node->inputs; i++) {
        to[i] = sum_of_input(work, n, i);
        for (int p = 0; to[i] && begins(work, n, i) && p < up_pass_in_planes(pass, i); p++)
            memset(to[i] + p * work->patch.shape.size, 0, bytes);
    }
    pass->in_gradient = to;
    work->net->node[n].pass->backward(pass);
}

static void spread_back(const up_gradient_work *work, up_pass *pass, int n)
{
    const up_trained_node *own = &work->net->node[n];
    if (own->pass->backward)
        own->pass->backward(pass);
    for (int i = 0; i < pass->node->inputs; i++) {
        const up_trained_node *in = up_trainable_input(work->net, n, i);
        if (in && in->reader != n)
            up_pass_add_planes(pass, work->slot[in->slot], pass->out_gradient, own->planes);
        else if (in && in->slot != own->slot)
            up_pass_copy_planes(pass, work->slot[in->slot], pass->out_gradient, own->planes);
    }
}

void up_gradient_backward(up_gradient_work *work, const up_packed_weights *packed, float *gradient)
{
    const up_trainable *net = work->net;
    for (int n = net->last; n >= 0; n--) {
        const up_trained_node *node = &net->node[n];
        if (!node->pass || node->slot < 0)
            continue;
        up_pass pass = pass_of(work, packed, n);
        pass.out_gradient = work->slot[node->slot];
        pass.gradient = gradient + node->first;
        if (node->conv.kernel)
            convolve_back(work, &pass, n);
        else if (node->pass->apart)
            part_back(work, &pass, n);
        else
            spread_back(work, &pass, n);
    }
}
