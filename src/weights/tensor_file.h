/* SPDX-License-Identifier: MIT */
/*
 * Files of named tensors, and strings beside them: what weights come in. Which format a file has
 * is told by its content (weight_format.h). Nothing is allocated that the size of the file does not
 * justify, no value of it is used unchecked, and no code in it is ever run.
 */
#ifndef UP_WEIGHTS_TENSOR_FILE_H
#define UP_WEIGHTS_TENSOR_FILE_H

#include "base/status.h"
#include "weights/dtype.h"

typedef struct {
    const char *name;
    up_dtype dtype;
    int dims;
    const size_t *shape;
    const size_t *stride; /* elements between neighbours, `dims` of them; NULL: C order */
    size_t elements;
    const void *data; /* the first element: little-endian, not aligned */
    size_t bytes;     /* of the elements, without gaps between them */
} up_tensor;

/* One string of the metadata. */
typedef struct {
    const char *key, *value;
} up_metadata_item;

typedef struct up_tensor_file up_tensor_file;

/* The whole file is held in memory, so it must be a regular one. One that needs more than `most`
 * bytes, as a file and as values, is refused: by its size before it is read, by its values before
 * they are made. */
up_status up_tensor_file_open(up_tensor_file **file, const char *path, size_t most,
                              up_error *error);

/* The bytes are borrowed and must outlive the result. `name` is for messages, and its extension may
 * help to tell the format; files beside it are not looked for. */
up_status up_tensor_file_from_memory(up_tensor_file **file, const void *bytes, size_t size,
                                     const char *name, up_error *error);

/* Whether a file is in one of the formats, or called so. */
bool up_tensor_file_is(const char *path);

/* Tensors, names and strings live as long as the file. */
void up_tensor_file_close(up_tensor_file **file);

/* Gives back the memory of all values, when they have been read: metadata and messages are all that
 * is left of the file. */
up_status up_tensor_file_drop_data(up_tensor_file *file, up_error *error);

/* Memory that it takes, and all its tensors of floating point as up_tensor_to_f32() makes them. */
size_t up_tensor_file_bytes(const up_tensor_file *file);
size_t up_tensor_file_values_bytes(const up_tensor_file *file);

/* Whether so many bytes more may be taken beside these and the values: UP_ERROR_LIMIT. */
up_status up_tensor_file_fits(const up_tensor_file *file, size_t bytes, up_error *error);

/* For messages: its name, its format ("safetensors"), and which of several sets of weights in it
 * was taken ("params_ema"), NULL where there is no choice. */
const char *up_tensor_file_name(const up_tensor_file *file);
const char *up_tensor_file_format(const up_tensor_file *file);
const char *up_tensor_file_part(const up_tensor_file *file);

/* Tensors in the order of the file, no two of one name; NULL past the last. */
int up_tensor_file_count(const up_tensor_file *file);
const up_tensor *up_tensor_file_at(const up_tensor_file *file, int i);
const up_tensor *up_tensor_file_find(const up_tensor_file *file, const char *name);

/* Strings of the metadata in the order of the file; NULL past the last or where there is none. */
const up_metadata_item *up_tensor_file_metadata_at(const up_tensor_file *file, int i);
const char *up_tensor_file_metadata(const up_tensor_file *file, const char *key);

/* All elements of an F64, F32, F16 or BF16 tensor of `file`, in C order; other types are an error.
 * F64 is rounded to nearest: what is beyond float32 becomes infinite. */
up_status up_tensor_to_f32(const up_tensor_file *file, const up_tensor *tensor, float *out,
                           up_error *error);

/* Elements and bytes that the shape and type come to, or why they come to nothing (else NULL). */
const char *up_tensor_measure(const up_tensor *tensor, size_t *elements, size_t *bytes);

#endif
