/*
 * What is trained: layers on luma, run in order. The last makes scale^2 channels, which are the
 * pixels of the enlargement (a transposed convolution, written as a convolution and a pixel
 * shuffle); the bicubic enlargement of the input is added to them.
 *
 * A convolution may be learned as two, kernel x kernel to many channels and 1x1 back, with its
 * input added (SESR, Bhardwaj et al. 2022): as both are linear they collapse into one. So there
 * are two sets of parameters: those that are learned, and the plain ones that layers run with.
 */
#ifndef UP_TRAIN_MODEL_H
#define UP_TRAIN_MODEL_H

#include "base/status.h"

#include <stddef.h>

typedef enum { UP_MODEL_CONV, UP_MODEL_PRELU, UP_MODEL_ADD } up_model_op;

typedef struct {
    up_model_op op;
    int in, out;    /* channels */
    int kernel;     /* conv: odd */
    int middle;     /* conv: channels between the two convolutions; 0: learned as it is run */
    bool shortcut;  /* its input is added to the collapsed convolution: in == out */
    int from;       /* add: the earlier layer whose output is added */
    bool shared;    /* its output is also added further on */
    size_t plain;   /* conv: [out][in][kernel][kernel], then the bias [out]; prelu: slopes [out] */
    size_t learned; /* with `middle`: [middle][in][kernel][kernel], [out][middle], the bias;
                       otherwise as in `plain` */
} up_model_layer;

typedef struct {
    int scale;
    up_model_layer *layer;
    int layers;
    size_t plain, learned; /* parameters */
    int reach;             /* of the largest kernel */
    int most_channels;
} up_model;

/* What a model is made of: a convolution and a PReLU, `body` more of them, the output of the first
 * added, and the last convolution. */
typedef struct {
    int scale, channels, body;
    int first_kernel, body_kernel, last_kernel;
    int middle;
} up_model_shape;

up_status up_model_make(up_model *model, const up_model_shape *shape, up_error *error);
void up_model_free(up_model *model);

size_t up_model_weights(const up_model_layer *layer); /* of the plain convolution */
double up_model_multiply_adds(const up_model *model); /* per pixel of the input */

/* Random learned parameters. The last convolution is 0, so that a model begins as bicubic. */
void up_model_initialise(const up_model *model, float *learned, uint64_t seed);

/* Learned parameters that collapse to these plain ones. */
up_status up_model_unfold(const up_model *model, const float *plain, float *learned, uint64_t seed,
                          up_error *error);

/* Layer i of the plain parameters out of the learned ones, or all; and the gradient of the latter.
 */
void up_model_collapse(const up_model *model, int i, const float *learned, float *plain);
void up_model_collapse_all(const up_model *model, const float *learned, float *plain);
void up_model_collapse_gradient(const up_model *model, int i, const float *learned,
                                const float *plain_gradient, float *learned_gradient);

#endif
