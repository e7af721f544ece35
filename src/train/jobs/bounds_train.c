/* SPDX-License-Identifier: MIT */
/* Weights that are there already, with the bounds that these pictures give; all else stays. */

#include "train/jobs/train.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "train/jobs/net_file.h"

#include <stdio.h>
#include <string.h>

enum { OWN_ITEMS = 6 };

/* `own`, and what else the file says; room for both must be there. */
static int list_items(const up_tensor_file *file, const up_metadata_item own[OWN_ITEMS],
                      up_metadata_item *item)
{
    int items = OWN_ITEMS;
    const up_metadata_item *from;
    memcpy(item, own, OWN_ITEMS * sizeof *item);
    for (int i = 0; (from = up_tensor_file_metadata_at(file, i)); i++) {
        bool other = true;
        for (int o = 0; o < OWN_ITEMS; o++)
            other &= strcmp(from->key, own[o].key) != 0;
        if (other)
            item[items++] = *from;
    }
    return items;
}

static up_status write_file(const up_tensor_file *file, const up_net_tensors *list,
                            const up_trainable *net, const up_train_job *job, up_error *error)
{
    char scale[16], channels[16];
    const up_weights_color color = net->network->color;
    const char *name = up_weights_color_name(color == UP_WEIGHTS_ANY ? UP_WEIGHTS_Y_STUDIO : color);
    const up_metadata_item own[OWN_ITEMS] = {
        { "upscale.scale", scale },          { "upscale.channels", channels },
        { "upscale.color", name },           { "upscale.range", "1" },
        { "upscale.limit", UP_TRAIN_LIMIT }, { "upscale.layers", list->layers }
    };
    size_t most = OWN_ITEMS;
    while (up_tensor_file_metadata_at(file, (int)(most - OWN_ITEMS)))
        most++;
    up_metadata_item *item = up_alloc(most, sizeof *item);
    if (!item)
        return up_fail_memory(error, "metadata", most * sizeof *item);
    snprintf(scale, sizeof scale, "%d", job->options.scale);
    snprintf(channels, sizeof channels, "%d", net->network->in_channels);
    const int items = list_items(file, own, item);
    up_status status = up_safetensors_write(job->output, list->tensor, list->tensors, item, items,
                                            job->options.overwrite, error);
    up_free(item);
    return status;
}

static up_status measure(up_trainable *net, const up_train_job *job, const up_pair_maker *maker,
                         up_error *error)
{
    const up_samples samples = up_train_samples(job, maker, true);
    up_net_bounds bounds;
    float *parameter = up_alloc(net->parameters, sizeof *parameter);
    if (!parameter)
        return up_fail_memory(error, "a network", net->parameters * sizeof *parameter);
    up_trainable_read(net, parameter);
    up_status status =
        up_net_bounds_measure(&bounds, net, parameter, &samples, job->options.threads, error);
    up_free(parameter);
    UP_TRY(status);
    status = up_net_bounds_state(&bounds, net, error);
    up_net_bounds_free(&bounds);
    return status;
}

static up_status rewrite(up_trainable *net, const up_tensor_file *file, up_train_job *job,
                         up_error *error)
{
    up_net_tensors list;
    up_pair_maker maker;
    up_status measured = up_train_prepare(job, net, &maker, error);
    if (measured == UP_OK)
        measured = measure(net, job, &maker, error);
    up_pair_maker_free(&maker);
    UP_TRY(measured);
    UP_TRY(up_net_tensors_make(&list, net->network, error));
    up_status status = write_file(file, &list, net, job, error);
    up_net_tensors_free(&list);
    return status;
}

static up_status with_file(const up_tensor_file *file, up_train_job *job, up_error *error)
{
    up_trainable net;
    const int scale = job->options.scale;
    UP_TRY(up_trainable_load(&net, file, scale, error));
    up_status status = net.scale == scale
                           ? rewrite(&net, file, job, error)
                           : up_fail(error, UP_ERROR_ARGUMENT, "%s is for scale %d, not %d",
                                     up_tensor_file_name(file), net.scale, scale);
    up_trainable_free(&net);
    return status;
}

up_status up_train_bounds(up_train_job *job, up_error *error)
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
