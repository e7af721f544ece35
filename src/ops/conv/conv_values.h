/* SPDX-License-Identifier: MIT */
/* What is done to every sum of a convolution besides the taps. */
#ifndef UP_OPS_CONV_VALUES_H
#define UP_OPS_CONV_VALUES_H

#include "kernels/kernels.h"
#include "ops/conv/conv_parameters.h"

typedef struct {
    int channels;
    float *bias, *slope; /* slope: NULL without a PReLU */
    float *bounds;       /* [2][channels], or NULL */
} up_conv_values;

up_status up_conv_values_copy(up_conv_values *values, const up_conv *conv, up_error *error);
void up_conv_values_free(up_conv_values *values);

/* Those from a channel on, as kernels want them. */
void up_conv_values_of(const up_conv_values *values, int channel, up_taps *taps);

#endif
