/* SPDX-License-Identifier: MIT */
/* Files as torch.save() writes them, well-formed or not, from pieces. */
#ifndef SUPPORT_TORCH_DATA_H
#define SUPPORT_TORCH_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/weights/tensor_data.h"

/* Bytes to add to; free with tensor_file_free(). */
void bytes_add(tensor_file *file, const void *bytes, size_t size);

/* A string literal as bytes, with the NULs in it. */
#define BYTES_ADD(file, literal) bytes_add(file, literal, sizeof literal - 1)

#define TORCH_MOST_DIMS 4

/* A view of a storage. */
typedef struct {
    const char *name;
    const char *type; /* "Float" of FloatStorage */
    const char *key;
    int whole, offset; /* elements of the storage, and before the tensor */
    int dims;
    int size[TORCH_MOST_DIMS], stride[TORCH_MOST_DIMS];
} torch_view;

typedef struct {
    const char *key;
    const void *data;
    size_t bytes;
    uint64_t count; /* elements */
} torch_storage;

/* Opcodes of a text, a number, and of a tensor that is made from a storage. */
void pickle_text(tensor_file *pickle, const char *text);
void pickle_int(tensor_file *pickle, int number);
void pickle_view(tensor_file *pickle, const torch_view *view);

/* A whole pickle of an OrderedDict of views, with opcodes before and after it: BYTES. */
tensor_file pickle_state_dict(const torch_view *views, int count, const void *before,
                              size_t before_size, const void *after, size_t after_size);

/* A file in a ZIP archive. */
typedef struct {
    const char *name;
    const void *data;
    size_t size;
    bool deflate;
} zip_file;

tensor_file zip_make(const zip_file *files, int count);

/* The newer form: name/data.pkl and name/data/KEY. */
tensor_file torch_zip(tensor_file pickle, const torch_storage *storages, int count, bool deflate);
/* The older form. */
tensor_file torch_legacy(tensor_file pickle, const torch_storage *storages, int count);

#endif
