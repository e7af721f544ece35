/* SPDX-License-Identifier: MIT */
/* The transposed convolution that is the least squares of all pixels. */

#include "train/jobs/train.h"

#include "train/linear/linear_fit.h"

#include "base/machine/clock.h"
#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { LEAST_SUPPORT = 5, MOST_SUPPORT = UP_LINEAR_MOST_WINDOW, DEFAULT_SUPPORT = 9 };

typedef struct {
    const up_train_job *job;
    int scale, support;
    double ridge;
    up_linear_statistics statistics;
    double *weight; /* [phases][taps] */
    float *kernel;  /* [support * scale][support * scale] */
    up_train_state state;
    double start;
} fitting;

static void advance(void *user, double pixels)
{
    fitting *f = user;
    const up_train_options *o = &f->job->options;
    const double elapsed = up_now() - f->start;
    f->state.step += (int64_t)pixels;
    f->state.pixels_per_second = (double)f->state.step / elapsed;
    f->state.seconds_left =
        elapsed * (double)(f->state.steps - f->state.step) / (double)f->state.step;
    if (o->report)
        o->report(o->user, &f->state);
}

static up_status gather(fitting *f, const up_train_picture *picture, size_t count, up_error *error)
{
    const up_train_options *o = &f->job->options;
    const up_linear_gathering how = {
        .threads = o->threads, .cancel = o->cancel, .advanced = advance, .user = f
    };
    UP_TRY(up_linear_statistics_add(&f->statistics, picture, count, &how, error));
    return up_train_cancelled(f->job) ? up_fail(error, UP_ERROR_INTERRUPTED, "interrupted") : UP_OK;
}

/* The mean of the pictures' PSNR. */
static up_status validate(fitting *f, up_error *error)
{
    const up_train_pictures *set = &f->job->validation;
    double sum = 0;
    for (size_t i = 0; i < set->count; i++) {
        up_linear_statistics_clear(&f->statistics);
        UP_TRY(gather(f, &set->picture[i], 1, error));
        sum -= 10 * log10(fmax(up_linear_error(f->weight, &f->statistics), 1e-12));
    }
    if (set->count)
        f->state.psnr = f->state.best_psnr = sum / (double)set->count;
    if (f->job->options.report)
        f->job->options.report(f->job->options.user, &f->state);
    return UP_OK;
}

static up_status save(const fitting *f, up_error *error)
{
    const up_train_options *o = &f->job->options;
    const size_t side = (size_t)(f->support * f->scale), shape[] = { 1, 1, side, side };
    const up_tensor tensor = up_tensor_of_f32("upsample.weight", 4, shape, f->kernel);
    char description[128], recipe[512], layers[256], inputs[UP_TRAIN_INPUTS_TEXT], seed[32] = "";
    snprintf(description, sizeof description,
             "Least squares: each pixel of the output from %dx%d of the input", f->support,
             f->support);
    up_train_inputs_text(inputs, o);
    if (inputs[0])
        snprintf(seed, sizeof seed, " --seed %" PRIu64, o->seed);
    snprintf(recipe, sizeof recipe,
             "upscale train --kind linear --scale %d --support %d --ridge %g%s%s", f->scale,
             f->support, f->ridge, inputs, seed);
    snprintf(layers, sizeof layers,
             "[{\"op\": \"pad\", \"amount\": %d, \"mode\": \"replicate\"}, "
             "{\"op\": \"conv_transpose2d\", \"name\": \"upsample\", \"stride\": %d, "
             "\"padding\": %d}]",
             f->support / 2, f->scale, (f->support - 1) * f->scale);
    const up_train_result result = { .description = description,
                                     .recipe = recipe,
                                     .layers = layers,
                                     .color = UP_WEIGHTS_Y_STUDIO,
                                     .channels = 1,
                                     .psnr = f->state.psnr,
                                     .tensor = &tensor,
                                     .tensors = 1 };
    return up_train_save(f->job, &result, error);
}

static up_status fit(fitting *f, up_error *error)
{
    const size_t phases = (size_t)(f->scale * f->scale), taps = (size_t)(f->support * f->support);
    UP_TRY(up_linear_statistics_init(&f->statistics, f->scale, f->support, error));
    f->weight = up_alloc(phases * taps, sizeof *f->weight);
    f->kernel = up_alloc(phases * taps, sizeof *f->kernel);
    if (!f->weight || !f->kernel)
        return up_fail_memory(error, "weights", phases * taps * sizeof *f->weight);
    UP_TRY(gather(f, f->job->training.picture, f->job->training.count, error));
    UP_TRY(up_linear_fit(f->weight, &f->statistics, f->ridge, error));
    UP_TRY(validate(f, error));
    up_linear_kernel(f->kernel, f->weight, f->scale, f->support);
    return save(f, error);
}

static up_status check_options(const up_train_options *o, up_error *error)
{
    const int support = o->support;
    if (support && (support < LEAST_SUPPORT || support > MOST_SUPPORT || support % 2 == 0))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the support must be an odd number from %d to %d, not %d", LEAST_SUPPORT,
                       MOST_SUPPORT, support);
    if (!(o->ridge >= 0 && o->ridge <= 1))
        return up_fail(error, UP_ERROR_ARGUMENT, "the ridge must be 0 to 1, not %g", o->ridge);
    return UP_OK;
}

static up_status check_memory(const fitting *f, up_error *error)
{
    const up_train_job *job = f->job;
    int width = 0;
    for (size_t i = 0; i < job->training.count; i++)
        width = up_max(width, job->training.picture[i].width);
    for (size_t i = 0; i < job->validation.count; i++)
        width = up_max(width, job->validation.picture[i].width);
    const double bytes =
        up_linear_statistics_bytes(f->scale, f->support, width, job->options.threads);
    return up_train_check_memory(job, bytes, error);
}

up_status up_train_linear(up_train_job *job, up_error *error)
{
    const up_train_options *o = &job->options;
    UP_TRY(check_options(o, error));
    UP_TRY(up_train_load(job, error));
    fitting f = {
        .job = job,
        .scale = o->scale,
        .support = o->support ? o->support : DEFAULT_SUPPORT,
        .ridge = o->ridge,
        .state = { .steps = (int64_t)(up_train_pixels(&job->training) +
                                      up_train_pixels(&job->validation)),
                   .loss = NAN,
                   .psnr = NAN,
                   .best_psnr = NAN,
                   .expected_psnr = NAN },
        .start = up_now(),
    };
    up_status status = check_memory(&f, error);
    if (status == UP_OK)
        status = fit(&f, error);
    up_linear_statistics_free(&f.statistics);
    up_free(f.weight);
    up_free(f.kernel);
    return status;
}
