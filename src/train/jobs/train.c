/* SPDX-License-Identifier: MIT */
#include "train/jobs/train.h"

#include "api/option_defaults.h"
#include "base/machine/machine.h"
#include "base/machine/team.h"
#include "base/memory.h"
#include "base/scale.h"
#include "io/files/writer.h"
#include "network/metadata/condition.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <math.h>
#include <stdio.h>

static up_status (*const kinds[])(up_train_job *job, up_error *error) = {
    [UP_TRAIN_LINEAR] = up_train_linear,
    [UP_TRAIN_NET] = up_train_net,
    [UP_TRAIN_BOUNDS] = up_train_bounds,
};

static up_status check(const up_train_options *o, const char *output, up_error *error)
{
    const bool recipe = o->recipe || o->network;
    if (o->scale < (recipe ? 1 : 2) || o->scale > 8)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "training is for scales 2 to 8, and 1 with --recipe, not %d", o->scale);
    if (o->recipe && o->kind == UP_TRAIN_LINEAR)
        return up_fail(error, UP_ERROR_ARGUMENT, "a recipe is for networks: --kind net or bounds");
    if (o->recipe && (o->degrade.noise.high > 0 || o->degrade.jpeg.high > 0))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--recipe says what inputs have been through; leave --degrade out");
    if ((size_t)o->kind >= sizeof kinds / sizeof *kinds)
        return up_fail(error, UP_ERROR_ARGUMENT, "there is no such kind of training");
    if (o->threads < 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "threads must be 0 or more, not %d", o->threads);
    if (!output || !o->picture_count)
        return up_fail(error, UP_ERROR_ARGUMENT, "training needs pictures and an output file");
    for (int i = 0; i < UP_MULTISCALE_MOST; i++)
        if (!(o->multiscale[i] >= 0 && o->multiscale[i] < 1))
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "pictures can be reduced to between 0 and 1 of their size, not %g",
                           o->multiscale[i]);
    UP_TRY(up_degradation_check(&o->degrade, error));
    if (up_is_stream(output))
        return UP_OK;
    up_writer *writer; /* better to hear of it before the work */
    up_status status = up_writer_open(&writer, output, o->overwrite, error);
    up_writer_close(&writer);
    return status;
}

/* The options as far as pictures are concerned. */
static up_train_options loading(const up_train_job *job)
{
    up_train_options options = job->options;
    options.scale = up_max(options.scale, job->factor);
    return options;
}

static up_status load_training(up_train_job *job, up_error *error)
{
    const up_train_options options = loading(job), *o = &options;
    UP_TRY(up_train_pictures_load(&job->training, o->pictures, o->picture_count, o, error));
    if (!job->training.count)
        return up_fail(error, UP_ERROR_INPUT, "none of the %zu pictures can be used to train x%d",
                       o->picture_count, o->scale);
    if (!o->validation)
        UP_TRY(up_train_pictures_keep_aside(&job->training, &job->validation, error));
    job->pictures = job->training.count;
    return up_train_pictures_add_reduced(&job->training, o, error);
}

/* Those that are named. */
static up_status load_validation(up_train_job *job, up_error *error)
{
    up_train_options rest = loading(job);
    const size_t most = up_machine_memory_limit(rest.max_memory);
    rest.max_memory = most > job->training.bytes ? most - job->training.bytes : 1;
    UP_TRY(up_train_pictures_load(&job->validation, rest.validation, rest.validation_count, &rest,
                                  error));
    if (job->validation.count)
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "none of the %zu pictures for validation can be used",
                   rest.validation_count);
}

up_status up_train_load(up_train_job *job, up_error *error)
{
    UP_TRY(load_training(job, error));
    if (job->options.validation)
        UP_TRY(load_validation(job, error));
#ifdef __GLIBC__
    malloc_trim(0); /* decoding took more than is kept, and this may go on for hours */
#endif
    return UP_OK;
}

up_status up_train_prepare(up_train_job *job, const up_trainable *net, up_pair_maker *maker,
                           up_error *error)
{
    up_train_options *o = &job->options;
    const bool luma = net->colors == 1 && !net->conditioned && net->scale > 1;
    *maker = (up_pair_maker){ 0 };
    if (!o->recipe && !luma)
        o->recipe = "clean";
    if (o->recipe)
        UP_TRY(up_pair_maker_make(maker, o->recipe, net->scale, net->network->color,
                                  net->conditioned, o->seed, error));
    job->factor = maker->factor;
    return up_train_load(job, error);
}

up_samples up_train_samples(const up_train_job *job, const up_pair_maker *maker, bool training)
{
    enum { DRAWN = 64 };
    const up_train_options *o = &job->options;
    const bool drawn = training && o->recipe && maker->recipe.rendered > 0;
    return (up_samples){ .set = training ? &job->training : &job->validation,
                         .maker = o->recipe ? maker : NULL,
                         .seed = ~o->seed, /* other numbers than steps take */
                         .drawn = drawn ? DRAWN : 0 };
}

