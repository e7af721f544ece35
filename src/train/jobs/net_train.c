/* SPDX-License-Identifier: MIT */
/* A network by gradient descent: steps, validation, checkpoints, and the file at the end. */

#include "train/jobs/train.h"

#include "base/machine/clock.h"
#include "base/machine/machine.h"
#include "base/memory.h"
#include "train/design/design.h"
#include "train/design/json_file.h"
#include "train/jobs/net_file.h"
#include "train/jobs/net_training.h"
#include "train/optimise/curve.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    REPORTS = 20,           /* steps between them */
    VALIDATIONS = 200,      /* in a whole run, at most; */
    MOST_VALIDATION = 500,  /* but steps between them: no more than this is too much, */
    LEAST_VALIDATIONS = 40, /* as long as there are so many */
    TOLD_AFTER = 10         /* the final figure is estimated after this part of the steps */
};
#define CHECKPOINT_SECONDS 60.0

typedef struct {
    up_train_job *job;
    up_net_training training;
    up_patches patches;
    up_pair_maker maker;
    up_samples samples, validation;
    up_train_state state;
    double loss; /* of `losses` steps since the last report */
    int losses;
    double start, saved;
    int64_t first; /* step of this run */
} run;

/* Those of a network that is made here, where they are not of the file it is from. */
static bool states_shape(const up_train_options *o)
{
    return o->channels || o->layers || o->first_kernel || o->last_kernel;
}

/* At 0.02 networks that are to mend stand still where the first 500 steps led: RGB of 28 channels
 * at 32.96 instead of 34.62 dB after 1,500 (x1), at 29.06 instead of 29.83 after 1,000 (x2). */
static double usual_rate(const up_train_options *o)
{
    return o->recipe && strcmp(o->recipe, "clean") != 0 ? 0.004 : 0.02;
}

static up_train_options settled(const up_train_options *options)
{
    up_train_options o = *options;
    if ((!o.from && !o.network) || states_shape(options)) {
        o.channels = o.channels ? o.channels : 16;
        o.layers = o.layers ? o.layers : 4;
        o.first_kernel = o.first_kernel ? o.first_kernel : 5;
        o.last_kernel = o.last_kernel ? o.last_kernel : 5;
    }
    o.steps = o.steps ? o.steps : 100000;
    o.batch = o.batch ? o.batch : 144;
    o.patch = o.patch ? o.patch : 16;
    o.candidates = o.candidates ? o.candidates : 2;
    o.rate = o.rate == UP_RATE_BY_RECIPE ? usual_rate(&o) : o.rate;
    return o;
}

static up_status check(const up_train_options *o, up_error *error)
{
    if (o->steps < 1 || o->batch < 1 || o->batch > 4096)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%d steps of %d patches cannot be trained: at least 1 step, and 1 "
                       "to 4096 patches, are needed",
                       o->steps, o->batch);
    if (o->patch < 16 || o->patch > 512 || o->patch % 16)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "patches of %d pixels cannot be trained: the size must be a multiple of 16 "
                       "up to 512",
                       o->patch);
    if (o->candidates < 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "a patch cannot be taken from %d places; at least 1 is needed",
                       o->candidates);
    if (!(o->ema >= 0 && o->ema < 1))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "an average cannot keep %g of itself; from 0 to less than 1 it can", o->ema);
    if (o->network && (o->from || states_shape(o)))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--network says all of a network; leave --from, --channels, --layers and "
                       "kernels out");
    if (!(o->rate >= 0 && o->rate <= 1) || o->loss > UP_LOSS_CHARBONNIER ||
        o->precision > UP_PRECISION_BFLOAT16)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the rate must be 0 to 1, and the loss and the precision known");
    if (o->resume && !o->checkpoint)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "there is nothing to resume from; name a --checkpoint");
    return UP_OK;
}

/* ---------------------------------------------------------------- what is written */

static const float *best(const up_net_training *t)
{
    return isnan(t->best_psnr) ? t->average : t->best;
}

