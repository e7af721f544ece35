#include "train/passes/model.h"

#include "base/memory.h"
#include "train/data/random.h"

#include <math.h>
#include <string.h>

size_t up_model_weights(const up_model_layer *layer)
{
    return (size_t)layer->out * layer->in * layer->kernel * layer->kernel;
}

size_t up_model_end(const up_model *model, int i)
{
    return i + 1 < model->layers ? model->layer[i + 1].first : model->parameters;
}

static size_t parameters_of(const up_model_layer *layer)
{
    if (layer->op == UP_MODEL_CONV)
        return up_model_weights(layer) + layer->out;
    return layer->op == UP_MODEL_PRELU ? layer->out : 0;
}

static void append(up_model *model, up_model_layer layer)
{
    layer.first = model->parameters;
    model->parameters += parameters_of(&layer);
    model->reach = up_max(model->reach, layer.kernel / 2);
    model->most_channels = up_max(model->most_channels, up_max(layer.in, layer.out));
    model->layer[model->layers++] = layer;
}

static void append_conv(up_model *model, int in, int out, int kernel)
{
    append(model, (up_model_layer){ .op = UP_MODEL_CONV, .in = in, .out = out, .kernel = kernel });
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
    append_conv(model, 1, channels, shape->first_kernel);
    append_point(model, UP_MODEL_PRELU, channels, 0);
    for (int i = 0; i < shape->body; i++) {
        append_conv(model, channels, channels, shape->body_kernel);
        append_point(model, UP_MODEL_PRELU, channels, 0);
    }
    if (shape->body > 1) {
        model->layer[1].shared = true;
        append_point(model, UP_MODEL_ADD, channels, 1);
    }
    append_conv(model, channels, shape->scale * shape->scale, shape->last_kernel);
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

void up_model_initialise(const up_model *model, float *parameter, uint64_t seed)
{
    memset(parameter, 0, model->parameters * sizeof *parameter);
    for (int i = 0; i < model->layers - 1; i++) {
        const up_model_layer *layer = &model->layer[i];
        float *to = parameter + layer->first;
        up_random random = up_random_make(seed, i, 0);
        double deviation = sqrt(1.0 / (layer->in * layer->kernel * layer->kernel));
        for (size_t w = 0; layer->op == UP_MODEL_CONV && w < up_model_weights(layer); w++)
            to[w] = (float)(deviation * up_random_normal(&random));
        for (int c = 0; layer->op == UP_MODEL_PRELU && c < layer->out; c++)
            to[c] = 0.25f;
    }
}
