/* SPDX-License-Identifier: MIT */
/* Two pictures as a source, and the features of both as one graph, whose rows stream: what is held
 * does not grow with their height. */
#ifndef UP_MEASURE_FEATURE_GRAPH_H
#define UP_MEASURE_FEATURE_GRAPH_H

#include "io/source.h"
#include "measure/kinds/deep/metric_weights.h"
#include "measure/measured.h"
#include "pipeline/graph.h"

typedef struct {
    up_graph graph;
    const up_metric_weights *weights;
    up_measured measured; /* of three planes, grey as colour */
    const char *title;    /* of the measure */
    int picture[2];       /* nodes: red, green and blue of both, 0..255 */
    int tap[UP_TAPS][2];  /* nodes: features of both */
} up_feature_graph;

/* Begins with the pictures. up_feature_graph_free() in any case. */
up_status up_feature_graph_init(up_feature_graph *features, const char *title, const up_pixels *a,
                                const up_pixels *b, const up_measuring *how, up_error *error);
void up_feature_graph_free(up_feature_graph *features);

/* Adds the network on both: factor[c] * v + offset[c] of the pictures. Pools are the network's
 * maxima, or if `l2` those of DISTS: sqrt(1e-12 + the mean of squares under [1 2 1]' [1 2 1] / 16).
 */
up_status up_feature_graph_add(up_feature_graph *features, int net, const float factor[3],
                               const float offset[3], bool l2, up_error *error);

/* v * v. */
up_status up_feature_square(up_graph *graph, int from, int *to, up_error *error);

/* Runs it: value[] are the channels of `node`, which is one pixel. */
up_status up_feature_graph_run(up_feature_graph *features, int node, float *value, up_error *error);

#endif