enum { DESCRIPTION = 192, RECIPE = 1024, SHAPE = 384 };

static void describe(const up_trainable *net, char text[DESCRIPTION])
{
    int channels = 0, layers = 0;
    const up_network_node *output = &net->network->node[net->network->output];
    for (int n = 0; n <= net->last; n++) {
        channels = up_max(channels, net->node[n].conv.in);
        layers += net->node[n].conv.kernel > 0;
    }
    const bool added = output != &net->network->node[net->last];
    snprintf(text, DESCRIPTION, "%d channels, %d layers, %.0f multiply-adds per input pixel%s",
             channels, layers, net->network->multiply_adds,
             !added                                       ? ""
             : net->residual.difference || net->scale < 2 ? ", added to the input"
                                                          : ", added to bicubic");
}

static void recall(const up_net_training *t, char text[RECIPE])
{
    static const char *const losses[] = { "l1", "l1+l2", "l2", "charbonnier" };
    const up_train_options *o = &t->options;
    char shape[SHAPE] = "", inputs[UP_TRAIN_INPUTS_TEXT];
    if (o->network)
        snprintf(shape, sizeof shape, " --network %.256s", o->network);
    else if (states_shape(o))
        snprintf(shape, sizeof shape,
                 " --channels %d --layers %d --first-kernel %d --last-kernel %d", o->channels,
                 o->layers, o->first_kernel, o->last_kernel);
    up_train_inputs_text(inputs, o);
    snprintf(text, RECIPE,
             "upscale train --kind net --scale %d%s --steps %d --batch %d --patch %d "
             "--candidates %d --rate %g --ema %g --loss %s%s%s --seed %" PRIu64 "%s",
             o->scale, shape, o->steps, o->batch, o->patch, o->candidates, o->rate, o->ema,
             losses[o->loss], t->is_mixed ? " --precision bfloat16" : "", inputs, o->seed,
             o->from ? " --from earlier weights" : "");
}

static up_status save_described(run *r, const float *parameter, const up_net_bounds *bounds,
                                const char *inputs, up_error *error)
{
    up_net_training *t = &r->training;
    char description[DESCRIPTION], recipe[RECIPE], step[32], seed[32];
    describe(&t->net, description);
    recall(t, recipe);
    snprintf(step, sizeof step, "%" PRId64, t->step);
    snprintf(seed, sizeof seed, "%" PRIu64, t->options.seed);
    const bool told = t->options.network || inputs;
    const up_metadata_item more[] = { { "steps", step },
                                      { "seed", seed },
                                      { "design", told ? t->net.design : NULL },
                                      { "inputs", inputs } };
    const up_train_result result = {
        .description = description, .recipe = recipe, .psnr = t->best_psnr, .more = more, .items = 4
    };
    up_train_job job = *r->job;
    job.options.overwrite |= t->step > r->first && r->saved > 0;
    return up_net_save(&t->net, parameter, bounds, &job, &result, error);
}

static up_status save_weights(run *r, const float *parameter, const up_net_bounds *bounds,
                              up_error *error)
{
    const up_pair_maker *maker = r->samples.maker;
    char *inputs = maker ? up_recipe_text(&maker->recipe) : NULL;
    up_status status = maker && !inputs ? up_fail_memory(error, "a recipe", 0)
                                        : save_described(r, parameter, bounds, inputs, error);
    free(inputs);
    return status;
}

static up_status save_bounded(run *r, const float *parameter, up_error *error)
{
    const up_net_training *t = &r->training;
    up_net_bounds bounds;
    UP_TRY(up_net_bounds_measure(&bounds, &t->net, parameter, &r->samples, t->threads, error));
    up_status status = save_weights(r, parameter, &bounds, error);
    up_net_bounds_free(&bounds);
    return status;
}

