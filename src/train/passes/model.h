/*
 * What is trained: layers on luma, run in order. The last makes scale^2 channels, which are the
 * pixels of the enlargement (a transposed convolution, written as a convolution and a pixel
 * shuffle); the bicubic enlargement of the input is added to them.
 */
#ifndef UP_TRAIN_MODEL_H
#define UP_TRAIN_MODEL_H

#include "base/status.h"

#include <stddef.h>

typedef enum { UP_MODEL_CONV, UP_MODEL_PRELU, UP_MODEL_ADD } up_model_op;

typedef struct {
    up_model_op op;
    int in, out;  /* channels */
    int kernel;   /* conv: odd */
    int from;     /* add: the earlier layer whose output is added */
    bool shared;  /* its output is also added further on */
    size_t first; /* its parameters; conv: [out][in][kernel][kernel], then the bias [out]; prelu:
                     slopes [out] */
} up_model_layer;

typedef struct {
    int scale;
    up_model_layer *layer;
    int layers;
    size_t parameters;
    int reach; /* of the largest kernel */
    int most_channels;
} up_model;

/* What a model is made of: a convolution and a PReLU, `body` more of them, the output of the first
 * added, and the last convolution. */
typedef struct {
    int scale, channels, body;
    int first_kernel, body_kernel, last_kernel;
} up_model_shape;

up_status up_model_make(up_model *model, const up_model_shape *shape, up_error *error);
void up_model_free(up_model *model);

size_t up_model_weights(const up_model_layer *layer); /* of a convolution, without the bias */
size_t up_model_end(const up_model *model, int i);    /* of the parameters of layer i */
double up_model_multiply_adds(const up_model *model); /* per pixel of the input */

/* Random parameters. The last convolution is 0, so that a model begins as bicubic. */
void up_model_initialise(const up_model *model, float *parameter, uint64_t seed);

#endif
