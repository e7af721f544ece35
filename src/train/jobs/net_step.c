#include "base/memory.h"
#include "train/jobs/net_tiles.h"
#include "train/jobs/net_training.h"
#include "train/optimise/adam.h"

#include <math.h>
#include <string.h>

#define CHUNK 4096      /* parameters that a thread takes at a time */
#define AVERAGED 0.999f /* of the average is kept at every step */
#define ADAM 0.05       /* its rate, beside Muon's */

/* In numbers of parameters: those of the network, as read and as written, those kept, packed ones,
 * those of Muon (at most), and of each thread its part of the gradient and, in mixed precision, its
 * sums. */
enum { OF_NETWORK = 2, KEPT = 6, PACKED = 4, OF_MUON = 5, OF_THREAD = 1, OF_MIXED = 4 };

static bool is_mixed(const up_trainable *net, const up_train_options *o)
{
    return o->precision == UP_PRECISION_BFLOAT16 && up_mixed_fits(net);
}

double up_net_training_bytes(const up_trainable *net, const up_train_options *o)
{
    const bool mixed = is_mixed(net, o);
    const double parameters = (double)net->parameters * sizeof(float), threads = o->threads;
    const double patch = up_gradient_work_bytes(net, o->patch, o->patch, true);
    const double tile = up_gradient_work_bytes(net, UP_NET_TILE, UP_NET_TILE, false);
    return parameters *
               (OF_NETWORK + KEPT + PACKED + OF_MUON + threads * (OF_THREAD + mixed * OF_MIXED)) +
           threads * ((1 + mixed) * patch + tile);
}

static up_status allocate(up_net_training *t, up_error *error)
{
    const size_t parameters = t->net.parameters;
    float **all[] = { &t->parameter, &t->mean, &t->square, &t->average, &t->best, &t->gradient };
    bool got = true;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        got &= (*all[i] = up_alloc_zero(parameters, sizeof(float))) != NULL;
    got &= (t->muon = up_alloc_zero(t->net.last + 1, sizeof *t->muon)) != NULL;
    got &= (t->work = up_alloc_zero(t->threads, sizeof *t->work)) != NULL;
    got &= (t->part = up_alloc_zero(t->threads, sizeof *t->part)) != NULL;
    got &= (t->loss = up_alloc_zero(t->threads, sizeof *t->loss)) != NULL;
    for (int i = 0; got && i < t->threads; i++)
        got &= (t->part[i] = up_alloc_zero(parameters, sizeof(float))) != NULL;
    return got ? UP_OK : up_fail_memory(error, "a network", 6 * parameters * sizeof(float));
}

static up_status make_muon(up_net_training *t, up_error *error)
{
    for (int n = 0; n <= t->net.last; n++) {
        const up_conv_shape conv = t->net.node[n].conv;
        if (conv.kernel)
            UP_TRY(up_muon_work_make(&t->muon[n], conv.out, conv.in * conv.kernel * conv.kernel,
                                     error));
    }
    return UP_OK;
}

static up_status make_mixed(up_net_training *t, int size, up_error *error)
{
    UP_TRY(up_mixed_weights_make(&t->mixed_weights, &t->net, error));
    t->mixed = up_alloc_zero(t->threads, sizeof *t->mixed);
    if (!t->mixed)
        return up_fail_memory(error, "patches", t->threads * sizeof *t->mixed);
    for (int i = 0; i < t->threads; i++)
        UP_TRY(up_mixed_pass_make(&t->mixed[i], &t->net, size, size, error));
    return UP_OK;
}

up_status up_net_training_make(up_net_training *t, up_trainable *net,
                               const up_train_options *options, const up_patches *patches,
                               up_error *error)
{
    *t = (up_net_training){ .options = *options,
                            .net = *net,
                            .patches = patches,
                            .threads = options->threads,
                            .best_psnr = NAN };
    *net = (up_trainable){ 0 };
    up_status status = allocate(t, error);
    if (status == UP_OK)
        status = make_muon(t, error);
    if (status == UP_OK)
        status = up_packed_weights_make(&t->packed, &t->net, error);
    for (int i = 0; status == UP_OK && i < t->threads; i++)
        status =
            up_gradient_work_make(&t->work[i], &t->net, patches->size, patches->size, true, error);
    if (status == UP_OK && is_mixed(&t->net, options))
        status = make_mixed(t, patches->size, error);
    if (status == UP_OK)
        up_trainable_read(&t->net, t->parameter);
    else
        up_net_training_free(t);
    return status;
}

