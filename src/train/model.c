#include "train/model.h"

#include "base/memory.h"
#include "train/random.h"

#include <math.h>
#include <string.h>

size_t up_model_weights(const up_model_layer *layer)
{
    return (size_t)layer->out * layer->in * layer->kernel * layer->kernel;
}

static size_t taps_of(const up_model_layer *layer)
{
    return (size_t)layer->in * layer->kernel * layer->kernel;
}

static size_t plain_size(const up_model_layer *layer)
{
    if (layer->op == UP_MODEL_CONV)
        return up_model_weights(layer) + layer->out;
    return layer->op == UP_MODEL_PRELU ? layer->out : 0;
}

static size_t learned_size(const up_model_layer *layer)
{
    if (layer->middle == 0)
        return plain_size(layer);
    return (taps_of(layer) + layer->out) * layer->middle + layer->out;
}

static void append(up_model *model, up_model_layer layer)
{
    layer.plain = model->plain;
    layer.learned = model->learned;
    model->plain += plain_size(&layer);
    model->learned += learned_size(&layer);
    model->reach = up_max(model->reach, layer.kernel / 2);
    model->most_channels = up_max(model->most_channels, up_max(layer.in, layer.out));
    model->layer[model->layers++] = layer;
}

static void append_conv(up_model *model, int in, int out, int kernel, int middle, bool shortcut)
{
    append(model, (up_model_layer){ .op = UP_MODEL_CONV,
                                    .in = in,
                                    .out = out,
                                    .kernel = kernel,
                                    .middle = middle,
                                    .shortcut = shortcut });
}

static void append_point(up_model *model, up_model_op op, int channels, int from)
{
    append(model, (up_model_layer){ .op = op, .in = channels, .out = channels, .from = from });
}

static up_status check(const up_model_shape *shape, up_error *error)
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
    int least = up_max(shape->channels, shape->scale * shape->scale);
    if (shape->middle != 0 && (shape->middle < least || shape->middle > 4096))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "a convolution cannot be expanded to %d channels: %d to 4096 are possible, "
                       "or 0 to leave it as it is",
                       shape->middle, least);
    return UP_OK;
}

up_status up_model_make(up_model *model, const up_model_shape *shape, up_error *error)
{
    *model = (up_model){ .scale = shape->scale };
    UP_TRY(check(shape, error));
    int most = 2 * shape->body + 4, channels = shape->channels;
    model->layer = up_alloc(most, sizeof *model->layer);
    if (!model->layer)
        return up_fail_memory(error, "a model", most * sizeof *model->layer);
    append_conv(model, 1, channels, shape->first_kernel, shape->middle, false);
    append_point(model, UP_MODEL_PRELU, channels, 0);
    for (int i = 0; i < shape->body; i++) {
        append_conv(model, channels, channels, shape->body_kernel, shape->middle,
                    shape->middle > 0);
        append_point(model, UP_MODEL_PRELU, channels, 0);
    }
    if (shape->body > 1) {
        model->layer[1].shared = true;
        append_point(model, UP_MODEL_ADD, channels, 1);
    }
    append_conv(model, channels, shape->scale * shape->scale, shape->last_kernel, shape->middle,
                false);
    return UP_OK;
}

void up_model_free(up_model *model)
{
    up_free(model->layer);
    model->layer = NULL;
}

double up_model_multiply_adds(const up_model *model)
{
    double sum = 0;
    for (int i = 0; i < model->layers; i++)
        if (model->layer[i].op == UP_MODEL_CONV)
            sum += (double)up_model_weights(&model->layer[i]);
    return sum;
}

static void fill_random(float *to, size_t count, double deviation, up_random *random)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (float)(deviation * up_random_normal(random));
}

static void initialise_conv(const up_model_layer *layer, bool last, float *to, up_random *random)
{
    size_t taps = taps_of(layer);
    if (layer->middle == 0) {
        fill_random(to, layer->out * taps, last ? 0 : sqrt(1.0 / taps), random);
        memset(to + layer->out * taps, 0, layer->out * sizeof *to);
        return;
    }
    float *back = to + layer->middle * taps;
    size_t backs = (size_t)layer->out * layer->middle;
    fill_random(to, layer->middle * taps, sqrt(1.0 / taps), random);
    fill_random(back, backs, last ? 0 : sqrt(1.0 / layer->middle), random);
    memset(back + backs, 0, layer->out * sizeof *to);
}

void up_model_initialise(const up_model *model, float *learned, uint64_t seed)
{
    for (int i = 0; i < model->layers; i++) {
        const up_model_layer *layer = &model->layer[i];
        up_random random = up_random_make(seed, i, 0);
        if (layer->op == UP_MODEL_CONV)
            initialise_conv(layer, i == model->layers - 1, learned + layer->learned, &random);
        for (int c = 0; layer->op == UP_MODEL_PRELU && c < layer->out; c++)
            learned[layer->learned + c] = 0.25f;
    }
}
