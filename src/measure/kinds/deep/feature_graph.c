/* SPDX-License-Identifier: MIT */
#include "measure/kinds/deep/feature_graph.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "measure/kinds/deep/pair_source.h"
#include "measure/kinds/measure_kind.h"
#include "ops/conv/conv.h"
#include "ops/conv/conv_winograd.h"
#include "ops/point/activation.h"
#include "ops/point/arithmetic.h"
#include "ops/pool/pool.h"
#include "pipeline/add_ops.h"
#include "pipeline/run/run.h"

/* -------------------------------------------------------------- pictures */

up_status up_feature_graph_init(up_feature_graph *f, const char *title, const up_pixels *a,
                                const up_pixels *b, const up_measuring *how, up_error *error)
{
    up_measuring coloured = how ? *how : (up_measuring){ 0 };
    coloured.channel = UP_CHANNEL_RGB;
    *f = (up_feature_graph){ .weights = coloured.weights, .title = title };
    up_graph_init(&f->graph);
    UP_TRY(up_measured_init(&f->measured, a, b, &coloured, error));
    const up_format format = up_pair_format(&f->measured);
    int both;
    f->graph.fast = true;
    f->graph.most_bytes = up_machine_memory_limit(f->measured.max_memory);
    f->graph.held_bytes = f->weights ? f->weights->bytes : 0;
    UP_TRY(up_add_input(&f->graph, &format, &both, error));
    for (int i = 0; i < 2; i++)
        UP_TRY(up_add_select(&f->graph, both, 3 * i, 3, &f->picture[i], error));
    return UP_OK;
}

void up_feature_graph_free(up_feature_graph *f)
{
    up_graph_free(&f->graph);
}

/* -------------------------------------------------------------- the network */

/* The op that made of[0] for the other picture, too. */
static up_status again(up_feature_graph *f, int of[2], up_error *error)
{
    return up_graph_add_again(&f->graph, of[0], &of[1], &of[1], error);
}

static up_status add_point(up_feature_graph *f, const up_point *point, const float *parameter,
                           int count, int of[2], up_error *error)
{
    UP_TRY(up_add_point(&f->graph, of[0], -1, point, parameter, count, &of[0], error));
    return again(f, of, error);
}

up_status up_feature_square(up_graph *graph, int from, int *to, up_error *error)
{
    return up_add_point(graph, from, from, &up_point_multiply, NULL, 0, to, error);
}

static up_status add_conv(up_feature_graph *f, const up_feature_conv *c, const float *kernel,
                          const float *bias, int of[2], up_error *error)
{
    static const float slope[UP_MOST_FEATURES]; /* of a ReLU: none below 0 */
    const size_t taps = sizeof(float) * (size_t)c->in * (size_t)c->out * 9;
    const up_conv conv = {
        .in_channels = c->in,
        .out_channels = c->out,
        .groups = 1,
        .kernel = { c->kernel, c->kernel },
        .stride = { c->stride, c->stride },
        .dilation = { 1, 1 },
        .pad_before = { c->padding, c->padding },
        .pad_after = { c->padding, c->padding },
        .weight = kernel,
        .bias = bias,
        .slope = slope,
        .fast = c->kernel == 3 && up_graph_take_tiles(&f->graph, taps * UP_WINOGRAD_WEIGHTS),
        .edge = UP_EDGE_ZERO,
    };
    UP_TRY(UP_ADD_OP(&f->graph, of[0], &of[0], error, up_conv_plan, &conv));
    return again(f, of, error);
}

static up_status add_max_pool(up_feature_graph *f, int side, int of[2], up_error *error)
{
    const up_pool pool = { .kernel = { side, side }, .stride = { 2, 2 }, .dilation = { 1, 1 } };
    UP_TRY(UP_ADD_OP(&f->graph, of[0], &of[0], error, up_pool_plan, &pool));
    return again(f, of, error);
}

static up_status add_l2_pool(up_feature_graph *f, int of[2], up_error *error)
{
    static const float window[9] = { 1, 2, 1, 2, 4, 2, 1, 2, 1 }, least[2] = { 1, 1e-12f };
    float kernel[9 * UP_MOST_FEATURES];
    const int channels = up_graph_shape(&f->graph, of[0])->channels;
    const up_conv conv = {
        .in_channels = channels,
        .out_channels = channels,
        .groups = channels,
        .kernel = { 3, 3 },
        .stride = { 2, 2 },
        .dilation = { 1, 1 },
        .pad_before = { 1, 1 },
        .pad_after = { 1, 1 },
        .weight = kernel,
        .edge = UP_EDGE_ZERO,
    };
    for (int i = 0; i < 9 * channels; i++)
        kernel[i] = window[i % 9] / 16;
    for (int i = 0; i < 2; i++)
        UP_TRY(up_feature_square(&f->graph, of[i], &of[i], error));
    UP_TRY(UP_ADD_OP(&f->graph, of[0], &of[0], error, up_conv_plan, &conv));
    UP_TRY(again(f, of, error));
    UP_TRY(add_point(f, &up_point_affine, least, 2, of, error));
    return add_point(f, &up_point_sqrt, NULL, 0, of, error);
}

up_status up_feature_graph_add(up_feature_graph *f, int net, const float factor[3],
                               const float offset[3], bool l2, up_error *error)
{
    const up_feature_net *n = &up_feature_nets[net];
    const float affine[6] = { factor[0], factor[1], factor[2], offset[0], offset[1], offset[2] };
    int of[2] = { f->picture[0], f->picture[1] }, taps = 0;
    UP_TRY(add_point(f, &up_point_affine_channels, affine, 6, of, error));
    for (int i = 0; i < n->convs; i++) {
        const up_feature_conv *conv = &n->conv[i];
        if (conv->pooled)
            UP_TRY(l2 ? add_l2_pool(f, of, error) : add_max_pool(f, n->pool, of, error));
        UP_TRY(add_conv(f, conv, f->weights->net[net].kernel[i], f->weights->net[net].bias[i], of,
                        error));
        if (!conv->tap)
            continue;
        f->tap[taps][0] = of[0];
        f->tap[taps++][1] = of[1];
    }
    return UP_OK;
}

/* -------------------------------------------------------------- running */

static up_status prepare(up_feature_graph *f, up_run *run, up_error *error)
{
    const size_t most = f->graph.most_bytes, held = f->graph.held_bytes;
    UP_TRY(up_run_prepare(run, false, error));
    UP_TRY(up_run_fit(run, most > held ? most - held : 0, error));
    return up_measure_holds(&f->measured, f->title, up_run_bytes(run) + held, error);
}

up_status up_feature_graph_run(up_feature_graph *f, int node, float *value, up_error *error)
{
    const up_pixels result = {
        .format = { .width = 1,
                    .height = 1,
                    .channels = up_graph_shape(&f->graph, node)->channels,
                    .frames = 1,
                    .sample = UP_SAMPLE_F32,
                    .color = UP_COLOR_TENSOR,
                    .planar = true,
                    .depth = 32 },
        .data = value,
    };
    up_run run = { .graph = &f->graph,
                   .threads = f->measured.threads,
                   .cancel = f->measured.cancel };
    UP_TRY(up_add_output(&f->graph, node, &result.format, error));
    UP_TRY(up_pair_source_open(&run.source, &f->measured, error));
    up_status status = up_sink_to_pixels(&run.sink[0], &result, error);
    if (status == UP_OK)
        status = prepare(f, &run, error);
    if (status == UP_OK)
        status = up_run_start(&run, error);
    up_run_clear(&run);
    up_sink_close(&run.sink[0]);
    up_source_close(&run.source);
    return status;
}
