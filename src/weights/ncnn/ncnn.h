/* SPDX-License-Identifier: MIT */
/*
 * Networks of ncnn: a text of layers (.param) and their weights (.bin), which lie beside each other
 * under one name; either may be opened. The text:
 *   7767517
 *   LAYERS BLOBS
 *   TYPE NAME BOTTOMS TOPS [bottom ...] [top ...] [ID=NUMBER ...] [-233ID=COUNT,NUMBER,... ...]
 * with a line for each layer. A blob is made once, and before it is used, so there are no cycles.
 * The .bin holds what the layers take, one after the other and nothing else (ncnn_bin.h). Tensors
 * are named LAYER.weight, LAYER.bias and so on.
 */
#ifndef UP_WEIGHTS_NCNN_H
#define UP_WEIGHTS_NCNN_H

#include "weights/weight_format.h"

typedef struct {
    int id; /* from 0 to 99 */
    bool list;
    int count; /* 1 but for lists */
    const double *value;
} up_ncnn_parameter;

typedef struct {
    const char *type, *name;
    int line; /* of the text, from 1 */
    int bottoms, tops;
    const int *bottom, *top; /* numbers of blobs: what it reads and what it makes */
    int parameters;
    const up_ncnn_parameter *parameter;
} up_ncnn_layer;

/* What up_tensor_file_content() is. */
typedef struct {
    int layers, blobs;
    const up_ncnn_layer *layer;
    const char *const *blob; /* names */
} up_ncnn_graph;

/* NULL: the layer does not state it. */
const up_ncnn_parameter *up_ncnn_find(const up_ncnn_layer *layer, int id);

/* A whole number that is no list, or `otherwise`; false if it is stated, but something else. */
bool up_ncnn_whole(const up_ncnn_layer *layer, int id, int otherwise, int *value);

#endif
