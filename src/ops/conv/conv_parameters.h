/* SPDX-License-Identifier: MIT */
/* What a convolution is: see conv.h. */
#ifndef UP_OPS_CONV_PARAMETERS_H
#define UP_OPS_CONV_PARAMETERS_H

#include "ops/op.h"

/* Pairs are rows, columns. Weights: [out, in/groups, kh, kw], transposed [in, out/groups, kh, kw].
 */
typedef struct {
    bool transposed;
    int in_channels, out_channels, groups;
    int kernel[2], stride[2], dilation[2];
    int pad_before[2], pad_after[2]; /* top and left, bottom and right; what a transposed one cuts
                                        off there */
    int output_padding[2];
    const float *weight, *bias; /* bias may be NULL */
    const float *slope;         /* [out_channels] of a PReLU behind it, or NULL */
    const float *bounds;        /* [2][out_channels]: what the result is clipped to at last, the
                                   least of each channel, then the greatest; or NULL */
    bool fast;     /* may be made another way where that is faster: see conv_winograd.h, */
    bool bfloat16; /* then of factors in bfloat16 */
    up_edge edge;  /* what pads a convolution; a transposed one has zeros */
} up_conv;

#endif
