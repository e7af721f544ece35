/* SPDX-License-Identifier: MIT */
/* What a tensor is by its name: those of torchvision, of the authors' modules, and of their files.
 */
#ifndef UP_MEASURE_WEIGHT_NAMES_H
#define UP_MEASURE_WEIGHT_NAMES_H

#include <stdbool.h>

typedef enum {
    UP_NAMES_NOTHING,
    UP_NAMES_KERNEL, /* of a convolution: features.N.weight, net.sliceK.N.weight, stageK.N.weight */
    UP_NAMES_BIAS,
    UP_NAMES_HEAD, /* linN.model.1.weight, lins.N.model.1.weight */
    UP_NAMES_ALPHA,
    UP_NAMES_BETA,
    UP_NAMES_MEAN, /* mu, mu_prisparam, mu_pris_param */
    UP_NAMES_COVARIANCE,
} up_named;

/* *number: N, where there is one. */
up_named up_weight_named(const char *name, int *number);

#endif
