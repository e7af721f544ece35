/* SPDX-License-Identifier: MIT */
/* A network that was opened, with what is to be known of its file: what one run, or all runs of a
 * program, work with. */
#ifndef UP_NETWORK_MODEL_H
#define UP_NETWORK_MODEL_H

#include "network/network.h"
#include "upscale_weights.h"
#include "weights/embedded.h"

typedef struct {
    up_tensor_file *file;
    up_network *network;
    int scale;     /* that it was opened for; 0: for none */
    bool open;     /* the file leaves the scale open: the network is for `scale` */
    bool guessed;  /* and that is 2 because none was given */
    bool borrowed; /* the file is another model's */
    size_t file_bytes, values_bytes;
} up_model;

/* Of the options `layer`, `told` and `max_memory` count. `scale`: 0 if none is known. A file that
 * leaves it open is UP_ERROR_WEIGHTS then. */
up_status up_model_open(up_model *model, const char *path, const up_options *options, int scale,
                        up_error *error);
/* One bare transposed convolution of these planes, as options->kernel says, for `channels` input
 * channels. */
up_status up_model_open_kernel(up_model *model, const char *kernel, int channels,
                               const up_options *options, up_error *error);
up_status up_model_open_embedded(up_model *model, const up_embedded *embedded, up_error *error);

/* For another scale, from the file that `other` has read. */
up_status up_model_open_again(up_model *model, const up_model *other, const up_options *options,
                              int scale, up_error *error);
bool up_model_depends_on_scale(const up_model *model, int scale);

/* Gives back the memory of the file: the network does not need it. */
void up_model_close_file(up_model *model);

/* A model that is all zero may be closed. */
void up_model_close(up_model *model);

/* What is behind the public handle: a model, and how it is shown to people. */
struct up_weights {
    up_model model;
    up_weights_info info;
    up_weights_layer *layer;
};

static inline const up_model *up_weights_model(const up_weights *weights)
{
    return &weights->model;
}

#endif
