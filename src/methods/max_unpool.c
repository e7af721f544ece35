/* SPDX-License-Identifier: MIT */

#include "methods/method.h"

#include "base/memory.h"
#include "io/text/text_tensor.h"
#include "ops/pool/pool.h"

#include <stdlib.h>

static int pair_value(const up_pair *pair, int axis, int unset)
{
    return !pair->set ? unset : axis ? pair->columns : pair->rows;
}

/* PyTorch's MaxUnpool2d: (in - 1) * stride - 2 * padding + kernel, or output_size near to it. */
static up_status unpooled_size(up_request *request, up_error *error)
{
    const up_layer *layer = &request->options->layer;
    const int in[2] = { request->input.height, request->input.width };
    if (!layer->kernel.set)
        return up_fail(error, UP_ERROR_ARGUMENT, "max-unpool needs the --kernel of the pooling");
    for (int a = 0; a < 2; a++) {
        int kernel = pair_value(&layer->kernel, a, 0);
        int stride = pair_value(&layer->stride, a, kernel);
        int padding = pair_value(&layer->padding, a, 0);
        if (kernel < 1 || stride < 1 || padding < 0)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "max-unpool: --kernel and --stride must be at least 1, --padding 0");
        int64_t size = (int64_t)(in[a] - 1) * stride - 2 * (int64_t)padding + kernel;
        int64_t wanted = pair_value(&layer->output_size, a, (int)size);
        if (layer->output_size.set && (wanted <= size - stride || wanted >= size + stride))
            return up_fail(
                error, UP_ERROR_ARGUMENT, "--output-size %d,%d: %s must be between %lld and %lld",
                layer->output_size.rows, layer->output_size.columns, a ? "columns" : "rows",
                (long long)(size - stride + 1), (long long)(size + stride - 1));
        if (wanted < 1 || wanted > 1 << 28)
            return up_fail(error, UP_ERROR_ARGUMENT, "max-unpool: an output of %lld %s",
                           (long long)wanted, a ? "columns" : "rows");
        request->unpooled[a] = (int)wanted;
    }
    return UP_OK;
}

static up_status check_shape(const up_request *request, const int64_t shape[4], int dims,
                             up_error *error)
{
    const up_format *in = &request->input;
    const int64_t want[4] = { in->frames, in->channels, in->height, in->width };
    bool fits = dims >= 2 && dims <= 4;
    for (int i = 0; i < 4; i++) {
        int64_t have = i < 4 - dims ? 1 : shape[i - (4 - dims)];
        fits = fits && have == want[i];
    }
    if (!fits)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: the indices are not shaped like the pooled input (%lld frames, %d "
                       "channels, %d rows, %d columns)",
                       request->options->indices, (long long)in->frames, in->channels, in->height,
                       in->width);
    return UP_OK;
}

static up_status prepare(up_request *request, up_error *error)
{
    const char *path = request->options->indices;
    int64_t shape[4];
    int dims;
    if (!path)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "max-unpool needs --indices FILE.npy, as 'upscale pool' writes it");
    if (request->sized)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "max-unpool takes its size from --kernel and --stride, or --output-size");
    UP_TRY(unpooled_size(request, error));
    UP_TRY(up_positions_read(path, &request->indices, shape, &dims, error));
    UP_TRY(check_shape(request, shape, dims, error));
    request->height = request->unpooled[0];
    request->width = request->unpooled[1];
    return UP_OK;
}

static up_status build(up_graph *graph, int from, up_request *request, int *to, up_error *error)
{
    int64_t *indices = request->indices;
    request->indices = NULL;
    return UP_ADD_OP(graph, from, to, error, up_unpool_plan, request->input.frames, indices,
                     request->unpooled);
}

const up_method up_max_unpool = {
    .info = { "max-unpool", "values to the positions that 'upscale pool' recorded" },
    .domain = UP_ON_SAMPLES,
    .prepare = prepare,
    .build = build,
};
