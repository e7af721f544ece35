/* SPDX-License-Identifier: MIT */
/*
 * A network run on one patch, and back, in mixed precision (Micikevicius et al., Mixed Precision
 * Training, 2018): products of bfloat16 summed in float. Forward, every number is the sum of two of
 * them, which leaves errors of about 2^-16; gradients are one.
 */
#ifndef UP_TRAIN_MIXED_PASS_H
#define UP_TRAIN_MIXED_PASS_H

#include "train/passes/gradient.h"
#include "train/passes/mixed_weights.h"

/* Whether a network can be run so: convolutions, each with a PReLU behind it but for the last, all
 * of as many channels, and at most once an earlier PReLU's result added to a later one's. */
bool up_mixed_fits(const up_trainable *net);

/* A convolution, the PReLU behind it and what is added to that; the last one is bare. */
typedef struct {
    int node; /* of the convolution */
    up_conv_shape conv;
    int skip;                              /* the stage whose result is added, or -1 */
    bool shared;                           /* its result is added further on */
    int ins, outs;                         /* elements of a record */
    up_bfloat16 *high, *low;               /* what goes in, from the first pixel on */
    up_bfloat16 *before;                   /* [run][outs]: what went into the PReLU */
    float *sums;                           /* of its weights' gradient, see up_mixed_sums() */
    float *slope_gradient, *bias_gradient; /* [outs] */
} up_mixed_stage;

/* Records of a patch lie in rows `pitch` apart, `margin` of them zeros between one row and the
 * next, and `reach` rows of zeros above and below. */
typedef struct {
    const up_trainable *net;
    const up_matrix_kernels *kernels;
    int width, height, pitch, margin, reach;
    int run; /* records from the first pixel to the last, rounded up to UP_MATRIX_DEPTH */
    up_mixed_stage *stage;
    int stages;
    float *sum;                 /* of a stretch of records */
    float *zeros;               /* a bias */
    up_bfloat16 *gradient[2];   /* of the sums of a stage, by turns, */
    up_bfloat16 *last_gradient; /* and of the last one */
    up_bfloat16 *kept;          /* [run][outs] gradient of the shared stage's result */
    up_bfloat16 *pairs[2];      /* records 0 and 1, 2 and 3 ...; 1 and 2, 3 and 4 ... */
    up_bfloat16 *columns;       /* gradients channel by channel */
    void **block;               /* all of these */
    int blocks;
} up_mixed_pass;

/* Of a network that fits. */
up_status up_mixed_pass_make(up_mixed_pass *pass, const up_trainable *net, int width, int height,
                             up_error *error);
void up_mixed_pass_free(up_mixed_pass *pass);

/* From the patch of `work` to its result; the other outputs are not made. */
void up_mixed_forward(up_mixed_pass *pass, const up_mixed_weights *weights, up_gradient_work *work);
/* From the gradient of the result to sums that the pass keeps. */
void up_mixed_backward(up_mixed_pass *pass, const up_mixed_weights *weights,
                       const up_gradient_work *work);
/* Adds those to `gradient`, one per parameter, and begins anew. */
void up_mixed_collect(up_mixed_pass *pass, float *gradient);

#endif
