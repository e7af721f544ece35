/* SPDX-License-Identifier: MIT */
#include "train/passes/conv_pair.h"

#include "base/memory.h"

#include <string.h>

#define BAND 16 /* rows of all inputs at a time: they stay in the cache for every output */

static int blocks_of(const up_kernels *kernels, int outs)
{
    return (outs + kernels->convolve_outs - 1) / kernels->convolve_outs;
}

static int block_start(const up_kernels *kernels, int outs, int b)
{
    return outs * b / blocks_of(kernels, outs);
}

static int taps_of(const up_conv_shape *conv)
{
    return conv->in * conv->kernel * conv->kernel;
}

size_t up_conv_packed(const up_conv_shape *conv)
{
    return (size_t)taps_of(conv) * conv->out;
}

/* A tap t of output o and input i has weight[o * out_step + i * in_step + t * tap_step]. */
static void pack(const up_kernels *kernels, const up_conv_shape *conv, const float *weight,
                 size_t out_step, size_t in_step, int tap_step, float *packed)
{
    int area = conv->kernel * conv->kernel;
    for (int b = 0; b < blocks_of(kernels, conv->out); b++) {
        int first = block_start(kernels, conv->out, b);
        int end = block_start(kernels, conv->out, b + 1);
        for (int i = 0; i < conv->in; i++)
            for (int t = 0; t < area; t++)
                for (int o = first; o < end; o++)
                    *packed++ = weight[o * out_step + i * in_step + t * tap_step];
    }
}

void up_conv_pack(const up_kernels *kernels, const up_conv_shape *conv, const float *weight,
                  float *packed)
{
    size_t area = (size_t)conv->kernel * conv->kernel;
    pack(kernels, conv, weight, conv->in * area, area, 1, packed);
}

up_conv_shape up_conv_transposed(const up_conv_shape *conv)
{
    return (up_conv_shape){ conv->out, conv->in, conv->kernel };
}

void up_conv_pack_transposed(const up_kernels *kernels, const up_conv_shape *conv,
                             const float *weight, float *packed)
{
    size_t area = (size_t)conv->kernel * conv->kernel;
    up_conv_shape back = up_conv_transposed(conv);
    pack(kernels, &back, weight + area - 1, area, conv->in * area, -1, packed);
}

static void point_to_taps(const up_conv_work *work, const up_conv_shape *conv, const float *in)
{
    int reach = conv->kernel / 2;
    const float **to = work->row;
    for (int i = 0; i < conv->in; i++)
        for (int y = -reach; y <= reach; y++)
            for (int x = -reach; x <= reach; x++)
                *to++ = in + i * work->patch.size + (ptrdiff_t)y * work->patch.stride + x;
}

void up_conv_forward(const up_conv_work *work, const up_conv_shape *conv, const float *packed,
                     const float *bias, const float *in, float *out)
{
    const up_patch_shape *patch = &work->patch;
    int taps = taps_of(conv);
    const up_tap_run run = { 1, taps };
    point_to_taps(work, conv, in);
    for (int y = 0; y < patch->height; y++)
        for (int b = 0; b < blocks_of(work->kernels, conv->out); b++) {
            int first = block_start(work->kernels, conv->out, b);
            int size = block_start(work->kernels, conv->out, b + 1) - first;
            float *row[UP_MAX_OUTS];
            for (int o = 0; o < size; o++)
                row[o] = out + (first + o) * patch->size + (size_t)y * patch->stride;
            up_taps list = {
                .groups = 1,
                .size = size,
                .runs = 1,
                .run = &run,
                .weight = packed + (size_t)first * taps,
                .bias = bias ? bias + first : work->zeros,
            };
            work->kernels->convolve(row, work->row, &list, y * patch->stride, patch->width);
        }
}

void up_conv_backward(const up_conv_work *work, const up_conv_shape *conv, const float *packed,
                      const float *out_gradient, float *in_gradient)
{
    up_conv_shape back = up_conv_transposed(conv);
    up_conv_forward(work, &back, packed, NULL, out_gradient, in_gradient);
}

static float sum_of(const float *parts, int count)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < count; i++)
        sum += parts[i];
    return sum;
}

/* Of `outs` outputs, from the first of `gradient` on. */
static void correlate(const up_conv_work *work, const float *const *grad, int outs, int taps,
                      float *gradient)
{
    const up_patch_shape *patch = &work->patch;
    size_t step = UP_CORRELATE_OUTS * UP_CORRELATE_LANES;
    memset(work->sums, 0, taps * step * sizeof(float));
    for (int y = 0; y < patch->height; y += BAND) {
        up_block block = { y * patch->stride, up_min(BAND, patch->height - y), patch->width,
                           patch->stride };
        work->kernels->correlate(work->sums, work->row, taps, grad, outs, &block);
    }
    for (int t = 0; t < taps; t++)
        for (int o = 0; o < outs; o++)
            gradient[(size_t)o * taps + t] +=
                sum_of(work->sums + t * step + o * UP_CORRELATE_LANES, UP_CORRELATE_LANES);
}

void up_conv_bias_gradient(const up_conv_work *work, const up_conv_shape *conv,
                           const float *out_gradient, float *gradient)
{
    const up_patch_shape *patch = &work->patch;
    for (int o = 0; o < conv->out; o++)
        gradient[o] += sum_of(out_gradient + o * patch->size, patch->height * patch->stride);
}

void up_conv_weight_gradient(const up_conv_work *work, const up_conv_shape *conv, const float *in,
                             const float *out_gradient, float *gradient)
{
    const up_patch_shape *patch = &work->patch;
    int taps = taps_of(conv);
    point_to_taps(work, conv, in);
    for (int o = 0; o < conv->out; o += UP_CORRELATE_OUTS) {
        const float *grad[UP_CORRELATE_OUTS];
        int outs = up_min(UP_CORRELATE_OUTS, conv->out - o);
        for (int j = 0; j < outs; j++)
            grad[j] = out_gradient + (o + j) * patch->size;
        correlate(work, grad, outs, taps, gradient + (size_t)o * taps);
    }
    up_conv_bias_gradient(work, conv, out_gradient, gradient + up_conv_packed(conv));
}
