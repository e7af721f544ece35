/* SPDX-License-Identifier: MIT */
/* ONNX files, written field by field: an implementation of its own, so that the tests do not
 * believe the reader's. */
#ifndef SUPPORT_ONNX_DATA_H
#define SUPPORT_ONNX_DATA_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned char *data;
    size_t size, room;
} onnx_bytes;

typedef struct {
    onnx_bytes graph, node; /* the node that is being written */
    int opset;
} onnx_model;

/* Fields of any message. */
void onnx_put_whole(onnx_bytes *to, int field, int64_t value);
void onnx_put_bytes(onnx_bytes *to, int field, const void *bytes, size_t size);
void onnx_put_text(onnx_bytes *to, int field, const char *text);
void onnx_put_message(onnx_bytes *to, int field, onnx_bytes *message); /* which is freed */

onnx_model onnx_begin(int opset);

/* Names with blanks between them; "-" is left out. What follows belongs to this node. */
void onnx_node(onnx_model *model, const char *op, const char *inputs, const char *outputs);
void onnx_whole(onnx_model *model, const char *name, int64_t value);
void onnx_real(onnx_model *model, const char *name, float value);
void onnx_text(onnx_model *model, const char *name, const char *value);
void onnx_wholes(onnx_model *model, const char *name, int count, const int64_t *values);

/* Sizes of 0 are left open. */
void onnx_input(onnx_model *model, const char *name, int rank, const int64_t *shape);
void onnx_output(onnx_model *model, const char *name);

/* Initialisers: float32 as raw bytes; int64. */
void onnx_floats(onnx_model *model, const char *name, int rank, const int64_t *shape,
                 const float *values);
void onnx_indices(onnx_model *model, const char *name, int count, const int64_t *values);
/* A TensorProto that was written before. */
void onnx_tensor(onnx_model *model, onnx_bytes *tensor);

/* The file, to be freed with free(data); the model is freed. */
onnx_bytes onnx_end(onnx_model *model);

#endif
