/* SPDX-License-Identifier: MIT */
#include "train/passes/mixed_weights.h"

#include "base/memory.h"

#include <string.h>

enum { B = UP_MATRIX_BLOCK, D = UP_MATRIX_DEPTH };

int up_mixed_channels(int channels)
{
    return (int)up_round_up(channels, B);
}

int up_mixed_ins(const up_trainable *net, int n)
{
    const int in = net->network->node[n].in_channels;
    return n == 0 && in == 1 ? in : up_mixed_channels(in);
}

static up_mixed_conv conv_make(int in, int outs, int kernel)
{
    int chunks = (kernel * in + D - 1) / D;
    return (up_mixed_conv){ in, outs, kernel, chunks,
                            (size_t)outs / B * kernel * chunks * UP_MATRIX_TILE };
}

static up_status make_layer(up_mixed_layer *to, const up_trainable *net, int n, up_error *error)
{
    const up_conv_shape conv = net->node[n].conv;
    const int outs = up_mixed_channels(conv.out);
    if (!conv.kernel)
        return UP_OK;
    to->forward = conv_make(up_mixed_ins(net, n), outs, conv.kernel);
    to->backward = conv_make(outs, up_mixed_channels(conv.in), conv.kernel);
    to->high = up_alloc_zero(to->forward.size, sizeof *to->high);
    to->low = up_alloc_zero(to->forward.size, sizeof *to->low);
    to->back = up_alloc_zero(to->backward.size, sizeof *to->back);
    to->bias = up_alloc_zero(outs, sizeof *to->bias);
    to->slope = up_alloc_zero(outs, sizeof *to->slope);
    if (to->high && to->low && to->back && to->bias && to->slope)
        return UP_OK;
    return up_fail_memory(error, "weights", 3 * to->forward.size * sizeof *to->high);
}

up_status up_mixed_weights_make(up_mixed_weights *weights, const up_trainable *net, up_error *error)
{
    const int layers = net->last + 1;
    *weights = (up_mixed_weights){ up_alloc_zero(layers, sizeof *weights->layer), layers };
    up_status status =
        weights->layer ? UP_OK : up_fail_memory(error, "weights", layers * sizeof *weights->layer);
    for (int n = 0; status == UP_OK && n < layers; n++)
        status = make_layer(&weights->layer[n], net, n, error);
    if (status != UP_OK)
        up_mixed_weights_free(weights);
    return status;
}

void up_mixed_weights_free(up_mixed_weights *weights)
{
    for (int i = 0; weights->layer && i < weights->layers; i++) {
        up_mixed_layer *layer = &weights->layer[i];
        up_free(layer->high);
        up_free(layer->low);
        up_free(layer->back);
        up_free(layer->bias);
        up_free(layer->slope);
    }
    up_free(weights->layer);
    weights->layer = NULL;
}

/* Where the weight of element `in` at column x of row y of the kernel goes. */
static size_t place(const up_mixed_conv *conv, int out, int in, int y, int x)
{
    int run = x * conv->in + in, row = (out / B * conv->kernel + y) * conv->chunks + run / D;
    return (size_t)row * UP_MATRIX_TILE + (size_t)(run % D / 2 * B + out % B) * 2 + run % 2;
}

static void pack_weights(up_mixed_layer *to, const up_conv_shape *conv, const float *weight)
{
    const int k = conv->kernel;
    for (int o = 0; o < conv->out; o++)
        for (int i = 0; i < conv->in; i++)
            for (int t = 0; t < k * k; t++) {
                float w = *weight++;
                up_bfloat16 high = up_to_bfloat16(w);
                size_t at = place(&to->forward, o, i, t / k, t % k);
                to->high[at] = high;
                to->low[at] = up_to_bfloat16(w - up_from_bfloat16(high));
                to->back[place(&to->backward, i, o, k - 1 - t / k, k - 1 - t % k)] = high;
            }
}

void up_mixed_weights_pack(up_mixed_weights *weights, const up_trainable *net, int n,
                           const float *parameter)
{
    const up_conv_shape conv = net->node[n].conv;
    const up_trained_node *node = &net->node[n], *next = node + 1;
    up_mixed_layer *to = &weights->layer[n];
    if (!conv.kernel)
        return;
    const bool bent = n < net->last && next->pass == &up_pass_prelu;
    pack_weights(to, &conv, parameter + node->first);
    memcpy(to->bias, parameter + node->first + node->weights, node->biases * sizeof(float));
    for (int c = 0; c < conv.out; c++)
        to->slope[c] = bent ? parameter[next->first + c] : 1;
}

size_t up_mixed_sums(const up_conv_shape *conv)
{
    return (size_t)conv->kernel * conv->kernel * up_mixed_channels(conv->out) *
           up_mixed_channels(conv->in);
}

void up_mixed_sums_add(const up_conv_shape *conv, const float *sums, float *gradient)
{
    const int area = conv->kernel * conv->kernel, blocks = up_mixed_channels(conv->in) / B;
    const size_t tap = up_mixed_sums(conv) / area;
    for (int o = 0; o < conv->out; o++)
        for (int i = 0; i < conv->in; i++)
            for (int t = 0; t < area; t++) {
                size_t block = (size_t)(o / B) * blocks + i / B;
                *gradient++ += sums[t * tap + block * B * B + o % B * B + i % B];
            }
}
