#include "network/layer.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "network/layer_parameters.h"
#include "network/tensor_values.h"

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0 &&
           (length == tail || name[length - tail - 1] == '.');
}

static up_status not_one_layer(const up_tensor_file *file, up_error *error)
{
    char list[UP_KEY_LIST];
    int count = up_tensor_file_count(file);
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: not a single ConvTranspose2d (a 4-D \"weight\" and its \"bias\"); "
                   "%d tensors found%s%s",
                   up_tensor_file_name(file), count, count ? ": " : "", up_tensor_list(list, file));
}

static up_status find_tensors(const up_tensor_file *file, const up_tensor **weight,
                              const up_tensor **bias, up_error *error)
{
    *weight = *bias = NULL;
    if (up_tensor_file_metadata(file, "upscale.layers"))
        return up_fail(
            error, UP_ERROR_WEIGHTS,
            "%s: holds a network (upscale.layers); only a single ConvTranspose2d can be used",
            up_tensor_file_name(file));
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(file, i)); i++) {
        bool is_weight = tensor->dims == 4 && ends_with(tensor->name, "weight");
        const up_tensor **found = is_weight                         ? weight
                                  : ends_with(tensor->name, "bias") ? bias
                                                                    : NULL;
        if (!found || *found)
            return not_one_layer(file, error);
        *found = tensor;
    }
    if (!*weight)
        return not_one_layer(file, error);
    size_t stem = strlen((*weight)->name) - strlen("weight");
    if (*bias && (strlen((*bias)->name) != stem + strlen("bias") ||
                  strncmp((*bias)->name, (*weight)->name, stem) != 0))
        return not_one_layer(file, error);
    return UP_OK;
}

/* Channels and kernel; the groups must be known. */
static up_status read_shape(up_layer_weights *layer, const up_tensor_file *file,
                            const up_tensor *weight, const up_tensor *bias, up_error *error)
{
    const size_t *shape = weight->shape;
    UP_TRY(up_tensor_check_kernel(file, weight, error));
    layer->in_channels = (int)shape[0];
    layer->kernel[0] = (int)shape[2];
    layer->kernel[1] = (int)shape[3];
    if (layer->in_channels % layer->groups)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: %d input channels cannot be split into %d groups (--groups, "
                       "upscale.groups)",
                       up_tensor_file_name(file), layer->in_channels, layer->groups);
    if (shape[1] * (size_t)layer->groups > UP_MOST_CHANNELS)
        return up_tensor_refuse(file, weight, "more than 65536 channels or kernel taps", error);
    layer->out_channels = (int)shape[1] * layer->groups;
    if (bias && (bias->dims != 1 || bias->shape[0] != (size_t)layer->out_channels))
        return up_tensor_refuse(file, bias, "must hold one value for each output channel", error);
    return UP_OK;
}

static up_status check_geometry(const up_layer_weights *layer, const char *name, up_error *error)
{
    for (int axis = 0; axis < 2; axis++) {
        if ((int64_t)layer->dilation[axis] * (layer->kernel[axis] - 1) >= UP_MOST_SPAN)
            return up_fail(error, UP_ERROR_WEIGHTS,
                           "%s: kernel and dilation span too many pixels (--dilation)", name);
        if (layer->output_padding[axis] >= up_max(layer->stride[axis], layer->dilation[axis]))
            return up_fail(error, UP_ERROR_WEIGHTS,
                           "%s: output_padding %d,%d must be smaller than stride %d,%d or dilation "
                           "%d,%d (--output-padding, --stride, --dilation)",
                           name, layer->output_padding[0], layer->output_padding[1],
                           layer->stride[0], layer->stride[1], layer->dilation[0],
                           layer->dilation[1]);
    }
    return UP_OK;
}

static up_status load(up_layer_weights *layer, const up_tensor_file *file, const up_layer *flags,
                      up_error *error)
{
    const up_tensor *weight, *bias;
    UP_TRY(find_tensors(file, &weight, &bias, error));
    UP_TRY(up_layer_read_parameters(layer, file, flags, error));
    UP_TRY(read_shape(layer, file, weight, bias, error));
    UP_TRY(check_geometry(layer, up_tensor_file_name(file), error));
    UP_TRY(up_layer_read_use(layer, file, error));
    UP_TRY(up_tensor_values(&layer->weight, file, weight, error));
    return bias ? up_tensor_values(&layer->bias, file, bias, error) : UP_OK;
}

up_status up_layer_load(up_layer_weights **layer, const up_tensor_file *file, const up_layer *flags,
                        up_error *error)
{
    static const up_layer none;
    *layer = up_alloc_zero(1, sizeof **layer);
    if (!*layer)
        return up_fail_memory(error, "a layer", sizeof **layer);
    up_status status = load(*layer, file, flags ? flags : &none, error);
    if (status != UP_OK)
        up_layer_free(layer);
    return status;
}

void up_layer_free(up_layer_weights **layer)
{
    if (!*layer)
        return;
    up_free((*layer)->weight);
    up_free((*layer)->bias);
    up_free(*layer);
    *layer = NULL;
}
