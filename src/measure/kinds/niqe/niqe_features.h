/* SPDX-License-Identifier: MIT */
/* What NIQE looks at in a block: statistics of pixels, and of products of neighbours, less their
 * local mean and over their local deviation. */
#ifndef UP_MEASURE_NIQE_FEATURES_H
#define UP_MEASURE_NIQE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

enum { UP_NIQE_FEATURES = 18, UP_NIQE_SIDE = 96, UP_NIQE_SHAPES = 9801 };

/* Shapes of generalised Gaussians, 0.2, 0.201 .. 10, and what moments tell of each. */
typedef struct {
    double ratio[UP_NIQE_SHAPES];
} up_niqe_shapes;

void up_niqe_shapes_init(up_niqe_shapes *shapes);

typedef struct {
    const float *value; /* rows of `width`, 0..255; beyond the edges the last is repeated */
    int width, height;
} up_niqe_plane;

/* Numbers that up_niqe_block() works with. */
size_t up_niqe_scratch(void);

/* The features of side x side pixels (side <= UP_NIQE_SIDE) at x0, y0. False: there are none, for
 * the block is flat, or all on one side of its means. */
bool up_niqe_block(double feature[UP_NIQE_FEATURES], const up_niqe_plane *plane, int x0, int y0,
                   int side, const up_niqe_shapes *shapes, double *scratch);

#endif
