/* SPDX-License-Identifier: MIT */
/* What a training holds. */
#include "train/jobs/net_training.h"

#include "base/memory.h"

#include <math.h>

/* In numbers of parameters: those of the network, as read, as written and as run, those that are
 * kept, packed ones, those of Muon (at most), and of each thread, in mixed precision, its sums. */
enum { OF_NETWORK = 3, KEPT = 6, PACKED = 4, OF_MUON = 5, OF_MIXED = 4 };

static bool is_mixed(const up_trainable *net, const up_train_options *o)
{
    return o->precision == UP_PRECISION_BFLOAT16 && up_mixed_fits(net);
}

static int groups_of(const up_train_options *o)
{
    return up_min(o->batch, UP_NET_GROUPS);
}

double up_net_training_bytes(const up_trainable *net, const up_train_options *o,
                             const up_samples *samples)
{
    const bool mixed = is_mixed(net, o);
    const double learned = (double)net->learned * sizeof(float), threads = o->threads;
    const double patch = up_gradient_work_bytes(net, o->patch, o->patch, true);
    const double tile = up_gradient_work_bytes(net, UP_SAMPLE_TILE, UP_SAMPLE_TILE, false);
    const double pairs =
        up_samples_work_bytes(samples, o->patch) + up_samples_work_bytes(samples, UP_SAMPLE_TILE);
    return learned *
               (OF_NETWORK + KEPT + PACKED + OF_MUON + groups_of(o) + threads * mixed * OF_MIXED) +
           threads * ((1 + mixed) * patch + tile + pairs);
}

/* ---------------------------------------------------------------- pieces */

static up_status add_piece(up_net_training *t, size_t first, size_t end, int rows, up_error *error)
{
    up_net_piece *piece = &t->piece[t->pieces];
    if (first == end)
        return UP_OK;
    *piece = (up_net_piece){ .first = first, .end = end, .matrix = rows > 0 };
    if (rows > 0)
        UP_TRY(up_muon_work_make(&piece->muon, rows, (int)((end - first) / (size_t)rows), error));
    t->pieces++;
    return UP_OK;
}

static up_status add_branches(up_net_training *t, const up_trained_node *node, up_error *error)
{
    size_t at = node->branch_first;
    for (int b = 0; b < node->branches.count; b++) {
        const up_branch *branch = &node->branches.branch[b];
        const size_t factors = branch->kernels ? 0 : (size_t)branch->channels[0];
        UP_TRY(add_piece(t, at, at + factors, 0, error));
        at += factors;
        for (int i = 0; i < branch->kernels; i++) {
            const int out = branch->channels[i + 1], size = branch->kernel[i];
            const size_t count = (size_t)out * branch->channels[i] * size * size;
            UP_TRY(add_piece(t, at, at + count, out, error));
            at += count;
        }
    }
    return UP_OK;
}

static up_status make_pieces(up_net_training *t, up_error *error)
{
    enum { OF_NODE = 2 + UP_BRANCHES * UP_BRANCH_KERNELS };
    const size_t most = ((size_t)t->net.last + 1) * OF_NODE;
    t->piece = up_alloc_zero(most, sizeof *t->piece);
    if (!t->piece)
        return up_fail_memory(error, "a network", most * sizeof *t->piece);
    for (int n = 0; n <= t->net.last; n++) {
        const up_trained_node *node = &t->net.node[n];
        const size_t matrix = node->conv.kernel ? node->weights : 0;
        UP_TRY(add_piece(t, node->first, node->first + matrix, node->conv.out, error));
        UP_TRY(add_piece(t, node->first + matrix, up_trainable_end(&t->net, n), 0, error));
        UP_TRY(add_branches(t, node, error));
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- memory */

static up_status allocate(up_net_training *t, up_error *error)
{
    const size_t learned = t->net.learned;
    float **all[] = { &t->learned, &t->mean, &t->square, &t->average, &t->best, &t->gradient };
    bool got = true;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        got &= (*all[i] = up_alloc_zero(learned, sizeof(float))) != NULL;
    got &= (t->parameter = up_alloc_zero(t->net.parameters, sizeof(float))) != NULL;
    got &= (t->measure = up_alloc_zero(UP_NET_MEASURES, sizeof *t->measure)) != NULL;
    got &= (t->thread = up_alloc_zero(t->threads, sizeof *t->thread)) != NULL;
    got &= (t->group = up_alloc_zero(t->groups, sizeof *t->group)) != NULL;
    for (int i = 0; got && i < t->groups; i++)
        got &= (t->group[i].part = up_alloc_zero(t->net.parameters, sizeof(float))) != NULL;
    return got ? UP_OK : up_fail_memory(error, "a network", 6 * learned * sizeof(float));
}

static up_status make_threads(up_net_training *t, int size, up_error *error)
{
    for (int i = 0; i < t->threads; i++) {
        up_net_thread *thread = &t->thread[i];
        UP_TRY(up_gradient_work_make(&thread->work, &t->net, size, size, true, error));
        UP_TRY(up_samples_work_make(&thread->pair, t->samples, size, error));
        if (t->is_mixed)
            UP_TRY(up_mixed_pass_make(&thread->mixed, &t->net, size, size, error));
    }
    return t->is_mixed ? up_mixed_weights_make(&t->mixed_weights, &t->net, error) : UP_OK;
}

up_status up_net_training_make(up_net_training *t, up_trainable *net,
                               const up_train_options *options, const up_samples *samples,
                               up_error *error)
{
    *t = (up_net_training){ .options = *options,
                            .net = *net,
                            .samples = samples,
                            .threads = options->threads,
                            .groups = groups_of(options),
                            .is_mixed = is_mixed(net, options),
                            .best_psnr = NAN };
    *net = (up_trainable){ 0 };
    up_status status = allocate(t, error);
    if (status == UP_OK)
        status = make_pieces(t, error);
    if (status == UP_OK)
        status = up_packed_weights_make(&t->packed, &t->net, error);
    if (status == UP_OK)
        status = make_threads(t, options->patch, error);
    if (status == UP_OK)
        up_trainable_read(&t->net, t->learned);
    else
        up_net_training_free(t);
    return status;
}

void up_net_training_free(up_net_training *t)
{
    for (int i = 0; t->thread && i < t->threads; i++) {
        up_gradient_work_free(&t->thread[i].work);
        up_pair_work_free(&t->thread[i].pair);
        up_mixed_pass_free(&t->thread[i].mixed);
    }
    for (int i = 0; t->group && i < t->groups; i++)
        up_free(t->group[i].part);
    for (int i = 0; i < t->pieces; i++)
        up_muon_work_free(&t->piece[i].muon);
    float *all[] = {
        t->learned, t->mean, t->square, t->average, t->best, t->gradient, t->parameter
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        up_free(all[i]);
    up_free(t->measure);
    up_free(t->piece);
    up_free(t->thread);
    up_free(t->group);
    up_packed_weights_free(&t->packed);
    up_mixed_weights_free(&t->mixed_weights);
    up_trainable_free(&t->net);
    *t = (up_net_training){ 0 };
}
