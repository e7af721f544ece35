#include "network/model.h"

#include "base/machine.h"
#include "base/memory.h"

#define LARGE ((size_t)4 << 20)

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
