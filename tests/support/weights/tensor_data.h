/* SPDX-License-Identifier: MIT */
/* The bytes of a safetensors file, well-formed or not, from the text of its header. */
#ifndef SUPPORT_TENSOR_DATA_H
#define SUPPORT_TENSOR_DATA_H

#include <stddef.h>

typedef struct {
    unsigned char *bytes; /* as many as malloc() was asked for, so that ASan sees reads beyond */
    size_t size;
} tensor_file;

/* `data` is what follows the header. */
tensor_file tensor_file_make(const void *data, size_t size, const char *header, ...)
    __attribute__((format(printf, 3, 4)));
void tensor_file_free(tensor_file *file);

#endif
