/* SPDX-License-Identifier: MIT */
/* Tensors of a weight file as layers need them. */
#ifndef UP_NETWORK_TENSOR_VALUES_H
#define UP_NETWORK_TENSOR_VALUES_H

#include "weights/label.h"
#include "weights/tensor_file.h"

#define UP_MOST_CHANNELS 65536
#define UP_MOST_SPAN (1 << 24) /* pixels between the first and the last tap of a kernel */
#define UP_KEY_LIST (13 * (UP_LABEL + 2))

up_status up_tensor_refuse(const up_tensor_file *file, const up_tensor *tensor, const char *reason,
                           up_error *error);

/* Elements as float32 that are all finite; free with up_free(). */
up_status up_tensor_values(float **values, const up_tensor_file *file, const up_tensor *tensor,
                           up_error *error);

/* Refuses empty and hugely many channels and kernels of a 4-D weight. */
up_status up_tensor_check_kernel(const up_tensor_file *file, const up_tensor *weight,
                                 up_error *error);

/* The first dozen names, for a message. */
const char *up_tensor_list(char list[UP_KEY_LIST], const up_tensor_file *file);

#endif
