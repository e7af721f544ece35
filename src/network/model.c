/* SPDX-License-Identifier: MIT */
#include "network/model.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/text/given_tensor.h"

#include <stdio.h>
#include <string.h>

#define LARGE ((size_t)4 << 20)
#define KERNEL_FLAG "--kernel-values"
#define MOST_KERNEL_VALUES ((size_t)1 << 22)

static up_network_hints hints_of(const up_options *options, int scale)
{
    return (up_network_hints){
        .layer = options->layer,
        .scale = scale,
        .range = options->told.range,
        .color = options->told.color,
        .activation = options->told.activation,
        .residual_scale = options->told.residual_scale,
    };
}

/* A file that fails without a scale but loads with one is only missing that. */
static up_status load(up_model *model, const up_options *options, int scale, up_error *error)
{
    up_network_hints hints = hints_of(options, 0);
    up_status status = up_network_load(&model->network, model->file, &hints, error);
    model->scale = scale;
    if (status == UP_OK || status != UP_ERROR_WEIGHTS || scale == 0)
        return status;
    hints.scale = scale;
    model->open = true;
    return up_network_load(&model->network, model->file, &hints, error);
}

/* Takes the file over, unless it is borrowed. */
static up_status from_file(up_model *model, const up_options *options, int scale, up_error *error)
{
    model->file_bytes = up_tensor_file_bytes(model->file);
    model->values_bytes = up_tensor_file_values_bytes(model->file);
    up_status status = load(model, options, scale, error);
    if (status == UP_OK && !model->open && !model->borrowed)
        status = up_tensor_file_drop_data(model->file, error);
    if (status != UP_OK)
        up_model_close(model);
    return status;
}

up_status up_model_open(up_model *model, const char *path, const up_options *options, int scale,
                        up_error *error)
{
    const size_t most = up_machine_memory_limit(options->max_memory);
    *model = (up_model){ .scale = scale };
    UP_TRY(up_tensor_file_open(&model->file, path, most, error));
    return from_file(model, options, scale, error);
}

up_status up_model_open_embedded(up_model *model, const up_embedded *embedded, up_error *error)
{
    static const up_options plain;
    *model = (up_model){ .scale = embedded->scale };
    UP_TRY(up_tensor_file_from_memory(&model->file, embedded->bytes, embedded->size, embedded->name,
                                      error));
    return from_file(model, &plain, embedded->scale, error);
}

/* The file of such a layer: a safetensors header, and the values. */
static up_status write_layer(unsigned char **bytes, size_t *size, const up_given_tensor *given,
                             int channels, up_error *error)
{
    static const char form[] = "{\"weight\":{\"dtype\":\"F32\",\"shape\":[%d,%d,%d,%d],"
                               "\"data_offsets\":[0,%zu]}}";
    const up_text_tensor *t = &given->tensor;
    const int in = given->frames > 1 ? given->frames : t->channels > 1 ? channels : 1;
    const size_t values = (size_t)t->channels * t->height * t->width * sizeof *t->value;
    char header[160];
    uint64_t length = (uint64_t)snprintf(header, sizeof header, form, in, t->channels / in,
                                         t->height, t->width, values);
    *size = sizeof length + length + values;
    *bytes = up_alloc(*size, 1);
    if (!*bytes)
        return up_fail_memory(error, "a kernel", *size);
    for (size_t i = 0; i < sizeof length; i++)
        (*bytes)[i] = (unsigned char)(length >> 8 * i);
    memcpy(*bytes + sizeof length, header, length);
    memcpy(*bytes + sizeof length + length, t->value, values);
    return UP_OK;
}

static up_status check_kernel(const up_given_tensor *given, int channels, up_error *error)
{
    const int planes = given->tensor.channels;
    if (given->picture)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: a kernel is a tensor, not a picture",
                       KERNEL_FLAG);
    if (given->frames == 1 && planes > 1 && planes % channels)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%s: %d planes do not fit %d input channel%s; there must be as many for "
                       "each",
                       KERNEL_FLAG, planes, channels, channels > 1 ? "s" : "");
    return UP_OK;
}

static up_status open_layer(up_model *model, const up_given_tensor *given, int channels,
                            const up_options *options, up_error *error)
{
    unsigned char *bytes = NULL;
    size_t size;
    UP_TRY(check_kernel(given, channels, error));
    UP_TRY(write_layer(&bytes, &size, given, channels, error));
    up_status status = up_tensor_file_from_memory(&model->file, bytes, size, KERNEL_FLAG, error);
    if (status == UP_OK)
        status = from_file(model, options, 0, error);
    if (status == UP_OK)
        up_model_close_file(model);
    up_free(bytes);
    return status;
}

up_status up_model_open_kernel(up_model *model, const char *kernel, int channels,
                               const up_options *options, up_error *error)
{
    up_given_tensor given;
    *model = (up_model){ .file = NULL };
    UP_TRY(up_given_tensor_read(&given, kernel, KERNEL_FLAG, MOST_KERNEL_VALUES, error));
    up_status status = open_layer(model, &given, channels, options, error);
    up_free(given.tensor.value);
    return status;
}

up_status up_model_open_again(up_model *model, const up_model *other, const up_options *options,
                              int scale, up_error *error)
{
    *model = (up_model){ .file = other->file, .borrowed = true };
    return from_file(model, options, scale, error);
}

bool up_model_depends_on_scale(const up_model *model, int scale)
{
    return model->open && (model->guessed || model->scale != scale);
}

void up_model_close_file(up_model *model)
{
    if (!model->borrowed)
        up_tensor_file_close(&model->file);
    model->file = NULL;
}

void up_model_close(up_model *model)
{
    const bool large = model->values_bytes > LARGE;
    up_network_free(&model->network);
    up_model_close_file(model);
    *model = (up_model){ .file = NULL };
    if (large)
        up_trim_memory(); /* a hundred tensors in between the packed ones */
}
