#include "train/adam.h"
#include "train/net_training.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define CHUNK 4096      /* parameters that a thread takes at a time */
#define AVERAGED 0.999f /* of the average of weights is kept at every step */

static up_model_shape shape_of(const up_train_options *o)
{
    return (up_model_shape){
        .scale = o->scale,
        .channels = o->channels,
        .body = o->layers,
        .first_kernel = o->first_kernel,
        .body_kernel = 3,
        .last_kernel = o->last_kernel,
        .middle = o->expand < 0 ? 0 : o->expand,
    };
}

static up_status allocate(up_net_training *t, up_error *error)
{
    const up_model *model = &t->model;
    float **learned[] = { &t->learned, &t->mean, &t->square, &t->gradient };
    float **plain[] = { &t->average, &t->best, &t->plain, &t->plain_gradient };
    bool got = true;
    for (int i = 0; i < 4; i++) {
        got &= (*learned[i] = up_alloc_zero(model->learned, sizeof(float))) != NULL;
        got &= (*plain[i] = up_alloc_zero(model->plain, sizeof(float))) != NULL;
    }
    got &= (t->work = up_alloc_zero(t->threads, sizeof *t->work)) != NULL;
    got &= (t->part = up_alloc_zero(t->threads, sizeof *t->part)) != NULL;
    got &= (t->loss = up_alloc_zero(t->threads, sizeof *t->loss)) != NULL;
    for (int i = 0; got && i < t->threads; i++)
        got &= (t->part[i] = up_alloc_zero(model->plain, sizeof(float))) != NULL;
    return got ? UP_OK : up_fail_memory(error, "a model", 4 * model->learned * sizeof(float));
}

up_status up_net_training_make(up_net_training *t, const up_train_options *options,
                               const up_patches *patches, up_error *error)
{
    *t = (up_net_training){
        .options = *options, .patches = patches, .threads = options->threads, .best_psnr = NAN
    };
    up_model_shape shape = shape_of(options);
    up_status status = up_model_make(&t->model, &shape, error);
    if (status == UP_OK)
        status = allocate(t, error);
    if (status == UP_OK)
        status = up_model_packed_make(&t->packed, &t->model, error);
    for (int i = 0; status == UP_OK && i < t->threads; i++)
        status = up_gradient_work_make(&t->work[i], &t->model, patches->size, patches->size, true,
                                       error);
    if (status == UP_OK)
        up_model_initialise(&t->model, t->learned, options->seed);
    else
        up_net_training_free(t);
    return status;
}

void up_net_training_free(up_net_training *t)
{
    for (int i = 0; i < t->threads; i++) {
        if (t->work)
            up_gradient_work_free(&t->work[i]);
        if (t->part)
            up_free(t->part[i]);
    }
    float *all[] = { t->learned, t->mean, t->square, t->gradient,
                     t->average, t->best, t->plain,  t->plain_gradient };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        up_free(all[i]);
    up_free(t->work);
    up_free(t->part);
    up_free(t->loss);
    up_model_packed_free(&t->packed);
    up_model_free(&t->model);
    *t = (up_net_training){ 0 };
}

static size_t plain_end(const up_model *model, int i)
{
    return i + 1 < model->layers ? model->layer[i + 1].plain : model->plain;
}

/* Layer i: its plain weights, packed, and their average. */
static void prepare(up_net_training *t, int i)
{
    float kept = fminf(AVERAGED, (float)(t->step + 1) / (float)(t->step + 10));
    kept = t->step == 0 ? 0 : kept;
    up_model_collapse(&t->model, i, t->learned, t->plain);
    up_model_pack(&t->packed, &t->model, i, t->plain);
    for (size_t p = t->model.layer[i].plain; p < plain_end(&t->model, i); p++)
        t->average[p] = kept * t->average[p] + (1 - kept) * t->plain[p];
}

static up_loss loss_now(const up_net_training *t)
{
    double polished = (double)t->options.steps * (1 - t->options.polish);
    return (double)t->step < polished ? t->options.loss : UP_LOSS_L2;
}

/* Thread `thread`: its share of the patches, always the same ones. */
static void run_patches(up_net_training *t, int thread)
{
    const up_patches *patches = t->patches;
    up_gradient_work *work = &t->work[thread];
    int batch = t->options.batch;
    double samples = (double)patches->size * patches->size * t->model.scale * t->model.scale;
    float weight = (float)(1 / (samples * batch));
    memset(t->part[thread], 0, t->model.plain * sizeof(float));
    t->loss[thread] = 0;
    for (int b = batch * thread / t->threads; b < batch * (thread + 1) / t->threads; b++) {
        up_random random = up_random_make(t->options.seed, (uint64_t)t->step, (uint64_t)b + 16);
        up_patches_draw(patches, &random, work);
        up_model_forward(work, &t->packed);
        t->loss[thread] += up_model_loss(work, loss_now(t), weight);
        up_model_backward(work, &t->packed, t->part[thread]);
    }
    t->loss[thread] /= samples * batch;
}

static void add_parts(up_net_training *t, size_t first)
{
    size_t end = first + CHUNK < t->model.plain ? first + CHUNK : t->model.plain;
    for (size_t p = first; p < end; p++) {
        float sum = 0;
        for (int i = 0; i < t->threads; i++)
            sum += t->part[i][p];
        t->plain_gradient[p] = sum;
    }
}

static void descend(up_net_training *t, size_t first)
{
    size_t end = first + CHUNK < t->model.learned ? first + CHUNK : t->model.learned;
    double rate = up_learning_rate(t->options.rate, t->step, t->options.steps);
    up_adam(t->learned, t->mean, t->square, t->gradient, first, end, rate, t->step);
}

double up_net_training_step(up_net_training *t)
{
#pragma omp parallel num_threads(t->threads)
    {
#pragma omp for schedule(dynamic)
        for (int i = 0; i < t->model.layers; i++)
            prepare(t, i);
#pragma omp for schedule(static)
        for (int i = 0; i < t->threads; i++)
            run_patches(t, i);
#pragma omp for
        for (size_t p = 0; p < t->model.plain; p += CHUNK)
            add_parts(t, p);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < t->model.layers; i++)
            up_model_collapse_gradient(&t->model, i, t->learned, t->plain_gradient, t->gradient);
#pragma omp for
        for (size_t p = 0; p < t->model.learned; p += CHUNK)
            descend(t, p);
    }
    t->step++;
    double loss = 0;
    for (int i = 0; i < t->threads; i++)
        loss += t->loss[i];
    return loss;
}
