/* SPDX-License-Identifier: MIT */
/* A network in training: everything that a step changes, and what it works with. */
#ifndef UP_TRAIN_NET_TRAINING_H
#define UP_TRAIN_NET_TRAINING_H

#include "train/optimise/muon.h"
#include "train/passes/gradient.h"
#include "train/passes/mixed_pass.h"
#include "train/photo/train_samples.h"

/* The patches of a step are summed in so many groups at most, whatever threads there are, so that
 * rounding does not depend on these. */
enum { UP_NET_GROUPS = 32, UP_NET_MEASURES = 512 };

/* Some of what learns: a matrix by Muon, anything else by Adam. */
typedef struct {
    size_t first, end;
    bool matrix;
    up_muon_work muon;
} up_net_piece;

/* What sums up a group of patches. */
typedef struct {
    float *part; /* of the gradient, [net.parameters] */
    double loss;
    up_status status;
    up_error error;
} up_net_group;

/* What a thread works in. */
typedef struct {
    up_gradient_work work;
    up_pair_work pair;
    up_mixed_pass mixed;
} up_net_thread;

typedef struct {
    up_train_options options; /* with the defaults filled in */
    up_trainable net;
    int64_t step;
    float *learned, *mean,
        *square;    /* [net.learned]; the latter two: what the optimiser remembers */
    float *average; /* of the last some thousand steps */
    float *best;    /* the average when `best_psnr` was reached; NaN: never */
    double best_psnr;
    float (*measure)[2]; /* [UP_NET_MEASURES] steps, and the PSNR after them */
    int measures;

    float *gradient;  /* [net.learned] */
    float *parameter; /* [net.parameters]: what learns, as it is run */
    up_net_piece *piece;
    int pieces;
    up_packed_weights packed;
    const up_samples *samples;
    up_net_thread *thread;
    bool is_mixed; /* else all is done in float */
    up_mixed_weights mixed_weights;
    up_net_group *group;
    int threads, groups;
} up_net_training;

/* Takes the network over, also where it fails, and begins with its weights; options->threads and
 * the like must be filled in. */
up_status up_net_training_make(up_net_training *training, up_trainable *net,
                               const up_train_options *options, const up_samples *samples,
                               up_error *error);
/* Memory that it takes, validation included. */
double up_net_training_bytes(const up_trainable *net, const up_train_options *options,
                             const up_samples *samples);
void up_net_training_free(up_net_training *training);

/* One step; *loss is the mean of its samples. Fails where there is no memory. */
up_status up_net_training_step(up_net_training *training, double *loss, up_error *error);

/* Mean PSNR in dB of the average weights on the pictures: up to nine tiles spread over each. */
up_status up_net_training_validate(const up_net_training *training, const up_samples *samples,
                                   double *psnr, up_error *error);

/* All that a step changes, to a file and back. A checkpoint of other options is refused. */
up_status up_checkpoint_write(const up_net_training *training, const char *path, up_error *error);
up_status up_checkpoint_read(up_net_training *training, const char *path, up_error *error);

#endif