typedef struct {
    up_train_job *job;
    up_status status;
    up_error *error;
} call;

static void run(void *user)
{
    call *c = user;
    c->status = kinds[c->job->options.kind](c->job, c->error);
}

up_status up_train(const char *output, const up_train_options *options, up_error *error)
{
    up_train_job job = { .output = output };
    UP_TRY(up_train_options_take(&job.options, options, error));
    if (!job.options.scale)
        job.options.scale = UP_DEFAULT_SCALE;
    UP_TRY(check(&job.options, output, error));
    if (!job.options.threads)
        job.options.threads = up_machine_cores();
    const size_t most = up_machine_memory_limit(job.options.max_memory);
    const size_t own = up_machine_program_bytes(job.options.threads);
    job.options.max_memory = most > own ? most - own : 1;
    call c = { .job = &job, .error = error };
    up_team_run(run, &c);
    up_train_pictures_free(&job.training);
    up_train_pictures_free(&job.validation);
    return c.status;
}

up_status up_train_check_memory(const up_train_job *job, double bytes, up_error *error)
{
    const size_t most = up_machine_memory_limit(job->options.max_memory);
    const double need = bytes + (double)job->training.bytes + (double)job->validation.bytes;
    if (need <= (double)most)
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT,
                   "training would need %.0f MiB of memory beside the program, more than the %zu "
                   "MiB allowed; raise --max-memory, or take fewer pictures or --threads",
                   ceil(need / (1 << 20)), most >> 20);
}

bool up_train_cancelled(const up_train_job *job)
{
    return job->options.cancel && *job->options.cancel;
}

double up_train_pixels(const up_train_pictures *set)
{
    double pixels = 0;
    for (size_t i = 0; i < set->count; i++)
        pixels += (double)set->picture[i].width * set->picture[i].height;
    return pixels;
}

/* ---------------------------------------------------------------- the file */

void up_train_inputs_text(char text[UP_TRAIN_INPUTS_TEXT], const up_train_options *o)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < UP_MULTISCALE_MOST && o->multiscale[i] > 0; i++)
        used += (size_t)snprintf(text + used, UP_TRAIN_INPUTS_TEXT - used, "%s%g",
                                 i ? "," : " --multiscale ", o->multiscale[i]);
    if (o->recipe)
        used += (size_t)snprintf(text + used, UP_TRAIN_INPUTS_TEXT - used, " --recipe %.*s",
                                 UP_TRAIN_RECIPE_NAME, o->recipe);
    up_degradation_text(text + used, &o->degrade);
}

typedef struct {
    char scale[16], channels[16], pictures[32], pixels[32], psnr[32];
} numbers;

/* At most this many items beyond a result's own. */
enum { OWN_ITEMS = 15 };

static int own_items(up_metadata_item item[static OWN_ITEMS], numbers *text,
                     const up_train_job *job, const up_train_result *result)
{
    const up_train_options *o = &job->options;
    snprintf(text->scale, sizeof text->scale, "%d", o->scale);
    snprintf(text->channels, sizeof text->channels, "%d", result->channels);
    snprintf(text->pictures, sizeof text->pictures, "%zu", job->pictures);
    snprintf(text->pixels, sizeof text->pixels, "%.0f", up_train_pixels(&job->training));
    snprintf(text->psnr, sizeof text->psnr, "%.3f", result->psnr);
    const up_metadata_item all[OWN_ITEMS] = {
        { "upscale.scale", text->scale },
        { "upscale.color", up_weights_color_name(result->color) },
        { "upscale.condition",
          result->conditioned ? up_condition_name(UP_CONDITION_STRENGTH) : NULL },
        { "upscale.channels", result->channels > 1 ? text->channels : NULL },
        { "upscale.range", "1" },
        { "upscale.limit", UP_TRAIN_LIMIT },
        { "upscale.layers", result->layers },
        { "description", result->description },
        { "recipe", result->recipe },
        { "pictures", text->pictures },
        { "pixels", text->pixels },
        { "data", o->data },
        { "licence", o->license },
        { "validation_psnr", isnan(result->psnr) ? NULL : text->psnr },
    };
    int count = 0;
    for (int i = 0; i < OWN_ITEMS; i++)
        if (all[i].value)
            item[count++] = all[i];
    return count;
}

up_status up_train_save(const up_train_job *job, const up_train_result *result, up_error *error)
{
    numbers text;
    up_metadata_item *item = up_alloc((size_t)(OWN_ITEMS + result->items), sizeof *item);
    if (!item)
        return up_fail_memory(error, "metadata", OWN_ITEMS * sizeof *item);
    int count = own_items(item, &text, job, result);
    for (int i = 0; i < result->items; i++)
        if (result->more[i].value)
            item[count++] = result->more[i];
    up_status status = up_safetensors_write(job->output, result->tensor, result->tensors, item,
                                            count, job->options.overwrite, error);
    up_free(item);
    return status;
}
