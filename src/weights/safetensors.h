/*
 * Weight files: safetensors, read strictly. A file is 8 bytes of header length N (little-endian), N
 * bytes of JSON, and a byte buffer that the tensors cover without holes or overlap. Nothing is
 * allocated or read that the size of the file does not justify, and no value of the header is used
 * unchecked.
 *
 * Where the format's text and its reference implementation leave room:
 *   - JSON white space before and after the object is accepted: the text says that the header
 *     begins with '{' and ends in spaces, but the reference tests for white space at both ends.
 *   - Refused, as the text or its schema say, though the reference takes some of them: a name that
 *     comes twice (tensor, field or metadata key), fields beyond dtype, shape and data_offsets, an
 *     entry that is an array, __metadata__: null.
 *   - The product of a shape is checked from left to right, as the reference does: [0, huge, huge]
 *     is an empty tensor, [huge, huge, 0] an overflow.
 *   - Refused, though the text allows them: names with a NUL character, integers from 2^63 on, and
 *     headers that hold more than a million values or nest deeper than theirs can.
 */
#ifndef UP_WEIGHTS_SAFETENSORS_H
#define UP_WEIGHTS_SAFETENSORS_H

#include "base/status.h"
#include "weights/dtype.h"

typedef struct {
    const char *name;
    up_dtype dtype;
    int dims;
    const size_t *shape;
    size_t elements;
    const void *data; /* little-endian, C order, not aligned */
    size_t bytes;
    size_t offset; /* in the byte buffer of the file */
} up_tensor;

/* One string of __metadata__. */
typedef struct {
    const char *key, *value;
} up_metadata_item;

typedef struct up_safetensors up_safetensors;

/* The whole file is held in memory, so it must be a regular one. One that needs more than `most`
 * bytes, as a file and as values, is refused before it is read. */
up_status up_safetensors_open(up_safetensors **file, const char *path, size_t most,
                              up_error *error);

/* The bytes are borrowed and must outlive the result. `name` is for messages. */
up_status up_safetensors_from_memory(up_safetensors **file, const void *bytes, size_t size,
                                     const char *name, up_error *error);

/* Tensors, names and strings live as long as the file. */
void up_safetensors_close(up_safetensors **file);

/* Memory that it takes, and all its tensors as up_tensor_to_f32() makes them. */
size_t up_safetensors_bytes(const up_safetensors *file);
size_t up_safetensors_values_bytes(const up_safetensors *file);

/* For messages. */
const char *up_safetensors_name(const up_safetensors *file);

/* Tensors in the order of their data; NULL past the last. */
int up_safetensors_count(const up_safetensors *file);
const up_tensor *up_safetensors_at(const up_safetensors *file, int i);
const up_tensor *up_safetensors_find(const up_safetensors *file, const char *name);

/* Strings of __metadata__ in the order of the header; NULL past the last or where there is none. */
const up_metadata_item *up_safetensors_metadata_at(const up_safetensors *file, int i);
const char *up_safetensors_metadata(const up_safetensors *file, const char *key);

/* All elements of an F32, F16 or BF16 tensor of `file`; other types are an error. */
up_status up_tensor_to_f32(const up_safetensors *file, const up_tensor *tensor, float *out,
                           up_error *error);

/* Elements and bytes that the shape and type come to, or why they come to nothing (else NULL). */
const char *up_tensor_measure(const up_tensor *tensor, size_t *elements, size_t *bytes);

/* A tensor to be written; name, shape and data are borrowed. */
up_tensor up_tensor_of_f32(const char *name, int dims, const size_t *shape, const float *data);

/* Writes the layout of the reference: larger types first, then by name, header padded with spaces
 * to a multiple of 8. Of a tensor, name, dtype, dims, shape, data and bytes matter. The file
 * appears whole or not at all. */
up_status up_safetensors_write(const char *path, const up_tensor *tensors, int count,
                               const up_metadata_item *metadata, int items, bool overwrite,
                               up_error *error);

#endif
