/* A model run on one patch, and the gradient of the loss by every parameter. */
#ifndef UP_TRAIN_GRADIENT_H
#define UP_TRAIN_GRADIENT_H

#include "train/passes/conv_pair.h"
#include "train/passes/model.h"
#include "upscale_train.h"

/* Weights as the kernels want them: made once per step, for all threads. */
typedef struct {
    float *forward, *backward; /* layer i from model->layer[i].first on */
    const float *parameter;
} up_model_packed;

up_status up_model_packed_make(up_model_packed *packed, const up_model *model, up_error *error);
void up_model_packed_free(up_model_packed *packed);
/* Layer i; `parameter` is borrowed. */
void up_model_pack(up_model_packed *packed, const up_model *model, int i, const float *parameter);

/* Buffers of one thread for patches of one size. */
typedef struct {
    const up_model *model;
    up_conv_work conv;
    float *input;    /* pixel (0, 0) of the patch; [height][patch.stride] */
    float **output;  /* of every layer: pixel (0, 0) of channel 0; channels patch.size apart */
    float *target;   /* what the last output should be: planes like it */
    float *spare[2]; /* gradients of outputs */
    float **kept;    /* of shared layers, else NULL: the gradient that came from further on */
    float *memory;
} up_gradient_work;

up_status up_gradient_work_make(up_gradient_work *work, const up_model *model, int width,
                                int height, bool backward, up_error *error);
/* Memory that it takes. */
double up_gradient_work_bytes(const up_model *model, int width, int height, bool backward);
void up_gradient_work_free(up_gradient_work *work);

/* From `input` to the output of every layer. */
void up_model_forward(up_gradient_work *work, const up_model_packed *packed);

/* The loss of the last output, summed over its samples; its gradient goes to spare[0]. */
double up_model_loss(up_gradient_work *work, up_loss loss, float weight);

/* Adds to `gradient`, one per parameter. */
void up_model_backward(up_gradient_work *work, const up_model_packed *packed, float *gradient);

#endif
