/* SPDX-License-Identifier: MIT */
/*
 * ONNX files (onnx.proto of github.com/onnx/onnx, whose field numbers are used): initialisers are
 * the tensors, metadata_props and the producer the metadata, and the graph is the content. Tensors
 * may lie in files beside it (external data), in its folder or below.
 */
#ifndef UP_WEIGHTS_ONNX_H
#define UP_WEIGHTS_ONNX_H

#include "weights/weight_format.h"

#include <stdint.h>

enum { UP_ONNX_DIMS = 8, UP_ONNX_MOST_NODES = 32768 };

/* TensorProto.DataType, as far as it is named in a program. */
enum {
    UP_ONNX_FLOAT = 1,
    UP_ONNX_FLOAT16 = 10,
    UP_ONNX_DOUBLE = 11,
    UP_ONNX_BFLOAT16 = 16,
};

typedef struct {
    const char *name;
    float number;
    int64_t whole;
    const char *text; /* NULL: none */
    const int64_t *wholes;
    const float *numbers;
    size_t count;            /* of wholes or of numbers */
    const up_tensor *tensor; /* NULL: none */
} up_onnx_attribute;

typedef struct {
    const char *op, *name, *domain; /* "" where there is none */
    const char **input, **output;   /* "" for one that is left out */
    int inputs, outputs;
    up_onnx_attribute *attribute;
    int attributes;
} up_onnx_node;

/* An input or output of the graph. */
typedef struct {
    const char *name;
    int type; /* TensorProto.DataType */
    int dims;
    int64_t dim[UP_ONNX_DIMS]; /* 0: open */
} up_onnx_info;

typedef struct {
    int opset; /* of the default domain */
    up_onnx_node *node;
    int nodes;
    up_onnx_info *input, *output; /* initialisers may be among the inputs */
    int inputs, outputs;
} up_onnx_graph;

/* NULL where the node does not have it. */
const up_onnx_attribute *up_onnx_find(const up_onnx_node *node, const char *name);

#endif
