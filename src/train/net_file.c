#include "train/net_file.h"

#include "base/memory.h"
#include "network/network.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 24 };

/* Kernel index of the transposed convolution along an axis, for phase p and tap k of the
 * convolution before the pixel shuffle. */
static int unshuffled(const up_model *model, const up_model_layer *layer, int p, int k)
{
    return p + (layer->kernel - 1 - k) * model->scale;
}

/* The place in [in][1][size][size] of a weight in [scale * scale][in][kernel][kernel]. */
static size_t transposed_at(const up_model *model, const up_model_layer *layer, size_t i)
{
    int kernel = layer->kernel, size = kernel * model->scale;
    int x = (int)(i % kernel), y = (int)(i / kernel % kernel);
    int in = (int)(i / kernel / kernel % layer->in), out = (int)(i / kernel / kernel / layer->in);
    int row = unshuffled(model, layer, out / model->scale, y);
    int column = unshuffled(model, layer, out % model->scale, x);
    return ((size_t)in * size + row) * size + column;
}

/* ---------------------------------------------------------------- writing */

static json_t *layer_json(const up_model *model, int i)
{
    const up_model_layer *layer = &model->layer[i];
    char name[NAME], from[NAME];
    snprintf(name, sizeof name, "%d", i);
    snprintf(from, sizeof from, "%d", layer->from);
    if (layer->op == UP_MODEL_ADD)
        return json_pack("{ss ss}", "op", "add", "from", from);
    json_t *item = NULL;
    if (layer->op == UP_MODEL_PRELU)
        item = json_pack("{ss ss}", "op", "prelu", "name", name);
    else if (i < model->layers - 1)
        item = json_pack("{ss ss si}", "op", "conv2d", "name", name, "padding", layer->kernel / 2);
    else
        item = json_pack("{ss ss si si}", "op", "conv_transpose2d", "name", name, "stride",
                         model->scale, "padding", layer->kernel / 2 * model->scale);
    if (item && layer->shared)
        json_object_set_new(item, "id", json_string(name));
    return item;
}

static char *layers_json(const up_model *model, const up_net_bounds *bounds)
{
    json_t *list = json_array();
    for (int i = 0; i < model->layers; i++)
        json_array_append_new(list, layer_json(model, i));
    json_array_append_new(list, json_pack("{ss ss ss sf}", "op", "add", "from", "input", "resize",
                                          "bicubic", "cubic_a", -0.5));
    if (bounds)
        up_net_bounds_state(bounds, model, list);
    char *text = json_dumps(list, UP_LAYERS_JSON);
    json_decref(list);
    return text;
}

typedef struct {
    up_tensor *tensor;
    int count;
    char (*name)[NAME];
    size_t (*shape)[4];
} tensor_list;

static void append(tensor_list *list, int layer, const char *what, const float *data, int dims,
                   const size_t *shape)
{
    int i = list->count++;
    memcpy(list->shape[i], shape, (size_t)dims * sizeof *shape);
    snprintf(list->name[i], NAME, "%d.%s", layer, what);
    list->tensor[i] = up_tensor_of_f32(list->name[i], dims, list->shape[i], data);
}

/* The bias of the last layer is one for all phases. */
static void append_layer(tensor_list *list, const up_model *model, int i, const float *parameter,
                         const float *transposed)
{
    const up_model_layer *layer = &model->layer[i];
    const float *weight = parameter + layer->first;
    size_t in = layer->in, out = layer->out, kernel = layer->kernel, size = kernel * model->scale;
    if (layer->op == UP_MODEL_PRELU)
        append(list, i, "weight", weight, 1, (size_t[]){ out });
    if (layer->op != UP_MODEL_CONV)
        return;
    bool last = i == model->layers - 1;
    if (last)
        append(list, i, "weight", transposed, 4, (size_t[]){ in, 1, size, size });
    else
        append(list, i, "weight", weight, 4, (size_t[]){ out, in, kernel, kernel });
    append(list, i, "bias", weight + up_model_weights(layer), 1, (size_t[]){ last ? 1 : out });
}

static up_status save(const up_model *model, const float *parameter, const up_net_bounds *bounds,
                      float *transposed, tensor_list *list, const up_train_job *job,
                      const up_train_result *about, up_error *error)
{
    const up_model_layer *last = &model->layer[model->layers - 1];
    for (size_t i = 0; i < up_model_weights(last); i++)
        transposed[transposed_at(model, last, i)] = parameter[last->first + i];
    for (int i = 0; i < model->layers; i++)
        append_layer(list, model, i, parameter, transposed);
    char *layers = layers_json(model, bounds);
    if (!layers)
        return up_fail_memory(error, "a list of layers", 0);
    up_train_result result = *about;
    result.layers = layers;
    result.tensor = list->tensor;
    result.tensors = list->count;
    up_status status = up_train_save(job, &result, error);
    free(layers);
    return status;
}

