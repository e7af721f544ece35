/* SPDX-License-Identifier: MIT */
/*
 * Formats of weight files: a new one is one file and one line in weight_formats.c. A format fills a
 * up_tensor_file with the functions below; whatever it hands over (names, shapes, strides, strings,
 * data) is borrowed, and must lie in the bytes of the file or in memory of
 * up_tensor_file_keep().
 */
#ifndef UP_WEIGHTS_WEIGHT_FORMAT_H
#define UP_WEIGHTS_WEIGHT_FORMAT_H

#include "weights/tensor_file.h"

typedef struct {
    const char *name;       /* as `upscale info` shows it */
    const char *extensions; /* usual ones, lower case, blanks between: "pth pt ckpt" */
    /* Whether a file is one of these. Told by the content; the extension of `path` may decide where
     * the content could be anything. Formats are asked in the order of the table. */
    bool (*is)(const unsigned char *bytes, size_t size, const char *path);
    up_status (*read)(up_tensor_file *file, up_error *error);
} up_weight_format;

/* In the order in which they are asked; the last is NULL. */
extern const up_weight_format *const up_weight_formats[];
extern const up_weight_format up_pytorch_format, up_onnx_format, up_safetensors_format,
    up_ncnn_format;

/* ---- what read() works with */

/* The whole file. */
const unsigned char *up_tensor_file_data(const up_tensor_file *file, size_t *size);

/* The path it was opened by; NULL where there is none (memory, standard input). */
const char *up_tensor_file_path(const up_tensor_file *file);

/* All bytes of another regular file, which live as long as the file and count in its memory. The
 * same path gives the same bytes. */
up_status up_tensor_file_read_beside(up_tensor_file *file, const char *path,
                                     const unsigned char **bytes, size_t *size, up_error *error);

/* The file's own path with what follows its last '/' exchanged for `name`; or, where `name` begins
 * with a dot, with its extension exchanged for `name`. Kept; NULL: see up_tensor_file_no_room(). */
char *up_tensor_file_beside(up_tensor_file *file, const char *name);

/* Counts memory that the format takes beside the file: refused where it comes to more than is
 * allowed. Call before allocating. */
up_status up_tensor_file_claim(up_tensor_file *file, size_t bytes, up_error *error);

/* `count` zeroed elements, aligned to 16 bytes, claimed, that live as long as the file. NULL where
 * there is no room: return up_tensor_file_no_room(), which says why. */
void *up_tensor_file_keep(up_tensor_file *file, size_t count, size_t size);
up_status up_tensor_file_no_room(const up_tensor_file *file, up_error *error);

/* A string of `length` bytes, or up to its first NUL, kept; NULL as above. */
const char *up_tensor_file_keep_text(up_tensor_file *file, const char *text, size_t length);

/* Takes name, dtype, dims, shape, stride and data; elements and bytes follow from them. That all
 * elements lie in the file is for the format to check, up_tensor_span() helps. */
up_status up_tensor_file_add(up_tensor_file *file, const up_tensor *tensor, up_error *error);
up_status up_tensor_file_add_metadata(up_tensor_file *file, const char *key, const char *value,
                                      up_error *error);

/* What the format keeps besides tensors, as a graph, in memory of up_tensor_file_keep();
 * up_tensor_file_content() is NULL for a file of another format. */
void up_tensor_file_set_content(up_tensor_file *file, void *content);
const void *up_tensor_file_content(const up_tensor_file *file, const up_weight_format *format);

/* The tensors so far, in the order of qsort(). */
void up_tensor_file_sort(up_tensor_file *file, int (*compare)(const void *, const void *));

void up_tensor_file_set_part(up_tensor_file *file, const char *part);

/* UP_ERROR_WEIGHTS: "NAME: not a valid FORMAT file: ...". */
up_status up_tensor_file_refuse(const up_tensor_file *file, up_error *error, const char *reason,
                                ...) __attribute__((format(printf, 3, 4)));

/* Elements from the first to behind the last of a tensor with strides; false on overflow. */
bool up_tensor_span(const up_tensor *tensor, size_t *span);

#endif
