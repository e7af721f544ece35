/* SPDX-License-Identifier: MIT */
/*
 * What the weights g of a 3x3 kernel are for Winograd's F(4x4, 3x3), and the way back. The values
 * of their polynomials at the points of kernels/template/winograd.h, divided by what the points are
 * apart: G of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016).
 */
#ifndef UP_OPS_WINOGRAD_WEIGHTS_H
#define UP_OPS_WINOGRAD_WEIGHTS_H

#include "kernels/kernels.h"
#include "kernels/matrix.h"

#include <stdbool.h>
#include <stddef.h>

/* Kernels as tiles_multiply() takes them, in blocks of at most `most` outputs: [block][point][ins]
 * [outputs of the block]. The kernel of output o and input i begins at weight[o * out_step + i *
 * in_step]; `turned` by half a turn. */
typedef struct {
    int ins, outs;
    size_t out_step, in_step;
    bool turned;
} up_winograd_kernels;
void up_winograd_weights_place(float *to, const float *weight, const up_winograd_kernels *kernels,
                               int most);
/* What that placed, as pairs of inputs: [block][point][(ins + 1) / 2][outputs of the block]. */
void up_winograd_weights_pair(up_bfloat16_pair *to, const float *from,
                              const up_winograd_kernels *kernels, int most);
int up_winograd_blocks(int outs, int most);
int up_winograd_block(int outs, int blocks, int block); /* its first output */

/* Of n kernels side by side, n <= UP_WINOGRAD_MOST: the gradients by g, G^T u G, from the gradients
 * u by G g G^T. Point p of kernel i is from[p * n + i], tap t is
 * to[t * n + i]. */
#define UP_WINOGRAD_MOST 64
void up_winograd_weights_gradient(float *to, const float *from, int n);

#endif
