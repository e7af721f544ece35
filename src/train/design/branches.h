/* SPDX-License-Identifier: MIT */
/*
 * What a convolution's kernel is the sum of while it learns, beside a kernel of its own: chains of
 * smaller convolutions with nothing between them, and its input as it is (Ding et al., RepVGG,
 * 2021; Zhang et al., Edge-oriented convolution block, 2021). Only their sum is ever run, so
 * branches cost a step next to nothing and what is written has none of them; what they change is
 * how it learns. Pixels beyond the edge count as 0 to the first of a chain, and to none behind it.
 */
#ifndef UP_TRAIN_BRANCHES_H
#define UP_TRAIN_BRANCHES_H

#include "base/status.h"
#include "train/passes/conv_pair.h"

#include <stdint.h>

enum { UP_BRANCH_KERNELS = 4, UP_BRANCHES = 8 };

/* Kernel i makes channels[i + 1] of channels[i]. */
typedef struct {
    int kernels; /* 0: the input as it is, times a factor for each channel */
    int kernel[UP_BRANCH_KERNELS], channels[UP_BRANCH_KERNELS + 1];
} up_branch;

typedef struct {
    up_branch branch[UP_BRANCHES];
    int count;
    size_t parameters; /* of all: one after the other, [out][in][kernel][kernel] of each kernel */
    float *beginning;  /* [parameters] */
    float *work;
} up_branches;

/* Of a branch, odd, 1 if it has no kernels. */
int up_branch_kernel(const up_branch *branch);

/* What learning begins with, so that the sum begins as the kernel itself and, where that is a
 * branch, the input: the last kernel of each chain is 0, those before it are random. Takes ->branch
 * and ->count; the rest is to be freed. */
up_status up_branches_make(up_branches *branches, uint64_t seed, uint64_t node, up_error *error);
void up_branches_free(up_branches *branches);

/* Adds all to the kernel of `conv`: weight[out][in][kernel][kernel]. */
void up_branches_add(const up_branches *branches, const float *parameter, const up_conv_shape *conv,
                     float *weight);

/* From the gradient of that, theirs: set, not added to. */
void up_branches_gradient(const up_branches *branches, const float *parameter,
                          const up_conv_shape *conv, const float *weight_gradient, float *gradient);

#endif
