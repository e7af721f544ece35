/* SPDX-License-Identifier: MIT */
/* TensorProto: one tensor of an ONNX file. */
#ifndef UP_WEIGHTS_ONNX_TENSOR_H
#define UP_WEIGHTS_ONNX_TENSOR_H

#include "weights/onnx/onnx_wire.h"
#include "weights/weight_format.h"

/* Everything in it lives as long as the file. */
up_status up_onnx_read_tensor(up_tensor_file *file, up_wire wire, up_tensor *tensor,
                              up_error *error);

/* What is in the bytes, as a string that is kept; NULL: no room. */
const char *up_onnx_text(up_tensor_file *file, up_wire bytes);

up_status up_onnx_damaged(const up_tensor_file *file, up_error *error);

/* Numbers of a repeated field, packed or not: a list of int64_t (varints), or of values of `size`
 * bytes. Packed ones that are not varints stay where they are. */
up_status up_onnx_read_list(up_tensor_file *file, up_wire message, uint32_t number, size_t size,
                            const void **list, size_t *count, up_error *error);

#endif
