/* SPDX-License-Identifier: MIT */
/*
 * Weight files: safetensors, read strictly. A file is 8 bytes of header length N (little-endian), N
 * bytes of JSON, and a byte buffer that the tensors cover without holes or overlap.
 *
 * Where the format's text and its reference implementation leave room:
 *   - JSON white space before and after the object is accepted: the text says that the header
 *     begins with '{' and ends in spaces, but the reference tests for white space at both ends.
 *   - Refused, as the text or its schema say, though the reference takes some of them: a name that
 *     comes twice (tensor, field or metadata key), fields beyond dtype, shape and data_offsets, an
 *     entry that is an array, __metadata__: null.
 *   - The product of a shape is checked from left to right, as the reference does: [0, huge, huge]
 *     is an empty tensor, [huge, huge, 0] an overflow.
 *   - Refused, though the text allows them: names with a NUL character, integers from 2^63 on,
 * shapes of more than 65535 dimensions, and headers that nest deeper than theirs can.
 */
#ifndef UP_WEIGHTS_SAFETENSORS_H
#define UP_WEIGHTS_SAFETENSORS_H

#include "weights/tensor_file.h"

/* A tensor to be written; name, shape and data are borrowed. */
up_tensor up_tensor_of_f32(const char *name, int dims, const size_t *shape, const float *data);

/* Writes the layout of the reference: larger types first, then by name, header padded with spaces
 * to a multiple of 8. Of a tensor, name, dtype, dims, shape, data and bytes matter. The file
 * appears whole or not at all. */
up_status up_safetensors_write(const char *path, const up_tensor *tensors, int count,
                               const up_metadata_item *metadata, int items, bool overwrite,
                               up_error *error);

#endif