/* The best weights so far, as they are run. */
static up_status save_best(run *r, bool bounded, up_error *error)
{
    const up_net_training *t = &r->training;
    float *parameter = up_alloc(t->net.parameters, sizeof *parameter);
    if (!parameter)
        return up_fail_memory(error, "a network", t->net.parameters * sizeof *parameter);
    up_trainable_join_all(&t->net, best(t), parameter);
    up_status status =
        bounded ? save_bounded(r, parameter, error) : save_weights(r, parameter, NULL, error);
    up_free(parameter);
    return status;
}

/* The checkpoint, and the best weights so far. */
static up_status save(run *r, bool last, up_error *error)
{
    if (r->job->options.checkpoint)
        UP_TRY(up_checkpoint_write(&r->training, r->job->options.checkpoint, error));
    if (last || r->job->options.checkpoint)
        UP_TRY(save_best(r, last, error));
    r->saved = up_now();
    return UP_OK;
}

/* ---------------------------------------------------------------- the run */

/* Keeps what was measured, and tells what it will come to. */
static void expect(run *r)
{
    up_net_training *t = &r->training;
    const int steps = t->options.steps;
    if (t->measures < UP_NET_MEASURES) {
        t->measure[t->measures][0] = (float)t->step;
        t->measure[t->measures++][1] = (float)r->state.psnr;
    }
    if (t->step >= steps / TOLD_AFTER)
        r->state.expected_psnr =
            up_curve_expected((const float(*)[2])t->measure, t->measures, steps);
}

static up_status validate(run *r, up_error *error)
{
    up_net_training *t = &r->training;
    if (r->job->validation.count == 0)
        return UP_OK;
    UP_TRY(up_net_training_validate(t, &r->validation, &r->state.psnr, error));
    if (!(r->state.psnr <= t->best_psnr)) {
        t->best_psnr = r->state.psnr;
        for (size_t i = 0; i < t->net.learned; i++)
            t->best[i] = t->average[i];
    }
    r->state.best_psnr = t->best_psnr;
    expect(r);
    return UP_OK;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t steps_between(int64_t steps)
{
    const int64_t few = steps / LEAST_VALIDATIONS;
    return larger(1, larger(steps / VALIDATIONS, few < MOST_VALIDATION ? few : MOST_VALIDATION));
}

static void report(run *r)
{
    const up_net_training *t = &r->training;
    const up_train_options *o = &t->options;
    double done = (double)(t->step - r->first), elapsed = up_now() - r->start;
    r->state.step = t->step;
    r->state.steps = o->steps;
    r->state.loss = r->losses ? r->loss / r->losses : NAN;
    r->state.pixels_per_second = done * o->batch * o->patch * o->patch / elapsed;
    r->state.seconds_left = elapsed / done * (double)(o->steps - t->step);
    r->loss = r->losses = 0;
    if (o->report)
        o->report(o->user, &r->state);
}

static up_status steps(run *r, up_error *error)
{
    up_net_training *t = &r->training;
    const int64_t every = steps_between(t->options.steps);
    while (t->step < t->options.steps) {
        if (up_train_cancelled(r->job)) {
            UP_TRY(save(r, true, error));
            return up_fail(error, UP_ERROR_INTERRUPTED, "interrupted at step %" PRId64 " of %d%s",
                           t->step, t->options.steps,
                           t->options.checkpoint ? "; --resume goes on from the checkpoint" : "");
        }
        double loss;
        UP_TRY(up_net_training_step(t, &loss, error));
        r->loss += loss;
        r->losses++;
        if (!isfinite(r->loss))
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "the loss became infinite at step %" PRId64 "; take a smaller --rate",
                           t->step);
        bool last = t->step == t->options.steps;
        if (t->step % every == 0 || last)
            UP_TRY(validate(r, error));
        if (t->step % REPORTS == 0 || last)
            report(r);
        if (last || (t->options.checkpoint && up_now() - r->saved > CHECKPOINT_SECONDS))
            UP_TRY(save(r, last, error));
    }
    return UP_OK;
}

