/* SPDX-License-Identifier: MIT */
#include "methods/back_project.h"

#include "base/memory.h"
#include "ops/conv/conv.h"
#include "ops/point/arithmetic.h"
#include "pipeline/add_ops.h"

#include <math.h>
#include <string.h>

/* Below 2, which would be too far where the norm of reducing and enlarging is 1; from 1 on what
 * lacks in one direction is overshot, and what lacks in all others is there sooner. */
#define STEP 1.5f

up_status up_back_project_prepare(up_request *request, const up_method *method, up_error *error)
{
    const up_options *options = request->options;
    int scale[2];
    if (options->back_project < 0 || options->back_project > UP_MOST_BACK_PROJECTIONS)
        return up_fail(error, UP_ERROR_ARGUMENT, "--back-project is 0 to %d times, not %d",
                       UP_MOST_BACK_PROJECTIONS, options->back_project);
    if (options->back_project == 0)
        return UP_OK;
    if (method == &up_max_unpool)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--back-project: what max-unpool undoes is no reduction by a filter");
    if (options->align_corners)
        return up_fail(error, UP_ERROR_ARGUMENT, "--back-project goes without --align-corners");
    if (request->width < request->input.width || request->height < request->input.height)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--back-project is for results that are no smaller than their input");
    if (!up_blur_is_told(options) || request->blur.weight)
        return UP_OK;
    up_request_whole_scale(request, scale);
    if (!scale[0] || !scale[1])
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--back-project with a blur needs a whole scale; without one, any");
    return up_blur_open(&request->blur, options, scale, error);
}

/* ---- reductions by kernels */

/* The greatest sum of what a pixel of the sharp picture gives to those that are kept. */
static double most_given(const up_blur *blur)
{
    double most = 0;
    for (int p = 0; p < blur->stride[0]; p++)
        for (int q = 0; q < blur->stride[1]; q++) {
            double sum = 0;
            for (int i = p; i < blur->kernel[0]; i += blur->stride[0])
                for (int j = q; j < blur->kernel[1]; j += blur->stride[1])
                    sum += fabs(blur->weight[i * blur->kernel[1] + j]);
            most = fmax(most, sum);
        }
    return most;
}

/* What the adjoint is multiplied by: the norm of both together is then at most 1. */
static double adjoint_factor(const up_blur *blur)
{
    double taken = 0;
    for (int i = 0; i < blur->kernel[0] * blur->kernel[1]; i++)
        taken += fabs(blur->weight[i]);
    return 1 / (taken * most_given(blur));
}

/* The same kernel for every channel. */
static up_status add_kernel(up_graph *graph, int *node, up_conv *conv, const float *kernel,
                            up_error *error)
{
    const up_shape shape = *up_graph_shape(graph, *node);
    const size_t taps = (size_t)conv->kernel[0] * conv->kernel[1];
    float *weight = up_alloc(taps * shape.channels, sizeof *weight);
    if (!weight)
        return up_fail_memory(error, "a kernel", taps * shape.channels * sizeof *weight);
    for (int c = 0; c < shape.channels; c++)
        memcpy(weight + c * taps, kernel, taps * sizeof *kernel);
    conv->in_channels = conv->out_channels = conv->groups = shape.channels;
    conv->dilation[0] = conv->dilation[1] = 1;
    conv->weight = weight;
    const up_status status = UP_ADD_OP(graph, *node, node, error, up_conv_plan, conv);
    up_free(weight);
    return status;
}

/* Axis `a` of a convolution from `sharp` samples to `seen`, or of its adjoint. */
static void set_axis(up_conv *conv, const up_blur *blur, int a, int sharp, int seen)
{
    const int beyond = (seen - 1) * blur->stride[a] + blur->kernel[a] - blur->before[a] - sharp;
    conv->kernel[a] = blur->kernel[a];
    conv->stride[a] = blur->stride[a];
    conv->pad_before[a] = blur->before[a];
    conv->pad_after[a] = up_max(beyond, 0);
    conv->output_padding[a] = conv->transposed ? up_max(-beyond, 0) : 0;
}

