/* SPDX-License-Identifier: MIT */
/*
 * ONNX graphs as networks. Nodes are looked at from those that the first output needs; each gives
 * values, which are constants or pictures (onnx_values.h). What follows from the size of the image
 * is worked out for several sizes at once, the probes: a number is one for each, so that whatever
 * arithmetic a file does on shapes is just done, and what it comes to is told by comparing. A file
 * that was made for one size has it as the first probe, at which the constants that stand for sizes
 * in it are recognised.
 */
#ifndef UP_NETWORK_ONNX_GRAPH_H
#define UP_NETWORK_ONNX_GRAPH_H

#include "network/build/builder.h"
#include "network/layers.h"
#include "weights/onnx/onnx.h"

enum { UP_ONNX_PROBES = 8, UP_ONNX_RANK = 8, UP_ONNX_FACTORS = 6, UP_ONNX_MOST_PARAMETER = 65536 };

/* The same number for each probe. */
typedef struct {
    double at[UP_ONNX_PROBES];
} up_onnx_size;

/* Numbers in C order. Those of a tensor of the file are only made where they are asked for. */
typedef struct {
    int dims;
    size_t shape[UP_ONNX_RANK], count;
    bool integer;
    const up_tensor *tensor; /* NULL: only `number` */
    bool in_file;            /* the tensor is one of the file's own */
    int probes;              /* 1: the same for all of them */
    double *number;          /* [probes][count], or NULL */
} up_onnx_constant;

/* A factor of the size of a plane's axis: positions `stride` apart. */
typedef struct {
    int axis;         /* 0 channels, 1 rows, 2 columns */
    int stride, size; /* size 0: the axis' size / stride */
} up_onnx_factor;

/* How the planes of a node are looked at: each axis of the tensor is a product of factors, first
 * the outermost; none: it is 1. */
typedef struct {
    int node, dims;
    int factors[UP_ONNX_RANK];
    up_onnx_factor factor[UP_ONNX_RANK][UP_ONNX_FACTORS];
} up_onnx_view;

/* Neither: there is none. */
typedef struct {
    const up_onnx_constant *constant;
    const up_onnx_view *picture;
} up_onnx_value;

typedef struct {
    const char *name;
    int node, tensor; /* that it comes from; -1: none */
    up_onnx_value value;
} up_onnx_entry;

typedef struct up_onnx_block up_onnx_block;

typedef struct {
    up_network_builder *builder;
    const up_onnx_graph *graph;
    const up_onnx_node *node; /* that is looked at */
    up_onnx_entry *entry;     /* sorted by name */
    size_t entries;
    up_onnx_block *blocks; /* what up_onnx_keep() gave */
    size_t budget;         /* bytes that may still be kept */
    size_t planes;         /* that nodes may still have, all together */
    int declared[2];       /* size of the image that the file was made for, or 0 */
    int64_t probe[2][UP_ONNX_PROBES];
} up_onnx;

/* What an op does with the inputs of up_onnx.node; it sets the outputs. */
typedef up_status (*up_onnx_function)(up_onnx *onnx);

typedef struct {
    const char *name;
    up_onnx_function translate; /* where an input is a picture; NULL: it is refused */
    up_onnx_function fold;      /* where none is; NULL: it is refused */
} up_onnx_op;

/* NULL: there is none. */
const up_onnx_op *up_onnx_op_find(const char *name);

up_status up_onnx_read(up_network_builder *builder, const void *content);

/* Names all values of the graph in onnx->entry, none of them twice. */
up_status up_onnx_list_names(up_onnx *onnx);
/* NULL: nothing is called so. */
up_onnx_entry *up_onnx_entry_of(const up_onnx *onnx, const char *name);
/* Frees what up_onnx_keep() gave. */
void up_onnx_release(up_onnx *onnx);

/* ---------------------------------------------------------------- for ops */

/* "FILE: node "NAME" (OP): ..." */
up_status up_onnx_refuse(const up_onnx *onnx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Zeroed memory until the graph is read. */
up_status up_onnx_keep(up_onnx *onnx, size_t count, size_t size, void *block);

/* NULL: it is left out, or not what is asked for. */
const up_onnx_value *up_onnx_input(const up_onnx *onnx, int i);
const up_onnx_view *up_onnx_picture(const up_onnx *onnx, int i);
const up_onnx_constant *up_onnx_constant_input(const up_onnx *onnx, int i);

up_status up_onnx_set(up_onnx *onnx, int output, up_onnx_value value);
up_status up_onnx_set_view(up_onnx *onnx, int output, const up_onnx_view *view);

/* Attributes, or what they are where they are left out. */
int64_t up_onnx_whole(const up_onnx *onnx, const char *name, int64_t otherwise);
double up_onnx_real(const up_onnx *onnx, const char *name, double otherwise);
const char *up_onnx_text_of(const up_onnx *onnx, const char *name, const char *otherwise);

/* Pairs or sides of rows and columns, 0 .. 65536. */
up_status up_onnx_pairs(const up_onnx *onnx, const char *name, int count, int *values);

/* 0 <= axis < dims, or it is refused. */
up_status up_onnx_axis(const up_onnx *onnx, int64_t axis, int dims, int *result);

/* A node of the network. */
up_status up_onnx_add_node(up_onnx *onnx, const up_layer_kind *kind, const void *fields,
                           const int *input, int inputs, int *node);
up_status up_onnx_add_weighted(up_onnx *onnx, const up_layer_kind *kind, const void *fields,
                               int input, const up_values *weight, const up_values *bias,
                               int *node);

#endif