static up_status begin(run *r, up_error *error)
{
    up_net_training *t = &r->training;
    const up_train_options *o = &t->options;
    struct stat info;
    if (o->resume && stat(o->checkpoint, &info) == 0)
        UP_TRY(up_checkpoint_read(t, o->checkpoint, error));
    r->first = t->step;
    r->state.best_psnr = t->best_psnr;
    r->state.psnr = r->state.expected_psnr = NAN;
    r->start = r->saved = up_now();
    if (t->step == o->steps) /* who took away what it had come to wants it again */
        return save_best(r, true, error);
    return steps(r, error);
}

/* ---------------------------------------------------------------- the network */

static up_status make_new(up_trainable *net, const up_train_options *o, up_error *error)
{
    const up_trainable_shape shape = {
        .scale = o->scale,
        .channels = o->channels,
        .body = o->layers,
        .first_kernel = o->first_kernel,
        .body_kernel = 3,
        .last_kernel = o->last_kernel,
    };
    return up_trainable_new(net, &shape, o->seed, error);
}

static up_status check_stated(const up_trainable *net, const up_train_options *o, up_error *error)
{
    up_trainable stated;
    if (!states_shape(o))
        return UP_OK;
    UP_TRY(make_new(&stated, o, error));
    const bool alike = up_trainable_alike(net, &stated);
    up_trainable_free(&stated);
    return alike ? UP_OK
                 : up_fail(error, UP_ERROR_WEIGHTS,
                           "%s: not a network of this shape; leave --channels, --layers and "
                           "kernels out, or state those that it was made with",
                           o->from);
}

static up_status read_file(up_trainable *net, const up_train_options *o, up_error *error)
{
    up_tensor_file *file;
    UP_TRY(up_tensor_file_open(&file, o->from, up_machine_memory_limit(o->max_memory), error));
    up_status status = up_trainable_load(net, file, o->scale, error);
    if (status == UP_OK && net->scale != o->scale)
        status = up_trainable_rescale(net, o->scale, o->from, error);
    up_tensor_file_close(&file);
    return status;
}

static up_status read_design(up_trainable *net, const up_train_options *o, up_error *error)
{
    json_t *design;
    UP_TRY(up_json_file_read(&design, o->network, "a design", error));
    up_status status = up_design_make(net, design, o->network, o->scale, o->seed, error);
    json_decref(design);
    return status;
}

static up_status make_network(up_trainable *net, const up_train_options *o, up_error *error)
{
    *net = (up_trainable){ 0 };
    if (o->network)
        return read_design(net, o, error);
    if (!o->from)
        return make_new(net, o, error);
    UP_TRY(read_file(net, o, error));
    return check_stated(net, o, error);
}

/* ---------------------------------------------------------------- what it learns from */

static up_status train(run *r, up_trainable *net, const up_train_options *options, up_error *error)
{
    UP_TRY(up_train_check_memory(r->job, up_net_training_bytes(net, options, &r->samples), error));
    UP_TRY(up_patches_make(&r->patches, &r->job->training, up_max(options->scale, r->job->factor),
                           options->patch, options->candidates, error));
    r->samples.patches = &r->patches;
    up_status status = up_net_training_make(&r->training, net, options, &r->samples, error);
    if (status == UP_OK) {
        status = begin(r, error);
        up_net_training_free(&r->training);
    }
    up_patches_free(&r->patches);
    return status;
}

static up_status load(run *r, up_trainable *net, up_train_options *options, up_error *error)
{
    UP_TRY(up_train_prepare(r->job, net, &r->maker, error));
    options->recipe = r->job->options.recipe;
    r->samples = up_train_samples(r->job, &r->maker, true);
    r->validation = up_train_samples(r->job, &r->maker, false);
    return train(r, net, options, error);
}

up_status up_train_net(up_train_job *job, up_error *error)
{
    up_train_options options = settled(&job->options);
    run r = { .job = job };
    up_trainable net;
    UP_TRY(check(&options, error));
    up_status status = make_network(&net, &options, error);
    if (status == UP_OK)
        status = load(&r, &net, &options, error);
    up_pair_maker_free(&r.maker);
    up_trainable_free(&net);
    return status;
}
