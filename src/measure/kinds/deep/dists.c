/* SPDX-License-Identifier: MIT */
/* Deep image structure and texture similarity. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "measure/kinds/deep/feature_graph.h"
#include "ops/point/arithmetic.h"
#include "pipeline/add_ops.h"

enum { LAYERS = UP_TAPS + 1, THREE = 3 };

#define LEAST 1e-6 /* c1 and c2 */

/* What VGG-16 was taught on, of 0..1: (v - mean) / deviation. */
static const float mean[3] = { 0.485f, 0.456f, 0.406f }, deviation[3] = { 0.229f, 0.224f, 0.225f };

/* Means, then variances, of the channels of a, b and a + b: the covariance is half of what the last
 * varies more than both. */
static up_status reduce(up_graph *graph, const int of[2], int *to, up_error *error)
{
    int all[THREE] = { of[0], of[1] };
    UP_TRY(up_add_point(graph, of[0], of[1], &up_point_add, NULL, 0, &all[2], error));
    UP_TRY(up_graph_add_concat(graph, all, THREE, to, error));
    return up_graph_add_reduction(graph, *to, UP_REDUCE_MEAN_VARIANCE, to, error);
}

static up_status build(up_feature_graph *f, int *node, up_error *error)
{
    static const float unit[2] = { 1 / 255.0f, 0 };
    float factor[3], offset[3];
    int of[2], part[LAYERS];
    for (int c = 0; c < 3; c++) {
        factor[c] = 1 / 255.0f / deviation[c];
        offset[c] = -mean[c] / deviation[c];
    }
    UP_TRY(up_feature_graph_add(f, UP_VGG16, factor, offset, true, error));
    for (int i = 0; i < 2; i++)
        UP_TRY(
            up_add_point(&f->graph, f->picture[i], -1, &up_point_affine, unit, 2, &of[i], error));
    UP_TRY(reduce(&f->graph, of, &part[0], error));
    for (int i = 0; i < UP_TAPS; i++)
        UP_TRY(reduce(&f->graph, f->tap[i], &part[i + 1], error));
    return up_graph_add_concat(&f->graph, part, LAYERS, node, error);
}

/* 1 less the weighted mean of the likeness of means and of what varies together. */
static double distance(const float *found, const up_metric_weights *w)
{
    double sum = 0, weights = 0;
    for (int i = 0, done = 0; i < LAYERS; i++) {
        const int channels = i == 0 ? 3 : up_feature_nets[UP_VGG16].tap[i - 1];
        const float *means = found + 2 * THREE * done, *variances = means + THREE * channels;
        for (int c = 0; c < channels; c++) {
            const double a = (double)means[c], b = (double)means[channels + c];
            const double spread = (double)variances[c] + (double)variances[channels + c];
            const double shared = (double)variances[2 * channels + c] - spread;
            const double alpha = (double)w->alpha[done + c], beta = (double)w->beta[done + c];
            sum += alpha * (a - b) * (a - b) / (a * a + b * b + LEAST);
            sum += beta * (spread - shared) / (spread + LEAST);
            weights += alpha + beta;
        }
        done += channels;
    }
    return sum / weights;
}

static up_status dists(double *value, const up_pixels *a, const up_pixels *b,
                       const up_measuring *how, up_error *error)
{
    const char *title = up_kind_dists.info.title;
    up_feature_graph f;
    int node = 0;
    float *found = up_alloc(2 * THREE * UP_DISTS_CHANNELS, sizeof *found);
    if (!found)
        return up_fail_memory(error, "statistics", 2 * THREE * UP_DISTS_CHANNELS * sizeof *found);
    up_status status = up_feature_graph_init(&f, title, a, b, how, error);
    if (status == UP_OK)
        status = build(&f, &node, error);
    if (status == UP_OK)
        status = up_feature_graph_run(&f, node, found, error);
    if (status == UP_OK)
        *value = distance(found, f.weights);
    up_feature_graph_free(&f);
    up_free(found);
    return status;
}

static up_status check(const up_measuring *how, up_error *error)
{
    return up_metric_weights_need(how ? how->weights : NULL, up_kind_dists.info.title, UP_VGG16,
                                  false, true, error);
}

const up_measure_kind up_kind_dists = {
    { "dists", "DISTS", "structure and texture of VGG-16's features; needs --metric-weights", true,
      4, false, true },
    dists,
    check,
};
