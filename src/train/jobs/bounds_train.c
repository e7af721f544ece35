/* Weights that are there already, with the bounds that these pictures give; all else stays. */
#include "base/machine.h"
#include "base/memory.h"
#include "train/jobs/net_bounds.h"
#include "train/jobs/net_file.h"
#include "weights/safetensors.h"

#include <stdlib.h>
#include <string.h>

/* What the file says, but for its layers and limit; room for those must be there. */
static int other_items(const up_tensor_file *file, up_metadata_item *item)
{
    int items = 0;
    const up_metadata_item *from;
    for (int i = 0; (from = up_tensor_file_metadata_at(file, i)); i++)
        if (strcmp(from->key, "upscale.layers") != 0 && strcmp(from->key, "upscale.limit") != 0)
            item[items++] = *from;
    return items;
}

static up_status rewrite(const up_tensor_file *file, const char *layers, const up_train_job *job,
                         up_error *error)
{
    int tensors = up_tensor_file_count(file), items = 0;
    while (up_tensor_file_metadata_at(file, items))
        items++;
    up_tensor *tensor = up_alloc((size_t)tensors, sizeof *tensor);
    up_metadata_item *item = up_alloc((size_t)items + 2, sizeof *item);
    up_status status = tensor && item ? UP_OK : up_fail_memory(error, "weights", sizeof *tensor);
    for (int i = 0; status == UP_OK && i < tensors; i++)
        tensor[i] = *up_tensor_file_at(file, i);
    if (status == UP_OK) {
        items = other_items(file, item);
        item[items++] = (up_metadata_item){ "upscale.layers", layers };
        item[items++] = (up_metadata_item){ "upscale.limit", UP_TRAIN_LIMIT };
        status = up_safetensors_write(job->output, tensor, tensors, item, items,
                                      job->options.overwrite, error);
    }
    up_free(tensor);
    up_free(item);
    return status;
}

static up_status state(const up_net_bounds *bounds, const up_model *model,
                       const up_tensor_file *file, const up_train_job *job, up_error *error)
{
    json_t *list = json_loads(up_tensor_file_metadata(file, "upscale.layers"), 0, NULL);
    if (list)
        up_net_bounds_state(bounds, model, list);
    char *layers = list ? json_dumps(list, UP_LAYERS_JSON) : NULL;
    up_status status =
        layers ? rewrite(file, layers, job, error) : up_fail_memory(error, "a list of layers", 0);
    free(layers);
    json_decref(list);
    return status;
}

static up_status measure(const up_model *model, float *parameter, const up_tensor_file *file,
                         const up_train_job *job, up_error *error)
{
    up_net_bounds bounds;
    UP_TRY(up_model_read(model, parameter, job->options.from,
                         up_machine_memory_limit(job->options.max_memory), error));
    UP_TRY(up_net_bounds_measure(&bounds, model, parameter, &job->training, job->options.threads,
                                 error));
    up_status status = state(&bounds, model, file, job, error);
    up_net_bounds_free(&bounds);
    return status;
}

static up_status with_file(const up_tensor_file *file, const up_train_job *job, up_error *error)
{
    up_model model;
    UP_TRY(up_model_make_like(&model, file, error));
    if (model.scale != job->options.scale) {
        up_model_free(&model);
        return up_fail(error, UP_ERROR_ARGUMENT, "%s is for scale %d, not %d",
                       up_tensor_file_name(file), model.scale, job->options.scale);
    }
    float *parameter = up_alloc(model.parameters, sizeof *parameter);
    up_status status = parameter
                           ? measure(&model, parameter, file, job, error)
                           : up_fail_memory(error, "a model", model.parameters * sizeof(float));
    up_free(parameter);
    up_model_free(&model);
    return status;
}

up_status up_train_bounds(const up_train_job *job, up_error *error)
{
    up_tensor_file *file;
    if (!job->options.from)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "bounds are measured of weights that are there: name them with --from");
    const size_t most = up_machine_memory_limit(job->options.max_memory);
    UP_TRY(up_tensor_file_open(&file, job->options.from, most, error));
    up_status status = with_file(file, job, error);
    up_tensor_file_close(&file);
    return status;
}
