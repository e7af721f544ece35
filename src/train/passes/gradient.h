/* SPDX-License-Identifier: MIT */
/* A network run on one patch, and the gradient of the loss by every parameter. */
#ifndef UP_TRAIN_GRADIENT_H
#define UP_TRAIN_GRADIENT_H

#include "train/data/patches.h"
#include "train/passes/trainable.h"
#include "upscale_train.h"

/* Weights as the kernels want them: made once per step, for all threads. */
typedef struct {
    float *forward, *backward;
    size_t *first; /* of a node's in both */
    const float *parameter;
} up_packed_weights;

up_status up_packed_weights_make(up_packed_weights *packed, const up_trainable *net,
                                 up_error *error);
void up_packed_weights_free(up_packed_weights *packed);
/* Those of a node; `parameter` is borrowed. */
void up_packed_weights_pack(up_packed_weights *packed, const up_trainable *net, int node,
                            const float *parameter);

/* Buffers of one thread for patches of one size. */
typedef struct {
    const up_trainable *net;
    up_conv_work conv;
    up_patch patch;
    float **output; /* of every node that is run: pixel (0, 0) of its first plane; planes are
                       patch.size apart */
    float **slot;   /* of gradients of outputs */
    const float **in;
    float **in_gradient; /* as in[] */
    int *first_in;       /* of every node: its inputs' planes, from in[] on */
    float *memory;
} up_gradient_work;

up_status up_gradient_work_make(up_gradient_work *work, const up_trainable *net, int width,
                                int height, bool backward, up_error *error);
/* Memory that it takes. */
double up_gradient_work_bytes(const up_trainable *net, int width, int height, bool backward);
void up_gradient_work_free(up_gradient_work *work);

/* From the input of the patch to the output of every node. */
void up_gradient_forward(up_gradient_work *work, const up_packed_weights *packed);

/* The planes of the result, and those of the gradient of the loss by it. */
float *up_gradient_result(const up_gradient_work *work);
float *up_gradient_of_result(const up_gradient_work *work);

/* The loss of the result, summed over its samples; its gradient is made. */
double up_gradient_loss(up_gradient_work *work, up_loss loss, float weight);

/* Adds to `gradient`, one per parameter. */
void up_gradient_backward(up_gradient_work *work, const up_packed_weights *packed, float *gradient);

#endif
