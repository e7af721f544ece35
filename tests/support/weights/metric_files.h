/* SPDX-License-Identifier: MIT */
/* Weights for LPIPS and DISTS that are made up: the same numbers as tests/golden/deep/make.py
 * makes. */
#ifndef SUPPORT_METRIC_FILES_H
#define SUPPORT_METRIC_FILES_H

#include "measure/kinds/deep/feature_nets.h"

/* How the tensors are called. */
typedef enum {
    METRIC_TORCHVISION, /* features.0.weight */
    METRIC_LPIPS,       /* net.slice1.0.weight, lin0.model.1.weight, lins.0.model.1.weight */
    METRIC_DISTS,       /* stage1.0.weight, alpha, beta */
    METRIC_HEADS,       /* lin0.model.1.weight alone */
    METRIC_FACTORS,     /* alpha, beta alone */
} metric_names;

/* Writes a safetensors file. `leave_out`, if not NULL, is a tensor that it shall lack. */
void metric_file_write(const char *path, int net, metric_names names, const char *leave_out);

#endif