/* Both axes, one after the other where the kernel is a product. */
static up_status add_blur(up_graph *graph, int *node, const up_blur *blur, const int sharp[2],
                          const int seen[2], double factor, bool transposed, up_error *error)
{
    const bool product = blur->axis[0] != NULL;
    const int most =
        product ? up_max(blur->kernel[0], blur->kernel[1]) : blur->kernel[0] * blur->kernel[1];
    float *kernel = up_alloc(most, sizeof *kernel);
    up_status status = kernel ? UP_OK : up_fail_memory(error, "a kernel", most * sizeof *kernel);
    for (int a = 0; a < (product ? 2 : 1) && status == UP_OK; a++) {
        up_conv conv = {
            .transposed = transposed, .kernel = { 1, 1 }, .stride = { 1, 1 }, .edge = blur->edge
        };
        set_axis(&conv, blur, a, sharp[a], seen[a]);
        if (!product)
            set_axis(&conv, blur, 1, sharp[1], seen[1]);
        for (int i = 0; i < conv.kernel[0] * conv.kernel[1]; i++)
            kernel[i] = (float)((a ? 1 : factor) * (product ? blur->axis[a][i] : blur->weight[i]));
        status = add_kernel(graph, node, &conv, kernel, error);
    }
    up_free(kernel);
    return status;
}

/* ---- passes */

typedef struct {
    up_graph *graph;
    const up_request *request;
    int input, size[2]; /* its rows, columns */
} projection;

static up_status reduce(const projection *p, int from, int *to, up_error *error)
{
    const up_request *request = p->request;
    const int sharp[2] = { request->height, request->width };
    if (request->blur.weight) {
        *to = from;
        return add_blur(p->graph, to, &request->blur, sharp, p->size, 1, false, error);
    }
    up_request back = *request;
    for (int a = 0; a < 2; a++)
        back.step[a] = up_ratio_make(request->step[a].den, request->step[a].num);
    back.height = p->size[0];
    back.width = p->size[1];
    return up_add_resample(p->graph, from, &up_bicubic_resampling, &back, to, error);
}

/* Bicubic is, to a factor, the adjoint of the reduction by it, whose filter is as much wider as
 * there are more samples. */
static up_status enlarge(const projection *p, int from, int *to, up_error *error)
{
    const up_request *request = p->request;
    const int sharp[2] = { request->height, request->width };
    if (!request->blur.weight)
        return up_add_resample(p->graph, from, &up_bicubic_resampling, request, to, error);
    *to = from;
    return add_blur(p->graph, to, &request->blur, sharp, p->size, adjoint_factor(&request->blur),
                    true, error);
}

/* What lies beyond black and white is cut off before and after: the picture was never there, and of
 * its reduction the input tells no more. */
static up_status add_bounds(const projection *p, int *node, up_error *error)
{
    const float bounds[2] = { 0, p->request->white };
    return p->request->tensor
               ? UP_OK
               : up_add_point(p->graph, *node, -1, &up_point_clip, bounds, 2, node, error);
}

/* Half a sample: what rounding to whole ones may have taken. In light they are of many widths. */
static float rounded_away(const up_request *request)
{
    const bool whole = !request->tensor && request->input.sample != UP_SAMPLE_F32;
    return whole && !request->options->linear ? 0.5f : 0;
}

static up_status add_pass(const projection *p, int *node, up_error *error)
{
    const float parameter[2] = { rounded_away(p->request), STEP };
    int difference;
    UP_TRY(add_bounds(p, node, error));
    UP_TRY(reduce(p, *node, &difference, error));
    UP_TRY(add_bounds(p, &difference, error));
    UP_TRY(up_add_point(p->graph, p->input, difference, &up_point_outside, parameter, 2,
                        &difference, error));
    UP_TRY(enlarge(p, difference, &difference, error));
    return up_add_point(p->graph, *node, difference, &up_point_add, NULL, 0, node, error);
}

up_status up_build_projected(up_graph *graph, int from, const up_method *method,
                             up_request *request, int *to, up_error *error)
{
    const int passes = request->options->back_project;
    const up_shape in = *up_graph_shape(graph, from);
    UP_TRY(method->build(graph, from, request, to, error));
    const projection p = { graph, request, from, { in.height, in.width } };
    if (passes && up_graph_shape(graph, *to)->channels != in.channels)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--back-project: %d channels became %d, which cannot be compared",
                       in.channels, up_graph_shape(graph, *to)->channels);
    for (int i = 0; i < passes; i++)
        UP_TRY(add_pass(&p, to, error));
    if (passes)
        up_request_say(request, "back-projected %d times", passes);
    return UP_OK;
}
