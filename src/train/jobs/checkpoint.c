/* SPDX-License-Identifier: MIT */
/* Training in a file: safetensors, with the options that it was begun with as text. */

#include "train/jobs/net_training.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "network/metadata/upscale_layers.h"
#include "train/jobs/train.h"
#include "weights/safetensors/safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { STATES = 6, TEXT = 1024, CHECKED = 5 /* texts */, CHECKSUM = 24 };

typedef struct {
    const char *name;
    float *data;
    size_t count;
} state;

static void list_states(const up_net_training *t, state list[STATES])
{
    const state all[STATES] = {
        { "parameters", t->learned, t->net.learned },
        { "mean", t->mean, t->net.learned },
        { "square", t->square, t->net.learned },
        { "average", t->average, t->net.learned },
        { "best", t->best, t->net.learned },
        { "measures", &t->measure[0][0], 2 * (size_t)UP_NET_MEASURES },
    };
    memcpy(list, all, sizeof all);
}

/* What must be the same for a run to end as it would have without a break. */
static void describe(const up_net_training *t, char text[TEXT])
{
    const up_train_options *o = &t->options;
    const up_patches *patches = t->samples->patches;
    uint64_t places = patches->until[patches->set->count - 1];
    char inputs[UP_TRAIN_INPUTS_TEXT];
    up_train_inputs_text(inputs, o);
    snprintf(text, TEXT,
             "scale %d, channels %d, layers %d, kernels %d and %d, steps %d, batch %d, patch %d, "
             "candidates %d, rate %g, ema %g, loss %d, precision %d, seed %" PRIu64
             ", patches %" PRIu64 "%s",
             o->scale, o->channels, o->layers, o->first_kernel, o->last_kernel, o->steps, o->batch,
             o->patch, o->candidates, o->rate, o->ema, (int)o->loss, (int)o->precision, o->seed,
             places, inputs);
}

/* The design, or the layers, bounds left out; to be freed with free(). */
static char *layers_of(const up_net_training *t)
{
    return t->net.design ? strdup(t->net.design) : up_network_layers(t->net.network, false);
}

/* What pairs are made by; to be freed with free(). */
static char *recipe_of(const up_net_training *t)
{
    return t->samples->maker ? up_recipe_text(&t->samples->maker->recipe) : strdup("");
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

static up_status write_checkpoint(const up_net_training *t, const char *layers, const char *recipe,
                                  const char *path, up_error *error)
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
    checksum(t, (const char *const[]){ options, step, psnr, layers, recipe }, sum);
    const up_metadata_item items[] = {
        { "upscale.checkpoint", options }, { "upscale.step", step },
        { "upscale.best_psnr", psnr },     { "upscale.network", layers },
        { "upscale.recipe", recipe },      { "upscale.checksum", sum }
    };
    return up_safetensors_write(path, tensors, STATES, items, 6, true, error);
}

up_status up_checkpoint_write(const up_net_training *t, const char *path, up_error *error)
{
    char *layers = layers_of(t), *recipe = recipe_of(t);
    up_status status = layers && recipe ? write_checkpoint(t, layers, recipe, path, error)
                                        : up_fail_memory(error, "a list of layers", 0);
    free(layers);
    free(recipe);
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
    t->measures = 0;
    while (t->measures < UP_NET_MEASURES && t->measure[t->measures][0] > 0)
        t->measures++;
    return UP_OK;
}

/* Whether the file states under `key` what `own` is, which is freed. */
static bool states(const up_tensor_file *file, const char *key, char *own)
{
    const char *stated = up_tensor_file_metadata(file, key);
    const bool same = stated && own && strcmp(stated, own) == 0;
    free(own);
    return same;
}

static up_status check_network(const up_net_training *t, const up_tensor_file *file,
                               up_error *error)
{
    if (!states(file, "upscale.network", layers_of(t)))
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s was begun with another network; name the same --network or --from, or "
                       "another --checkpoint",
                       up_tensor_file_name(file));
    if (states(file, "upscale.recipe", recipe_of(t)))
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s was begun with another recipe; name the same --recipe, or another "
                   "--checkpoint",
                   up_tensor_file_name(file));
}

static up_status check_sum(const up_net_training *t, const up_tensor_file *file,
                           const char *const text[CHECKED], up_error *error)
{
    char sum[CHECKSUM];
    const char *stated = up_tensor_file_metadata(file, "upscale.checksum");
    checksum(t, text, sum);
    if (stated && strcmp(stated, sum) == 0)
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
    const char *recipe = up_tensor_file_metadata(file, "upscale.recipe");
    return check_sum(t, file, (const char *const[]){ stated, step, psnr, layers, recipe }, error);
}

up_status up_checkpoint_read(up_net_training *t, const char *path, up_error *error)
{
    up_tensor_file *file;
    UP_TRY(up_tensor_file_open(&file, path, up_machine_memory_limit(t->options.max_memory), error));
    up_status status = read_checkpoint(t, file, error);
    up_tensor_file_close(&file);
    return status;
}
