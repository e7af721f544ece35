#include "train/passes/mixed_weights.h"

#include "base/memory.h"

#include <string.h>

enum { B = UP_MATRIX_BLOCK, D = UP_MATRIX_DEPTH };

int up_mixed_channels(int channels)
{
    return (int)up_round_up(channels, B);
}

int up_mixed_ins(const up_model *model, int i)
{
    return i == 0 ? model->layer[i].in : up_mixed_channels(model->layer[i].in);
}

up_mixed_conv up_mixed_conv_make(int in, int outs, int kernel)
{
    int chunks = (kernel * in + D - 1) / D;
    return (up_mixed_conv){ in, outs, kernel, chunks,
                            (size_t)outs / B * kernel * chunks * UP_MATRIX_TILE };
}

static up_status make_layer(up_mixed_layer *to, const up_model *model, int i, up_error *error)
{
    const up_model_layer *layer = &model->layer[i];
    int outs = up_mixed_channels(layer->out);
    to->forward = up_mixed_conv_make(up_mixed_ins(model, i), outs, layer->kernel);
    to->backward = up_mixed_conv_make(outs, up_mixed_channels(layer->in), layer->kernel);
    to->high = up_alloc_zero(to->forward.size, sizeof *to->high);
    to->low = up_alloc_zero(to->forward.size, sizeof *to->low);
    to->back = up_alloc_zero(to->backward.size, sizeof *to->back);
    to->bias = up_alloc_zero(outs, sizeof *to->bias);
    to->slope = up_alloc_zero(outs, sizeof *to->slope);
    if (to->high && to->low && to->back && to->bias && to->slope)
        return UP_OK;
    return up_fail_memory(error, "weights", 3 * to->forward.size * sizeof *to->high);
}

up_status up_mixed_weights_make(up_mixed_weights *weights, const up_model *model, up_error *error)
{
    size_t bytes = model->layers * sizeof *weights->layer;
    *weights = (up_mixed_weights){ up_alloc_zero(bytes, 1), model->layers };
    up_status status = weights->layer ? UP_OK : up_fail_memory(error, "weights", bytes);
    for (int i = 0; status == UP_OK && i < model->layers; i++)
        if (model->layer[i].op == UP_MODEL_CONV)
            status = make_layer(&weights->layer[i], model, i, error);
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

static void pack_weights(up_mixed_layer *to, const up_model_layer *layer, const float *weight)
{
    int k = layer->kernel;
    for (int o = 0; o < layer->out; o++)
        for (int i = 0; i < layer->in; i++)
            for (int t = 0; t < k * k; t++) {
                float w = *weight++;
                up_bfloat16 high = up_to_bfloat16(w);
                size_t at = place(&to->forward, o, i, t / k, t % k);
                to->high[at] = high;
                to->low[at] = up_to_bfloat16(w - up_from_bfloat16(high));
                to->back[place(&to->backward, i, o, k - 1 - t / k, k - 1 - t % k)] = high;
            }
}

void up_mixed_weights_pack(up_mixed_weights *weights, const up_model *model, int i,
                           const float *parameter)
{
    const up_model_layer *layer = &model->layer[i], *next = layer + 1;
    up_mixed_layer *to = &weights->layer[i];
    if (layer->op != UP_MODEL_CONV)
        return;
    const float *weight = parameter + layer->first;
    bool bent = i + 1 < model->layers && next->op == UP_MODEL_PRELU;
    pack_weights(to, layer, weight);
    memcpy(to->bias, weight + up_model_weights(layer), layer->out * sizeof(float));
    for (int c = 0; c < layer->out; c++)
        to->slope[c] = bent ? parameter[next->first + c] : 1;
}

size_t up_mixed_sums(const up_model_layer *layer)
{
    return (size_t)layer->kernel * layer->kernel * up_mixed_channels(layer->out) *
           up_mixed_channels(layer->in);
}

void up_mixed_sums_add(const up_model_layer *layer, const float *sums, float *gradient)
{
    int area = layer->kernel * layer->kernel, blocks = up_mixed_channels(layer->in) / B;
    size_t tap = up_mixed_sums(layer) / area;
    for (int o = 0; o < layer->out; o++)
        for (int i = 0; i < layer->in; i++)
            for (int t = 0; t < area; t++) {
                size_t block = (size_t)(o / B) * blocks + i / B;
                *gradient++ += sums[t * tap + block * B * B + o % B * B + i % B];
            }
}