void up_net_training_free(up_net_training *t)
{
    for (int i = 0; i < t->threads; i++) {
        if (t->work)
            up_gradient_work_free(&t->work[i]);
        if (t->mixed)
            up_mixed_pass_free(&t->mixed[i]);
        if (t->part)
            up_free(t->part[i]);
    }
    for (int i = 0; t->muon && i <= t->net.last; i++)
        up_muon_work_free(&t->muon[i]);
    float *all[] = { t->parameter, t->mean, t->square, t->average, t->best, t->gradient };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        up_free(all[i]);
    up_free(t->muon);
    up_free(t->work);
    up_free(t->mixed);
    up_free(t->part);
    up_free(t->loss);
    up_packed_weights_free(&t->packed);
    up_mixed_weights_free(&t->mixed_weights);
    up_trainable_free(&t->net);
    *t = (up_net_training){ 0 };
}

/* Node n: packed weights, and the average of its parameters. */
static void prepare(up_net_training *t, int n)
{
    float kept = t->step > 0 ? fminf(AVERAGED, (float)(t->step + 1) / (float)(t->step + 10)) : 0;
    if (t->mixed)
        up_mixed_weights_pack(&t->mixed_weights, &t->net, n, t->parameter);
    else
        up_packed_weights_pack(&t->packed, &t->net, n, t->parameter);
    for (size_t p = t->net.node[n].first; p < up_trainable_end(&t->net, n); p++)
        t->average[p] = kept * t->average[p] + (1 - kept) * t->parameter[p];
}

static up_loss loss_now(const up_net_training *t)
{
    if (t->options.loss != UP_LOSS_L1_L2)
        return t->options.loss;
    return (double)t->step < 0.7 * (double)t->options.steps ? UP_LOSS_L1 : UP_LOSS_L2;
}

/* Forward, loss and back of the patch that thread `thread` has drawn. */
static double run_patch(up_net_training *t, int thread, float weight)
{
    up_gradient_work *work = &t->work[thread];
    if (t->mixed) {
        up_mixed_forward(&t->mixed[thread], &t->mixed_weights, work);
        double loss = up_gradient_loss(work, loss_now(t), weight);
        up_mixed_backward(&t->mixed[thread], &t->mixed_weights, work);
        return loss;
    }
    up_gradient_forward(work, &t->packed);
    double loss = up_gradient_loss(work, loss_now(t), weight);
    up_gradient_backward(work, &t->packed, t->part[thread]);
    return loss;
}

/* Thread `thread`: its share of the patches, always the same ones. */
static void run_patches(up_net_training *t, int thread)
{
    const up_patches *patches = t->patches;
    int batch = t->options.batch;
    double side = patches->size * t->net.scale, samples = side * side;
    float weight = (float)(1 / (samples * batch));
    memset(t->part[thread], 0, t->net.parameters * sizeof(float));
    t->loss[thread] = 0;
    for (int b = batch * thread / t->threads; b < batch * (thread + 1) / t->threads; b++) {
        up_random random = up_random_make(t->options.seed, (uint64_t)t->step, (uint64_t)b + 16);
        up_patches_draw(patches, &t->net.residual, &random, &t->work[thread].patch);
        t->loss[thread] += run_patch(t, thread, weight);
    }
    if (t->mixed)
        up_mixed_collect(&t->mixed[thread], t->part[thread]);
    t->loss[thread] /= samples * batch;
}

static void add_parts(up_net_training *t, size_t first)
{
    size_t end = first + CHUNK < t->net.parameters ? first + CHUNK : t->net.parameters;
    for (size_t p = first; p < end; p++) {
        float sum = 0;
        for (int i = 0; i < t->threads; i++)
            sum += t->part[i][p];
        t->gradient[p] = sum;
    }
}

/* Node n: matrices by Muon, the rest by Adam. */
static void descend(up_net_training *t, int n)
{
    const up_trained_node *node = &t->net.node[n];
    const double rate = up_learning_rate(t->options.rate, t->step, t->options.steps);
    size_t first = node->first;
    if (t->muon[n].rows) {
        up_muon(&t->muon[n], t->parameter + first, t->mean + first, t->gradient + first, rate);
        first += node->weights;
    }
    up_adam(t->parameter, t->mean, t->square, t->gradient, first, up_trainable_end(&t->net, n),
            ADAM * rate, t->step);
}

double up_net_training_step(up_net_training *t)
{
#pragma omp parallel num_threads(t->threads)
    {
#pragma omp for schedule(dynamic)
        for (int n = 0; n <= t->net.last; n++)
            prepare(t, n);
#pragma omp for schedule(static)
        for (int i = 0; i < t->threads; i++)
            run_patches(t, i);
#pragma omp for
        for (size_t p = 0; p < t->net.parameters; p += CHUNK)
            add_parts(t, p);
#pragma omp single
        up_trainable_tie(&t->net, t->gradient);
#pragma omp for schedule(dynamic)
        for (int n = 0; n <= t->net.last; n++)
            descend(t, n);
    }
    t->step++;
    double loss = 0;
    for (int i = 0; i < t->threads; i++)
        loss += t->loss[i];
    return loss;
}
