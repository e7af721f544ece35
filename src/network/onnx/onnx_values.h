/* SPDX-License-Identifier: MIT */
/* Constants and sizes of an ONNX graph. */
#ifndef UP_NETWORK_ONNX_VALUES_H
#define UP_NETWORK_ONNX_VALUES_H

#include "network/onnx/onnx_graph.h"

/* ---------------------------------------------------------------- constants */

up_status up_onnx_tensor_constant(up_onnx *onnx, const up_tensor *tensor, bool in_file,
                                  const up_onnx_constant **constant);

/* Room for numbers of this shape. */
up_status up_onnx_new_constant(up_onnx *onnx, int dims, const size_t *shape, int probes,
                               up_onnx_constant **constant);

/* Reads those of a tensor. */
up_status up_onnx_numbers(up_onnx *onnx, const up_onnx_constant *constant);

/* Number `i`, which must have been read. */
up_onnx_size up_onnx_number(const up_onnx_constant *constant, size_t i);

/* The input's numbers as one for each probe, `count` of them at most 64; *count is -1 where the
 * input is left out. */
enum { UP_ONNX_MOST_SIZES = 64 };
up_status up_onnx_sizes(up_onnx *onnx, int input, up_onnx_size *sizes, int *count);

/* The same from an attribute where there is one, as older opsets have it, or else from the input
 * (-1: there is none). */
up_status up_onnx_sizes_of(up_onnx *onnx, const char *attribute, int input, up_onnx_size *sizes,
                           int *count);

/* As learned values of another shape of the same count. */
up_status up_onnx_values(up_onnx *onnx, const up_onnx_constant *constant, int dims,
                         const size_t *shape, up_values *values);

/* One value, if the constant comes to one; all numbers are the same then. */
up_status up_onnx_single(up_onnx *onnx, const up_onnx_constant *constant, bool *single,
                         double *value);

/* ---------------------------------------------------------------- sizes */

static inline up_onnx_size up_onnx_size_of(double value)
{
    up_onnx_size size;
    for (int p = 0; p < UP_ONNX_PROBES; p++)
        size.at[p] = value;
    return size;
}

bool up_onnx_same(const up_onnx *onnx, const up_onnx_size *a, const up_onnx_size *b);
bool up_onnx_is_fixed(const up_onnx *onnx, const up_onnx_size *size, double *value);

/* The whole number that it always is, of magnitude up to 2^30, or it is refused as `what`. */
up_status up_onnx_fixed(const up_onnx *onnx, const up_onnx_size *size, const char *what,
                        int *value);

/* Of a node's rows or columns (1, 2). */
up_onnx_size up_onnx_plane_size(const up_onnx *onnx, int node, int axis);
up_onnx_size up_onnx_factor_size(const up_onnx *onnx, int node, const up_onnx_factor *factor);
up_onnx_size up_onnx_dim_size(const up_onnx *onnx, const up_onnx_view *view, int dim);

/* Whether the size of an axis is known as a number of the file, at the first probe. */
bool up_onnx_is_declared(const up_onnx *onnx, int axis);

/* Whether what is wanted is this size of `axis`: always, or at the first probe. */
bool up_onnx_stands_for(const up_onnx *onnx, const up_onnx_size *wanted, const up_onnx_size *size,
                        int axis);

#endif
