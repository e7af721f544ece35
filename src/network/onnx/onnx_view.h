/* SPDX-License-Identifier: MIT */
/* How the planes of a node are looked at. */
#ifndef UP_NETWORK_ONNX_VIEW_H
#define UP_NETWORK_ONNX_VIEW_H

#include "network/onnx/onnx_values.h"

/* Of N, channels, rows and columns. */
up_onnx_view up_onnx_view_of(const up_onnx *onnx, int node);

/* The same view of another node that is like the one before. */
up_onnx_view up_onnx_view_with(const up_onnx_view *view, int node);

bool up_onnx_views_same(const up_onnx_view *a, const up_onnx_view *b);

/* Rearranges the planes until each axis is one of channels, rows and columns, or 1; dim[] says
 * which axis of the tensor they are. */
up_status up_onnx_pure(up_onnx *onnx, const up_onnx_view *view, up_onnx_view *pure, int dim[3]);

/* The same, and they must lie in this order: N, channels, rows, columns, or without N. */
up_status up_onnx_planes(up_onnx *onnx, int input, int *node);

/* Which of channels, rows and columns (0, 1, 2) an axis is; -1: none. */
static inline int up_onnx_plane_of(const int dim[3], int axis)
{
    return axis == dim[0] ? 0 : axis == dim[1] ? 1 : axis == dim[2] ? 2 : -1;
}

/* `times` copies of what is along an axis of size 1, or of all of it. */
up_status up_onnx_repeat(up_onnx *onnx, up_onnx_view *view, int dim, int times);

/* Channels one by one in another order, or some of them. */
up_status up_onnx_pick(up_onnx *onnx, int node, const int *channel, int count, int *to);

up_status up_onnx_reshape_view(up_onnx *onnx, const up_onnx_view *view, const up_onnx_size *shape,
                               int dims, up_onnx_view *to);

#endif
