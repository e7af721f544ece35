/* SPDX-License-Identifier: MIT */

#include "methods/method.h"

#include "ops/resample/replicate.h"

static up_status prepare(up_request *request, up_error *error)
{
    const up_format *in = &request->input;
    int rows = request->height / in->height, columns = request->width / in->width;
    if (rows < 1 || columns < 1 || rows * in->height != request->height ||
        columns * in->width != request->width)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "bed-of-nails needs a whole scale: %dx%d is no multiple of %dx%d",
                       request->width, request->height, in->width, in->height);
    return UP_OK;
}

static up_status build(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    const int scale[2] = { request->height / request->input.height,
                           request->width / request->input.width };
    return UP_ADD_OP(graph, from, to, error, up_nails_plan, scale);
}

const up_method up_bed_of_nails = {
    .info = { "bed-of-nails", "the pixel at the top left of each cell, zeros elsewhere" },
    .domain = UP_ON_RAW,
    .prepare = prepare,
    .build = build,
};