up_status up_model_save(const up_model *model, const float *parameter, const up_net_bounds *bounds,
                        const up_train_job *job, const up_train_result *result, up_error *error)
{
    size_t most = 2 * (size_t)model->layers;
    tensor_list list = { up_alloc(most, sizeof *list.tensor), 0, up_alloc(most, sizeof *list.name),
                         up_alloc(most, sizeof *list.shape) };
    float *transposed =
        up_alloc(up_model_weights(&model->layer[model->layers - 1]), sizeof *transposed);
    up_status status = list.tensor && list.name && list.shape && transposed
                           ? save(model, parameter, bounds, transposed, &list, job, result, error)
                           : up_fail_memory(error, "tensors", most * sizeof *list.tensor);
    up_free(list.tensor);
    up_free(list.name);
    up_free(list.shape);
    up_free(transposed);
    return status;
}

/* ---------------------------------------------------------------- reading */

static bool fits(const up_model_layer *layer, const up_network_item *item)
{
    static const up_network_op ops[] = { UP_NETWORK_CONV2D, UP_NETWORK_PRELU, UP_NETWORK_ADD };
    return item->op == ops[layer->op] && item->in_channels == layer->in &&
           item->out_channels == layer->out &&
           (layer->op != UP_MODEL_CONV ||
            (item->kernel[0] == layer->kernel && item->kernel[1] == layer->kernel && item->bias)) &&
           (layer->op != UP_MODEL_ADD || item->from == layer->from);
}

static bool last_fits(const up_model *model, const up_network_item *item)
{
    const up_model_layer *layer = &model->layer[model->layers - 1];
    int size = layer->kernel * model->scale;
    return item->stride[0] == model->scale && item->stride[1] == model->scale &&
           item->kernel[0] == size && item->kernel[1] == size && item->bias;
}

static up_status take(const up_model *model, const up_network *network, float *parameter,
                      const char *path, up_error *error)
{
    int last = model->layers - 1;
    bool alike = network->items >= model->layers &&
                 network->item[last].op == UP_NETWORK_CONV_TRANSPOSE2D &&
                 network->item[last].in_channels == model->layer[last].in;
    for (int i = 0; alike && i < last; i++)
        alike = fits(&model->layer[i], &network->item[i]);
    if (!alike)
        return up_fail(
            error, UP_ERROR_WEIGHTS,
            "%s: not a network of this shape; state the --channels, --layers and kernels "
            "that it was trained with",
            path);
    for (int i = 0; i < last; i++) {
        const up_model_layer *layer = &model->layer[i];
        const up_network_item *item = &network->item[i];
        size_t weights = layer->op == UP_MODEL_CONV ? up_model_weights(layer) : (size_t)layer->out;
        float *to = parameter + layer->first;
        if (layer->op != UP_MODEL_ADD)
            memcpy(to, item->weight, weights * sizeof *to);
        if (layer->op == UP_MODEL_CONV)
            memcpy(to + weights, item->bias, layer->out * sizeof *to);
    }
    const up_model_layer *layer = &model->layer[last];
    float *to = parameter + layer->first;
    if (!last_fits(model, &network->item[last]))
        return UP_OK;
    for (size_t i = 0; i < up_model_weights(layer); i++)
        to[i] = network->item[last].weight[transposed_at(model, layer, i)];
    for (int o = 0; o < layer->out; o++)
        to[up_model_weights(layer) + o] = network->item[last].bias[0];
    return UP_OK;
}

static up_status no_model(const char *name, up_error *error)
{
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: not a network as upscale train --kind net makes them", name);
}

/* As the first layers tell: `body` counts the PReLUs but for the first. */
static up_model_shape shape_of(const up_network *network)
{
    const up_network_item *item = network->item;
    up_model_shape shape = { .scale = network->scale[0], .body_kernel = 3, .body = -1 };
    for (int i = 0; i < network->items; i++) {
        shape.body += item[i].op == UP_NETWORK_PRELU;
        if (item[i].op == UP_NETWORK_CONV_TRANSPOSE2D)
            shape.last_kernel = item[i].kernel[0] / network->scale[0];
    }
    shape.channels = item[0].out_channels;
    shape.first_kernel = item[0].kernel[0];
    return shape;
}

up_status up_model_make_like(up_model *model, const up_tensor_file *file, up_error *error)
{
    up_network *network;
    const char *name = up_tensor_file_name(file);
    if (!up_tensor_file_metadata(file, "upscale.layers"))
        return no_model(name, error);
    UP_TRY(up_network_load(&network, file, NULL, 0, error));
    const up_model_shape shape = shape_of(network);
    up_network_free(&network);
    return up_model_make(model, &shape, NULL) == UP_OK ? UP_OK : no_model(name, error);
}

up_status up_model_read(const up_model *model, float *parameter, const char *path, size_t most,
                        up_error *error)
{
    up_tensor_file *file;
    up_network *network;
    UP_TRY(up_tensor_file_open(&file, path, most, error));
    up_status status = up_network_load(&network, file, NULL, 0, error);
    up_tensor_file_close(&file);
    UP_TRY(status);
    status = take(model, network, parameter, path, error);
    up_network_free(&network);
    return status;
}
