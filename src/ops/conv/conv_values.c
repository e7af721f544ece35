/* SPDX-License-Identifier: MIT */
#include "ops/conv/conv_values.h"

#include "base/memory.h"

#include <string.h>

up_status up_conv_values_copy(up_conv_values *values, const up_conv *conv, up_error *error)
{
    const size_t bytes = conv->out_channels * sizeof(float);
    *values = (up_conv_values){
        .channels = conv->out_channels,
        .bias = up_alloc_zero(1, bytes),
        .slope = conv->slope ? up_alloc(1, bytes) : NULL,
        .bounds = conv->bounds ? up_alloc(2, bytes) : NULL,
    };
    if (!values->bias || (conv->slope && !values->slope) || (conv->bounds && !values->bounds))
        return up_fail_memory(error, "a bias", bytes);
    if (conv->bias)
        memcpy(values->bias, conv->bias, bytes);
    if (conv->slope)
        memcpy(values->slope, conv->slope, bytes);
    if (conv->bounds)
        memcpy(values->bounds, conv->bounds, 2 * bytes);
    return UP_OK;
}

void up_conv_values_free(up_conv_values *values)
{
    up_free(values->bias);
    up_free(values->slope);
    up_free(values->bounds);
}

void up_conv_values_of(const up_conv_values *values, int channel, up_taps *taps)
{
    taps->bias = values->bias + channel;
    taps->slope = values->slope ? values->slope + channel : NULL;
    taps->low = values->bounds ? values->bounds + channel : NULL;
    taps->high = values->bounds ? values->bounds + values->channels + channel : NULL;
}
