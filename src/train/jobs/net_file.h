/* SPDX-License-Identifier: MIT */
/* Networks in training to weight files. */
#ifndef UP_TRAIN_NET_FILE_H
#define UP_TRAIN_NET_FILE_H

#include "train/jobs/net_bounds.h"
#include "train/jobs/train.h"

/* Writes a network that the program runs; `result` says all but its layers and tensors. Its values
 * become `parameter`, its bounds `bounds`, which may be NULL. */
up_status up_net_save(up_trainable *net, const float *parameter, const up_net_bounds *bounds,
                      const up_train_job *job, const up_train_result *result, up_error *error);

/* What a file says of a network as it is: upscale.layers, and the tensors. */
typedef struct {
    char *layers;
    up_tensor *tensor;
    int tensors;
    char (*name)[24];
} up_net_tensors;

up_status up_net_tensors_make(up_net_tensors *list, const up_network *network, up_error *error);
void up_net_tensors_free(up_net_tensors *list);

#endif
