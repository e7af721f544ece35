/* SPDX-License-Identifier: MIT */
/* The picture before a known convolution. */

#include "methods/method.h"

#include "restore/deblur.h"

#include <math.h>

static up_status check_amounts(const up_request *request, up_error *error)
{
    const up_options *o = request->options;
    const up_amount *amounts[] = { &o->deconvolution.noise, &o->deconvolution.regularise };
    for (int i = 0; i < 2; i++)
        if (amounts[i]->set && !(amounts[i]->value >= 0 && isfinite(amounts[i]->value)))
            return up_fail(error, UP_ERROR_ARGUMENT, "--%s is a number from 0 on, not %g",
                           i ? "regularise" : "noise", amounts[i]->value);
    if (o->deconvolution.iterations < 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "--iterations is a number from 1 on, not %d",
                       o->deconvolution.iterations);
    if (o->align_corners)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--align-corners goes with bilinear and bicubic only");
    return UP_OK;
}

static up_status prepare(up_request *request, up_error *error)
{
    int scale[2];
    UP_TRY(check_amounts(request, error));
    if (!up_blur_is_told(request->options))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "deconvolve needs the convolution that the picture went through: --blur "
                       "gaussian:SIGMA, bicubic:2 ..., or --kernel-file");
    up_request_whole_scale(request, scale);
    if (request->sized && (!scale[0] || !scale[1]))
        return up_fail(error, UP_ERROR_ARGUMENT, "deconvolve needs a whole scale, 1 or more");
    UP_TRY(up_blur_open(&request->blur, request->options, scale, error));
    const up_blur *blur = &request->blur;
    return up_request_scale(request, blur->stride[0], blur->stride[1], error);
}

/* One unit of what people say noise in: of pictures a level of 255. */
static double unit_of(const up_request *request)
{
    return request->tensor ? 1 : request->white / 255.0;
}

/* Of rounding to whole samples. */
static double rounding_of(const up_request *request)
{
    return request->input.sample == UP_SAMPLE_F32 || request->tensor ? 0 : 1 / sqrt(12);
}

static up_status build(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    const up_options *o = request->options;
    const int size[2] = { request->height, request->width };
    const double unit = unit_of(request);
    up_deblurring how = {
        .solver = o->deconvolution.solver,
        .noise =
            o->deconvolution.noise.set ? o->deconvolution.noise.value * unit : rounding_of(request),
        .regularise = -1,
        .level = request->tensor ? 0 : unit / 2,
        .iterations = o->deconvolution.iterations,
    };
    if (how.solver == UP_SOLVER_AUTO)
        how.solver = how.noise > 0 ? UP_SOLVER_TV : UP_SOLVER_TIKHONOV;
    if (o->deconvolution.regularise.set)
        how.regularise =
            o->deconvolution.regularise.value * (how.solver == UP_SOLVER_TV ? unit : 1);
    UP_TRY(up_graph_add_whole(graph,
                              up_deblur_plan(&graph->planned, up_graph_shape(graph, from), size,
                                             &request->blur, &how, o->threads, error),
                              from, to, error));
    static const char *const names[] = { [UP_SOLVER_TIKHONOV] = "Tikhonov",
                                         [UP_SOLVER_TV] = "total variation",
                                         [UP_SOLVER_RL] = "Richardson-Lucy" };
    up_request_say(request, "deconvolve %s by %s to %dx%d",
                   o->blur.name ? o->blur.name : o->blur.kernel_file, names[how.solver],
                   request->width, request->height);
    return UP_OK;
}

const up_method up_deconvolve = {
    .info = { "deconvolve", "the picture before a known convolution: --blur or --kernel-file" },
    .domain = UP_ON_COLOUR,
    .prepare = prepare,
    .build = build,
};
