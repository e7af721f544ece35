/* SPDX-License-Identifier: MIT */
/* Convolution: every output is a window of the input times the kernel, added up. */

#include "explain/explanation.h"

#include "base/memory.h"
#include "explain/explain_engine.h"
#include "explain/links.h"
#include "explain/ops/layer_terms.h"
#include "explain/ops/phases.h"
#include "explain/ways.h"

#include <stdio.h>

static up_status size_up(up_explanation *e, up_error *error)
{
    int size[2];
    e->size_formula = "floor((in + 2*padding - dilation*(kernel-1) - 1) / stride) + 1";
    for (int a = 0; a < 2; a++) {
        const int in = a ? e->x.width : e->x.height;
        const int places = in + 2 * e->padding[a] - e->dilation[a] * (e->kernel[a] - 1) - 1;
        size[a] = places < 0 ? 0 : places / e->stride[a] + 1;
        snprintf(e->size_text[a], sizeof e->size_text[a],
                 "floor((%d + 2*%d - %d*(%d-1) - 1) / %d) + 1 = %d", in, e->padding[a],
                 e->dilation[a], e->kernel[a], e->stride[a], size[a]);
        if (e->output_padding[a])
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--output-padding is for transposed convolutions only");
        e->full[a] = size[a];
    }
    return up_terms_result(e, e->out_channels, size[0], size[1], error);
}

/* What lies in the padding is zero, and no link. */
static up_status link_output(up_explanation *e, int channel, int row, int column, up_error *error)
{
    const int ins = e->in_channels / e->groups, *k = e->kernel;
    const int first = channel / (e->out_channels / e->groups) * ins;
    const int out = (channel * e->y.height + row) * e->y.width + column;
    for (int c = 0; c < ins; c++)
        for (int i = 0; i < k[0]; i++)
            for (int j = 0; j < k[1]; j++) {
                const int at = ((channel * ins + c) * k[0] + i) * k[1] + j;
                const int y = row * e->stride[0] + i * e->dilation[0] - e->padding[0];
                const int x = column * e->stride[1] + j * e->dilation[1] - e->padding[1];
                if (y < 0 || x < 0 || y >= e->x.height || x >= e->x.width)
                    continue;
                const int in = ((first + c) * e->x.height + y) * e->x.width + x;
                UP_TRY(up_links_add(e, (up_link){ in, out, at, e->k.value[at] }, error));
            }
    return UP_OK;
}

static up_status link_all(up_explanation *e, up_error *error)
{
    for (int c = 0; c < e->y.channels; c++)
        for (int y = 0; y < e->y.height; y++)
            for (int x = 0; x < e->y.width; x++)
                UP_TRY(link_output(e, c, y, x, error));
    return UP_OK;
}

static up_status run_engine(const up_explanation *e, const int stride[2], up_small *y,
                            up_error *error)
{
    float *weight;
    UP_TRY(up_explain_floats(&weight, &e->k, error));
    up_conv conv = up_terms_layer(e, false, weight);
    conv.stride[0] = stride[0];
    conv.stride[1] = stride[1];
    up_status status = up_explain_run(y, &e->x, up_explain_plan_conv, &conv, error);
    up_free(weight);
    return status;
}

/* The engine's convolution of stride 1, of which every stride-th row and column is kept. */
static up_status add_dense_way(up_explanation *e, up_error *error)
{
    up_small dense, y;
    UP_TRY(run_engine(e, (const int[]){ 1, 1 }, &dense, error));
    up_status status = up_small_make(&y, e->y.channels, e->y.height, e->y.width, error);
    for (int i = 0; status == UP_OK && i < (int)up_small_count(&y); i++) {
        const int column = i % y.width, row = i / y.width % y.height, c = i / y.width / y.height;
        y.value[i] = dense.value[(c * dense.height + row * e->stride[0]) * dense.width +
                                 column * e->stride[1]];
    }
    up_small_free(&dense);
    if (status == UP_OK)
        up_ways_add(e, "dense", "stride 1, then every stride-th row and column", &y);
    return status;
}

up_status up_explain_conv(up_explanation *e, const up_explain_options *o, up_error *error)
{
    up_small y;
    UP_TRY(up_terms_conv(e, o, false, error));
    UP_TRY(size_up(e, error));
    UP_TRY(run_engine(e, e->stride, &y, error));
    e->y.value = y.value;
    UP_TRY(link_all(e, error));
    UP_TRY(up_ways_add_sum(e, "windows", "each window of the input times the kernel, added up",
                           error));
    UP_TRY(add_dense_way(e, error));
    UP_TRY(up_ways_add_matrix(e, error));
    UP_TRY(up_phases_add(e, false, error));
    UP_TRY(up_ways_add_engine(e, "upscale's convolution, in float32", &e->y, error));
    e->fan_in = e->out_channels / e->groups;
    UP_TRY(up_links_overlap(e, error));
    up_links_judge(e);
    return UP_OK;
}
