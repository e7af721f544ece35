/* SPDX-License-Identifier: MIT */
/* Planes of doubles, and what the reference of networks does with them (network_reference.h): a
 * function for each kind of layer, by definition, in files by topic. */
#ifndef SUPPORT_DOUBLE_PLANES_H
#define SUPPORT_DOUBLE_PLANES_H

#include "network/layers.h"

typedef struct {
    int channels, height, width;
    double *value; /* to be freed */
} planes;

/* Zeros. */
planes planes_make(int channels, int height, int width);

static inline double *planes_at(const planes *p, int c, int y, int x)
{
    return &p->value[((size_t)c * (size_t)p->height + (size_t)y) * (size_t)p->width + (size_t)x];
}

static inline size_t planes_count(const planes *p)
{
    return (size_t)p->channels * (size_t)p->height * (size_t)p->width;
}

/* The position that stands for `i` on an axis of n, or -1 where that is no pixel. */
int planes_padded(int i, int n, up_pad_mode mode);

/* Sides as in up_padding; negative ones crop. */
planes planes_pad(const planes *in, const int amount[4], up_pad_mode mode, double value);

/* A node, and what its inputs came to. */
typedef planes reference_op(const up_network_node *node, const planes *in);

reference_op reference_conv2d, reference_conv_transpose2d;
reference_op reference_point, reference_softmax, reference_clip, reference_affine;
reference_op reference_pad, reference_crop, reference_slice;
reference_op reference_pixel_shuffle, reference_pixel_unshuffle;
reference_op reference_arithmetic, reference_concat, reference_channels;
reference_op reference_resize;
reference_op reference_max_pool, reference_average_pool;
reference_op reference_global_average_pool, reference_global_max_pool, reference_global_contrast;
reference_op reference_instance_norm;

#endif
