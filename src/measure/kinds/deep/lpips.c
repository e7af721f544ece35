/* SPDX-License-Identifier: MIT */
/* Learned perceptual image patch similarity, version 0.1. */

#include "measure/kinds/measure_kind.h"

#include "measure/kinds/deep/feature_graph.h"
#include "ops/conv/conv.h"
#include "ops/point/activation.h"
#include "ops/point/arithmetic.h"
#include "pipeline/add_ops.h"

/* What the networks were taught on, of -1..1: (v - shift) / scale. */
static const float shift[3] = { -0.030f, -0.088f, -0.188f }, scale[3] = { 0.458f, 0.448f, 0.450f };

/* The sum of all channels, each by its weight, pixel by pixel. */
static up_status plan_sum(up_op **op, const up_shape *in, const float *weight, up_error *error)
{
    const up_conv conv = {
        .in_channels = in->channels,
        .out_channels = 1,
        .groups = 1,
        .kernel = { 1, 1 },
        .stride = { 1, 1 },
        .dilation = { 1, 1 },
        .weight = weight,
        .edge = UP_EDGE_ZERO,
    };
    return up_conv_plan(op, in, &conv, error);
}

/* Over the channels of a pixel: v / (sqrt(sum of v^2) + 1e-10). */
static up_status normalise(up_graph *graph, int from, int *to, up_error *error)
{
    static const float least[2] = { 1, 1e-10f };
    float ones[UP_MOST_FEATURES];
    int norm;
    for (int c = 0; c < UP_MOST_FEATURES; c++)
        ones[c] = 1;
    UP_TRY(up_feature_square(graph, from, &norm, error));
    UP_TRY(UP_ADD_OP(graph, norm, &norm, error, plan_sum, ones));
    UP_TRY(up_add_point(graph, norm, -1, &up_point_sqrt, NULL, 0, &norm, error));
    UP_TRY(up_add_point(graph, norm, -1, &up_point_affine, least, 2, &norm, error));
    return up_add_pair(graph, from, norm, &up_point_divide, to, error);
}

/* The mean over all pixels of head[c] * (difference of channel c)^2, summed up. */
static up_status compare(up_graph *graph, const int tap[2], const float *head, int *to,
                         up_error *error)
{
    int unit[2];
    for (int i = 0; i < 2; i++)
        UP_TRY(normalise(graph, tap[i], &unit[i], error));
    UP_TRY(up_add_point(graph, unit[0], unit[1], &up_point_subtract, NULL, 0, to, error));
    UP_TRY(up_feature_square(graph, *to, to, error));
    UP_TRY(UP_ADD_OP(graph, *to, to, error, plan_sum, head));
    return up_graph_add_reduction(graph, *to, UP_REDUCE_MEAN, to, error);
}

static up_status build(up_feature_graph *f, int net, int *node, up_error *error)
{
    float factor[3], offset[3];
    int part[UP_TAPS];
    for (int c = 0; c < 3; c++) {
        factor[c] = 2 / 255.0f / scale[c];
        offset[c] = (-1 - shift[c]) / scale[c];
    }
    UP_TRY(up_feature_graph_add(f, net, factor, offset, false, error));
    for (int i = 0; i < UP_TAPS; i++)
        UP_TRY(compare(&f->graph, f->tap[i], f->weights->net[net].head[i], &part[i], error));
    return up_graph_add_concat(&f->graph, part, UP_TAPS, node, error);
}

static const char *title_of(int net)
{
    return (net == UP_ALEXNET ? &up_kind_lpips : &up_kind_lpips_vgg)->info.title;
}

static up_status lpips(double *value, int net, const up_pixels *a, const up_pixels *b,
                       const up_measuring *how, up_error *error)
{
    const char *title = title_of(net);
    up_feature_graph f;
    float part[UP_TAPS];
    int node = 0;
    up_status status = up_feature_graph_init(&f, title, a, b, how, error);
    if (status == UP_OK)
        status = up_measure_needs(&f.measured, title, up_feature_nets[net].least, error);
    if (status == UP_OK)
        status = build(&f, net, &node, error);
    if (status == UP_OK)
        status = up_feature_graph_run(&f, node, part, error);
    *value = 0;
    for (int i = 0; i < UP_TAPS && status == UP_OK; i++)
        *value += (double)part[i];
    up_feature_graph_free(&f);
    return status;
}

static up_status lpips_alexnet(double *value, const up_pixels *a, const up_pixels *b,
                               const up_measuring *how, up_error *error)
{
    return lpips(value, UP_ALEXNET, a, b, how, error);
}

static up_status lpips_vgg(double *value, const up_pixels *a, const up_pixels *b,
                           const up_measuring *how, up_error *error)
{
    return lpips(value, UP_VGG16, a, b, how, error);
}

static up_status check_alexnet(const up_measuring *how, up_error *error)
{
    return up_metric_weights_need(how ? how->weights : NULL, title_of(UP_ALEXNET), UP_ALEXNET, true,
                                  false, error);
}

static up_status check_vgg(const up_measuring *how, up_error *error)
{
    return up_metric_weights_need(how ? how->weights : NULL, title_of(UP_VGG16), UP_VGG16, true,
                                  false, error);
}

const up_measure_kind up_kind_lpips = {
    { "lpips", "LPIPS", "learned perceptual similarity by AlexNet; needs --metric-weights", true, 4,
      false, true },
    lpips_alexnet,
    check_alexnet,
};

const up_measure_kind up_kind_lpips_vgg = {
    { "lpips-vgg", "LPIPS-VGG", "the same by VGG-16", true, 4, false, true },
    lpips_vgg,
    check_vgg,
};
