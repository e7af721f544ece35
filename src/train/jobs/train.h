/* SPDX-License-Identifier: MIT */
/* What the kinds of training share: the job they are given, and the file they leave. */
#ifndef UP_TRAIN_TRAIN_H
#define UP_TRAIN_TRAIN_H

#include "train/data/degrade.h"
#include "train/data/pictures.h"
#include "train/passes/trainable.h"
#include "train/photo/train_samples.h"
#include "weights/safetensors/safetensors.h"

typedef struct {
    const char *output;
    up_train_options options; /* scale and threads are settled; max_memory is without the program */
    up_train_pictures training, validation;
    size_t pictures; /* of training, those reduced not counted */
    int factor; /* pixels of a picture for one of an input, along a side; 0: as many as the scale */
} up_train_job;

/* As up_options_take(). */
up_status up_train_options_take(up_train_options *taken, const up_train_options *given,
                                up_error *error);

/* Each kind has the pictures loaded, learns from job->training and writes job->output by
 * up_train_save(). */
up_status up_train_linear(up_train_job *job, up_error *error);
up_status up_train_net(up_train_job *job, up_error *error);
up_status up_train_bounds(up_train_job *job, up_error *error);

/* Loads job->training and, of nets, job->validation. */
up_status up_train_load(up_train_job *job, up_error *error);

/* The same for a network: as pixels, and with what makes pairs of them, where there is a recipe or
 * the network is not for luma alone; `maker` is to be freed, and all zero where there is none. */
up_status up_train_prepare(up_train_job *job, const up_trainable *net, up_pair_maker *maker,
                           up_error *error);

/* What is to be learned from, but for patches, or validated with; only the former has drawn tiles.
 */
up_samples up_train_samples(const up_train_job *job, const up_pair_maker *maker, bool training);

/* What is to be written. The strings of the job's options are added to it. */
typedef struct {
    const char *description;
    const char *recipe; /* the options that make it again */
    const char *layers; /* upscale.layers, see network/metadata/upscale_layers.h */
    up_weights_color color;
    bool conditioned; /* takes a plane of strength */
    int channels;     /* that come in */
    double psnr;      /* of its colours, on the validation pictures; NaN: there are none */
    const up_tensor *tensor;
    int tensors;
    const up_metadata_item *more; /* metadata beyond that; values may be NULL, and are left out */
    int items;
} up_train_result;

/* upscale.limit of all that is trained here. It costs 0.00 to 0.02 dB on photographs (large, more
 * at a smaller share: 0.03 at 0.5, 0.10 at 0.25) and gains as much on text and scans; screenshots
 * reduced by bicubic lose 0.07, and 0.3 at 0.5. */
#define UP_TRAIN_LIMIT "0.75"

up_status up_train_save(const up_train_job *job, const up_train_result *result, up_error *error);

/* The options that say what is made of pictures, each with a space before it. */
enum {
    UP_TRAIN_RECIPE_NAME = 128, /* of the name of a recipe, at most */
    UP_TRAIN_INPUTS_TEXT = UP_DEGRADATION_TEXT + 32 + UP_TRAIN_RECIPE_NAME + 16 * UP_MULTISCALE_MOST
};
void up_train_inputs_text(char text[UP_TRAIN_INPUTS_TEXT], const up_train_options *options);

/* Whether so many bytes beside the pictures are allowed. */
up_status up_train_check_memory(const up_train_job *job, double bytes, up_error *error);

/* Whether options.cancel is set. */
bool up_train_cancelled(const up_train_job *job);

/* Pixels of the low resolution. */
double up_train_pixels(const up_train_pictures *set);

#endif
