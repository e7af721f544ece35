/* SPDX-License-Identifier: MIT */
/* The header of a safetensors file, for its reader. */
#ifndef UP_WEIGHTS_SAFETENSORS_HEADER_H
#define UP_WEIGHTS_SAFETENSORS_HEADER_H

#include "weights/weight_format.h"

#define UP_SAFETENSORS_MOST_HEADER 100000000 /* bytes, by the reference */
#define UP_SAFETENSORS_METADATA "__metadata__"

/* Reads and checks `size` bytes of JSON, and adds the tensors, that lie in the `data_size` bytes
 * behind. */
up_status up_safetensors_header_read(up_tensor_file *file, const char *text, size_t size,
                                     size_t data_size, up_error *error);

#endif
