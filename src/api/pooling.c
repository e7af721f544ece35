/* SPDX-License-Identifier: MIT */

#include <upscale.h>

#include "api/plan.h"
#include "io/formats.h"
#include "ops/pool/pool.h"
#include "pipeline/add_ops.h"

static void take_pair(const up_pair *pair, const int unset[2], int value[2])
{
    value[0] = pair->set ? pair->rows : unset[0];
    value[1] = pair->set ? pair->columns : unset[1];
}

static up_status pool_of(const up_layer *layer, up_pool *pool, up_error *error)
{
    static const int zero[2] = { 0, 0 }, one[2] = { 1, 1 };
    if (!layer->kernel.set)
        return up_fail(error, UP_ERROR_ARGUMENT, "pooling needs a --kernel");
    take_pair(&layer->kernel, one, pool->kernel);
    take_pair(&layer->stride, pool->kernel, pool->stride);
    take_pair(&layer->padding, zero, pool->pad_before);
    take_pair(&layer->padding, zero, pool->pad_after);
    take_pair(&layer->dilation, one, pool->dilation);
    pool->ceil_mode = layer->ceil_mode;
    for (int a = 0; a < 2; a++) /* as in PyTorch */
        if (pool->pad_before[a] > pool->kernel[a] / 2)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "pooling needs a --padding between 0 and half the kernel, not %d of %d",
                           pool->pad_before[a], pool->kernel[a]);
    return UP_OK;
}

/* input -> unpack -> max pool -> pack -> to[0], and -> indices -> to[1]. */
static up_status build(up_plan *plan, const up_pool *pool, up_error *error)
{
    up_graph *graph = &plan->graph;
    int planes, pooled, indices;
    UP_TRY(up_add_input(graph, &plan->request.input, &planes, error));
    UP_TRY(UP_ADD_OP(graph, planes, &pooled, error, up_pool_plan, pool));
    UP_TRY(up_add_output(graph, pooled, &plan->to[0].format, error));
    UP_TRY(UP_ADD_OP(graph, planes, &indices, error, up_pool_indices_plan, pool));
    return up_graph_mark_output(graph, indices, error);
}

static up_status plan_pooling(up_plan *plan, const char *pooled, const char *indices,
                              up_error *error)
{
    up_pool pool = { 0 };
    int size[2];
    const up_format *input = &plan->request.input;
    UP_TRY(pool_of(&plan->options.layer, &pool, error));
    UP_TRY(up_pool_size(&pool, input->height, input->width, size, error));
    up_format *values = &plan->to[0].format, *positions = &plan->to[1].format;
    *values = *input;
    values->height = size[0];
    values->width = size[1];
    *positions = *values;
    positions->sample = UP_SAMPLE_I64;
    positions->color = UP_COLOR_TENSOR;
    positions->planar = true;
    UP_TRY(up_plan_sink_format(plan, pooled, &plan->to[0].type, error));
    UP_TRY(up_sink_format_find(&plan->to[1].type, "npy", indices, error));
    UP_TRY(up_sink_choose(plan->to[0].type, values, error));
    UP_TRY(up_sink_choose(plan->to[1].type, positions, error));
    UP_TRY(build(plan, &pool, error));
    UP_TRY(up_plan_prepare_encoding(plan, error));
    return up_plan_finish(plan, error);
}

static up_status run_pooling(up_plan *plan, const char *pooled, const char *indices,
                             up_error *error)
{
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    UP_TRY(up_plan_open_sink(plan, 0, pooled, &sinks[0], error));
    up_status status = up_plan_open_sink(plan, 1, indices, &sinks[1], error);
    if (status != UP_OK) {
        up_sink_close(&sinks[0]);
        return status;
    }
    return up_plan_execute(plan, sinks, error);
}

up_status up_pool_file(const char *input, const char *pooled, const char *indices,
                       const up_options *options, up_error *error)
{
    up_image *image;
    up_plan *plan;
    UP_TRY(up_image_open(&image, input, error));
    up_status status = up_plan_begin(&plan, image, options, error);
    if (status == UP_OK)
        status = plan_pooling(plan, pooled, indices, error);
    if (status == UP_OK)
        status = run_pooling(plan, pooled, indices, error);
    up_plan_destroy(&plan);
    up_image_close(&image);
    return status;
}
