/* A network in training: everything that a step changes, and what it works with. */
#ifndef UP_TRAIN_NET_TRAINING_H
#define UP_TRAIN_NET_TRAINING_H

#include "train/data/patches.h"
#include "train/optimise/muon.h"
#include "train/passes/gradient.h"
#include "train/passes/mixed_pass.h"

typedef struct {
    up_train_options options; /* with the defaults filled in */
    up_trainable net;
    int64_t step;
    float *parameter, *mean, *square; /* the latter two: what the optimiser remembers */
    float *average;                   /* of the last some thousand steps */
    float *best;                      /* the average when `best_psnr` was reached; NaN: never */
    double best_psnr;

    float *gradient;
    up_muon_work *muon; /* by node: of convolutions */
    up_packed_weights packed;
    const up_patches *patches;
    up_gradient_work *work; /* [threads] */
    up_mixed_pass *mixed;   /* [threads]; NULL: all is done in float */
    up_mixed_weights mixed_weights;
    float **part; /* [threads] of the gradient */
    double *loss; /* [threads] */
    int threads;
} up_net_training;

/* Takes the network over, also where it fails, and begins with its weights; options->threads and
 * the like must be filled in. */
up_status up_net_training_make(up_net_training *training, up_trainable *net,
                               const up_train_options *options, const up_patches *patches,
                               up_error *error);
/* Memory that it takes, validation included. */
double up_net_training_bytes(const up_trainable *net, const up_train_options *options);
void up_net_training_free(up_net_training *training);

/* One step. Returns the mean loss of its samples. */
double up_net_training_step(up_net_training *training);

/* Mean PSNR in dB of the average weights on the pictures: up to nine tiles spread over each. */
up_status up_net_training_validate(up_net_training *training, const up_train_pictures *pictures,
                                   double *psnr, up_error *error);

/* All that a step changes, to a file and back. A checkpoint of other options is refused. */
up_status up_checkpoint_write(const up_net_training *training, const char *path, up_error *error);
up_status up_checkpoint_read(up_net_training *training, const char *path, up_error *error);

#endif
