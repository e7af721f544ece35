/* Training in a file: safetensors, with the options that it was begun with as text. */
#include "base/machine.h"
#include "base/memory.h"
#include "network/metadata/upscale_layers.h"
#include "train/jobs/net_training.h"
#include "train/jobs/train.h"
#include "weights/safetensors/safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { STATES = 5, TEXT = 768, CHECKED = 4 /* texts */, CHECKSUM = 24 };

typedef struct {
    const char *name;
    float *data;
    size_t count;
} state;

static void list_states(const up_net_training *t, state list[STATES])
{
    const state all[STATES] = {
        { "parameters", t->parameter, t->net.parameters },
        { "mean", t->mean, t->net.parameters },
        { "square", t->square, t->net.parameters },
        { "average", t->average, t->net.parameters },
        { "best", t->best, t->net.parameters },
    };
    memcpy(list, all, sizeof all);
}

/* What must be the same for a run to end as it would have without a break. */
static void describe(const up_net_training *t, char text[TEXT])
{
    const up_train_options *o = &t->options;
    uint64_t places = t->patches->until[t->patches->set->count - 1];
    char inputs[UP_TRAIN_INPUTS_TEXT];
    up_train_inputs_text(inputs, o);
    snprintf(text, TEXT,
             "scale %d, channels %d, layers %d, kernels %d and %d, steps %d, batch %d, patch %d, "
             "candidates %d, rate %g, loss %d, precision %d, seed %" PRIu64
             ", threads %d, patches %" PRIu64 "%s",
             o->scale, o->channels, o->layers, o->first_kernel, o->last_kernel, o->steps, o->batch,
             o->patch, o->candidates, o->rate, (int)o->loss, (int)o->precision, o->seed, t->threads,
             places, inputs);
}

/* The layers, bounds left out; to be freed with free(). */
static char *layers_of(const up_net_training *t)
{
    json_t *list = up_network_layers(t->net.network);
    json_t *layer;
    size_t i;
    json_array_foreach(list, i, layer)
    {
        json_object_del(layer, "min");
        json_object_del(layer, "max");
    }
    char *text = json_dumps(list, UP_NETWORK_JSON);
    json_decref(list);
    return text;
}

/* Of everything else that a checkpoint says: flipped bits would train on. */
static void checksum(const up_net_training *t, const char *const text[CHECKED], char sum[CHECKSUM])
{
    state list[STATES];
    uLong crc = crc32(0, NULL, 0);
    list_states(t, list);
    for (int i = 0; i < CHECKED; i++)
        crc = crc32_z(crc, (const Bytef *)text[i], strlen(text[i]) + 1);
    for (int i = 0; i < STATES; i++)
        crc = crc32_z(crc, (const Bytef *)list[i].data, list[i].count * sizeof *list[i].data);
    snprintf(sum, CHECKSUM, "%08lx", crc);
}

static up_status write_checkpoint(const up_net_training *t, const char *layers, const char *path,
                                  up_error *error)
{
    state list[STATES];
    up_tensor tensors[STATES];
    char options[TEXT], step[32], psnr[32], sum[CHECKSUM];
    list_states(t, list);
    describe(t, options);
    snprintf(step, sizeof step, "%" PRId64, t->step);
    snprintf(psnr, sizeof psnr, "%a", t->best_psnr);
    for (int i = 0; i < STATES; i++)
        tensors[i] = up_tensor_of_f32(list[i].name, 1, &list[i].count, list[i].data);
    checksum(t, (const char *const[]){ options, step, psnr, layers }, sum);
    const up_metadata_item items[] = { { "upscale.checkpoint", options },
                                       { "upscale.step", step },
                                       { "upscale.best_psnr", psnr },
                                       { "upscale.network", layers },
                                       { "upscale.checksum", sum } };
    return up_safetensors_write(path, tensors, STATES, items, 5, true, error);
}

up_status up_checkpoint_write(const up_net_training *t, const char *path, up_error *error)
{
    char *layers = layers_of(t);
    up_status status = layers ? write_checkpoint(t, layers, path, error)
                              : up_fail_memory(error, "a list of layers", 0);
    free(layers);
    return status;
}

static up_status read_states(up_net_training *t, const up_tensor_file *file, up_error *error)
{
    state list[STATES];
    list_states(t, list);
    for (int i = 0; i < STATES; i++) {
        const up_tensor *tensor = up_tensor_file_find(file, list[i].name);
        if (!tensor || tensor->elements != list[i].count)
            return up_fail(error, UP_ERROR_WEIGHTS, "%s: the checkpoint is without %s of this run",
                           up_tensor_file_name(file), list[i].name);
        UP_TRY(up_tensor_to_f32(file, tensor, list[i].data, error));
    }
    return UP_OK;
}

static up_status check_network(const up_net_training *t, const up_tensor_file *file,
                               up_error *error)
{
    const char *stated = up_tensor_file_metadata(file, "upscale.network");
    char *layers = layers_of(t);
    const bool same = stated && layers && strcmp(stated, layers) == 0;
    free(layers);
    return same ? UP_OK
                : up_fail(error, UP_ERROR_WEIGHTS,
                          "%s was begun with another network; name the same --from, or another "
                          "--checkpoint",
                          up_tensor_file_name(file));
}

/* Checkpoints from before there was one have none. */
static up_status check_sum(const up_net_training *t, const up_tensor_file *file,
                           const char *const text[CHECKED], up_error *error)
{
    char sum[CHECKSUM];
    const char *stated = up_tensor_file_metadata(file, "upscale.checksum");
    checksum(t, text, sum);
    if (!stated || strcmp(stated, sum) == 0)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: the checkpoint is damaged: its checksum is wrong; take an earlier copy of "
                   "it, or begin anew with another --checkpoint",
                   up_tensor_file_name(file));
}

static up_status read_checkpoint(up_net_training *t, const up_tensor_file *file, up_error *error)
{
    char options[TEXT];
    const char *stated = up_tensor_file_metadata(file, "upscale.checkpoint");
    const char *step = up_tensor_file_metadata(file, "upscale.step");
    const char *psnr = up_tensor_file_metadata(file, "upscale.best_psnr");
    describe(t, options);
    if (!stated || !step || !psnr)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s is not a checkpoint of a training",
                       up_tensor_file_name(file));
    if (strcmp(stated, options) != 0)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s was begun with other options (%.180s); give the same ones, or another "
                       "--checkpoint",
                       up_tensor_file_name(file), stated);
    UP_TRY(check_network(t, file, error));
    char *step_end, *psnr_end;
    t->step = strtoll(step, &step_end, 10);
    t->best_psnr = strtod(psnr, &psnr_end);
    if (*step_end || *psnr_end || t->step < 0 || t->step > t->options.steps)
        return up_fail(error, UP_ERROR_WEIGHTS, "%s: step %.20s is not one of this run",
                       up_tensor_file_name(file), step);
    UP_TRY(read_states(t, file, error));
    const char *layers = up_tensor_file_metadata(file, "upscale.network");
    return check_sum(t, file, (const char *const[]){ stated, step, psnr, layers }, error);
}

up_status up_checkpoint_read(up_net_training *t, const char *path, up_error *error)
{
    up_tensor_file *file;
    UP_TRY(up_tensor_file_open(&file, path, up_machine_memory_limit(t->options.max_memory), error));
    up_status status = read_checkpoint(t, file, error);
    up_tensor_file_close(&file);
    return status;
}
