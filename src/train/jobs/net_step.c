/* SPDX-License-Identifier: MIT */

#include "train/jobs/net_training.h"

#include "train/optimise/adam.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define CHUNK 4096 /* parameters that a thread takes at a time */
#define ADAM 0.05  /* its rate, beside Muon's */

/* Node n as it is run, packed; with its activation, so that all must be joined. */
static void pack(up_net_training *t, int n)
{
    if (t->is_mixed)
        up_mixed_weights_pack(&t->mixed_weights, &t->net, n, t->parameter);
    else
        up_packed_weights_pack(&t->packed, &t->net, n, t->parameter);
}

/* At first of fewer steps, so that what learning began with is soon forgotten. */
static void average(up_net_training *t, size_t first)
{
    const float most = (float)t->options.ema, steps = (float)t->step;
    const float kept = t->step > 0 ? fminf(most, (steps + 1) / (steps + 10)) : 0;
    const size_t end = first + CHUNK < t->net.learned ? first + CHUNK : t->net.learned;
    for (size_t p = first; p < end; p++)
        t->average[p] = kept * t->average[p] + (1 - kept) * t->learned[p];
}

static up_loss loss_now(const up_net_training *t)
{
    if (t->options.loss != UP_LOSS_L1_L2)
        return t->options.loss;
    return (double)t->step < 0.7 * (double)t->options.steps ? UP_LOSS_L1 : UP_LOSS_L2;
}

/* Forward, loss and back of the patch that a thread has. */
static double run_patch(up_net_training *t, up_net_thread *thread, float weight, float *part)
{
    up_gradient_work *work = &thread->work;
    if (t->is_mixed) {
        up_mixed_forward(&thread->mixed, &t->mixed_weights, work);
        double loss = up_gradient_loss(work, loss_now(t), weight);
        up_mixed_backward(&thread->mixed, &t->mixed_weights, work);
        return loss;
    }
    up_gradient_forward(work, &t->packed);
    double loss = up_gradient_loss(work, loss_now(t), weight);
    up_gradient_backward(work, &t->packed, part);
    return loss;
}

/* Group g: its share of the patches, always the same ones. */
static void run_group(up_net_training *t, up_net_thread *thread, int g)
{
    up_net_group *group = &t->group[g];
    const int batch = t->options.batch;
    const double side = t->options.patch * t->net.scale;
    const double samples = side * side * t->net.colors * batch;
    memset(group->part, 0, t->net.parameters * sizeof(float));
    group->loss = 0;
    group->status = UP_OK;
    for (int b = batch * g / t->groups; b < batch * (g + 1) / t->groups; b++) {
        up_random random = up_random_make(t->options.seed, (uint64_t)t->step, (uint64_t)b + 16);
        group->status = up_samples_draw(t->samples, &t->net.residual, &random, &thread->pair,
                                        &thread->work.patch, &group->error);
        if (group->status != UP_OK)
            return;
        group->loss += run_patch(t, thread, (float)(1 / samples), group->part);
    }
    if (t->is_mixed)
        up_mixed_collect(&thread->mixed, group->part);
    group->loss /= samples;
}

static void add_parts(up_net_training *t, size_t first)
{
    size_t end = first + CHUNK < t->net.parameters ? first + CHUNK : t->net.parameters;
    for (size_t p = first; p < end; p++) {
        float sum = 0;
        for (int i = 0; i < t->groups; i++)
            sum += t->group[i].part[p];
        t->gradient[p] = sum;
    }
}

static void descend(up_net_training *t, up_net_piece *piece)
{
    const double rate = up_learning_rate(t->options.rate, t->step, t->options.steps);
    if (piece->matrix)
        up_muon(&piece->muon, t->learned + piece->first, t->mean + piece->first,
                t->gradient + piece->first, rate);
    else
        up_adam(t->learned, t->mean, t->square, t->gradient, piece->first, piece->end, ADAM * rate,
                t->step);
}

/* From what learns to the sums of all patches. */
static void make_gradient(up_net_training *t)
{
#pragma omp parallel num_threads(t->threads)
    {
#pragma omp for schedule(dynamic)
        for (int n = 0; n <= t->net.last; n++)
            up_trainable_join(&t->net, n, t->learned, t->parameter);
#pragma omp for schedule(dynamic) nowait
        for (int n = 0; n <= t->net.last; n++)
            pack(t, n);
#pragma omp for
        for (size_t p = 0; p < t->net.learned; p += CHUNK)
            average(t, p);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < t->groups; i++)
            run_group(t, &t->thread[omp_get_thread_num()], i);
#pragma omp for
        for (size_t p = 0; p < t->net.parameters; p += CHUNK)
            add_parts(t, p);
    }
}

static void learn(up_net_training *t)
{
    up_trainable_tie(&t->net, t->gradient);
#pragma omp parallel num_threads(t->threads)
    {
#pragma omp for schedule(dynamic)
        for (int n = 0; n <= t->net.last; n++)
            up_trainable_part(&t->net, n, t->learned, t->gradient);
#pragma omp for schedule(dynamic)
        for (int i = 0; i < t->pieces; i++)
            descend(t, &t->piece[i]);
    }
}

up_status up_net_training_step(up_net_training *t, double *loss, up_error *error)
{
    make_gradient(t);
    *loss = 0;
    for (int i = 0; i < t->groups; i++) {
        if (t->group[i].status != UP_OK) {
            if (error)
                *error = t->group[i].error;
            return t->group[i].status;
        }
        *loss += t->group[i].loss;
    }
    learn(t);
    t->step++;
    return UP_OK;
}
