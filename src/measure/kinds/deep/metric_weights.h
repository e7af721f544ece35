/* SPDX-License-Identifier: MIT */
/* What files of weights for measures hold: see up_metric_weights in upscale_measure.h. */
#ifndef UP_MEASURE_METRIC_WEIGHTS_H
#define UP_MEASURE_METRIC_WEIGHTS_H

#include "measure/kinds/deep/feature_nets.h"
#include "upscale_measure.h"

/* Channels that DISTS compares: those of the picture, and of five layers. */
enum { UP_DISTS_CHANNELS = 3 + 64 + 128 + 256 + 512 + 512, UP_NIQE_NUMBERS = 36 };

/* NULL: not there. */
struct up_metric_weights {
    struct {
        float *kernel[UP_MOST_FEATURE_CONVS], *bias[UP_MOST_FEATURE_CONVS];
        float *head[UP_TAPS]; /* of LPIPS: a factor for each channel */
    } net[UP_FEATURE_NETS];
    float *alpha, *beta;      /* of DISTS: [UP_DISTS_CHANNELS] */
    float *mean, *covariance; /* of NIQE: [36], [36][36] */
    size_t bytes;             /* of all */
};

/* UP_ERROR_ARGUMENT, saying which files would help, where something is missing. `weights` may be
 * NULL. */
up_status up_metric_weights_need(const up_metric_weights *weights, const char *title, int net,
                                 bool heads, bool factors, up_error *error);

#endif
