#include "train/jobs/net_file.h"

#include "base/memory.h"
#include "network/layers.h"

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

static bool has_kernel(const up_network_node *node, int size)
{
    const up_convolution *conv = node->fields;
    return conv->kernel[0] == size && conv->kernel[1] == size && node->bias.value;
}

static bool fits(const up_model_layer *layer, const up_network_node *node)
{
    static const up_layer_kind *const kinds[] = { &up_layer_conv2d, &up_layer_prelu,
                                                  &up_layer_add };
    return node->kind == kinds[layer->op] && node->in_channels == layer->in &&
           node->channels == layer->out &&
           (layer->op != UP_MODEL_CONV || has_kernel(node, layer->kernel)) &&
           (layer->op != UP_MODEL_ADD || (node->inputs == 2 && node->input[1] == layer->from));
}

static bool last_fits(const up_model *model, const up_network_node *node)
{
    const up_model_layer *layer = &model->layer[model->layers - 1];
    const up_convolution *conv = node->fields;
    return conv->stride[0] == model->scale && conv->stride[1] == model->scale &&
           has_kernel(node, layer->kernel * model->scale);
}

static void take_layer(const up_model_layer *layer, const up_network_node *node, float *parameter)
{
    const bool conv = layer->op == UP_MODEL_CONV;
    const size_t weights = conv ? up_model_weights(layer) : (size_t)layer->out;
    float *to = parameter + layer->first;
    if (layer->op != UP_MODEL_ADD)
        memcpy(to, node->weight.value, weights * sizeof *to);
    if (conv)
        memcpy(to + weights, node->bias.value, layer->out * sizeof *to);
}

static up_status take(const up_model *model, const up_network *network, float *parameter,
                      const char *path, up_error *error)
{
    const int last = model->layers - 1;
    const up_network_node *node = network->node;
    bool alike = network->nodes >= model->layers && node[last].kind == &up_layer_conv_transpose2d &&
                 node[last].in_channels == model->layer[last].in;
    for (int i = 0; alike && i < last; i++)
        alike = fits(&model->layer[i], &node[i]);
    if (!alike)
        return up_fail(
            error, UP_ERROR_WEIGHTS,
            "%s: not a network of this shape; state the --channels, --layers and kernels "
            "that it was trained with",
            path);
    for (int i = 0; i < last; i++)
        take_layer(&model->layer[i], &node[i], parameter);
    const up_model_layer *layer = &model->layer[last];
    float *to = parameter + layer->first;
    if (!last_fits(model, &node[last]))
        return UP_OK;
    for (size_t i = 0; i < up_model_weights(layer); i++)
        to[i] = node[last].weight.value[transposed_at(model, layer, i)];
    for (int o = 0; o < layer->out; o++)
        to[up_model_weights(layer) + o] = node[last].bias.value[0];
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
    const up_network_node *node = network->node;
    up_model_shape shape = { .scale = network->scale[0], .body_kernel = 3, .body = -1 };
    for (int i = 0; i < network->nodes; i++) {
        const up_convolution *conv = node[i].fields;
        shape.body += node[i].kind == &up_layer_prelu;
        if (node[i].kind == &up_layer_conv_transpose2d)
            shape.last_kernel = conv->kernel[0] / network->scale[0];
    }
    shape.channels = node[0].channels;
    if (node[0].kind == &up_layer_conv2d)
        shape.first_kernel = ((const up_convolution *)node[0].fields)->kernel[0];
    return shape;
}

up_status up_model_make_like(up_model *model, const up_tensor_file *file, up_error *error)
{
    up_network *network;
    const char *name = up_tensor_file_name(file);
    if (!up_tensor_file_metadata(file, "upscale.layers"))
        return no_model(name, error);
    UP_TRY(up_network_load(&network, file, NULL, error));
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
    up_status status = up_network_load(&network, file, NULL, error);
    up_tensor_file_close(&file);
    UP_TRY(status);
    status = take(model, network, parameter, path, error);
    up_network_free(&network);
    return status;
}
