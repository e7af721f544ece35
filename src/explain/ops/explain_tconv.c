/* SPDX-License-Identifier: MIT */
/* Transposed convolution: every input element times the kernel, laid down at its place. */

#include "explain/explanation.h"

#include "base/memory.h"
#include "explain/explain_engine.h"
#include "explain/links.h"
#include "explain/ops/layer_terms.h"
#include "explain/ops/phases.h"
#include "explain/ways.h"

#include <stdio.h>

/* The first row or column behind the kernel of the last input. */
static int natural(const up_explanation *e, int axis)
{
    const int in = axis ? e->x.width : e->x.height;
    return (in - 1) * e->stride[axis] + e->dilation[axis] * (e->kernel[axis] - 1) + 1;
}

static up_status size_up(up_explanation *e, up_error *error)
{
    int size[2];
    e->size_formula = "(in-1)*stride - 2*padding + dilation*(kernel-1) + output_padding + 1";
    for (int a = 0; a < 2; a++) {
        size[a] = natural(e, a) - 2 * e->padding[a] + e->output_padding[a];
        snprintf(e->size_text[a], sizeof e->size_text[a],
                 "(%d-1)*%d - 2*%d + %d*(%d-1) + %d + 1 = %d", a ? e->x.width : e->x.height,
                 e->stride[a], e->padding[a], e->dilation[a], e->kernel[a], e->output_padding[a],
                 size[a]);
    }
    for (int a = 0; a < 2; a++) {
        e->before[a] = e->padding[a];
        e->full[a] = up_max(natural(e, a), e->padding[a] + size[a]);
    }
    return up_terms_result(e, e->out_channels, size[0], size[1], error);
}

/* One input element, to all outputs of its group. */
static up_status link_element(up_explanation *e, int channel, int row, int column, up_error *error)
{
    const int outs = e->out_channels / e->groups, ins = e->in_channels / e->groups;
    const int *k = e->kernel, first = channel / ins * outs;
    const int in = (channel * e->x.height + row) * e->x.width + column;
    for (int o = 0; o < outs; o++)
        for (int i = 0; i < k[0]; i++)
            for (int j = 0; j < k[1]; j++) {
                const int at = ((channel * outs + o) * k[0] + i) * k[1] + j;
                const int y = row * e->stride[0] + i * e->dilation[0];
                const int x = column * e->stride[1] + j * e->dilation[1];
                const int out = ((first + o) * e->full[0] + y) * e->full[1] + x;
                UP_TRY(up_links_add(e, (up_link){ in, out, at, e->k.value[at] }, error));
            }
    return UP_OK;
}

static up_status link_all(up_explanation *e, up_error *error)
{
    for (int c = 0; c < e->x.channels; c++)
        for (int y = 0; y < e->x.height; y++)
            for (int x = 0; x < e->x.width; x++)
                UP_TRY(link_element(e, c, y, x, error));
    return UP_OK;
}

/* The kernel as a convolution with zeros in between wants it: turned by 180 degrees, inputs and
 * outputs of each group exchanged. */
static up_status turn_kernel(up_explanation *e, up_error *error)
{
    const int outs = e->out_channels / e->groups, ins = e->in_channels / e->groups;
    const int plane = e->kernel[0] * e->kernel[1];
    UP_TRY(up_small_make(&e->turned, e->out_channels * ins, e->kernel[0], e->kernel[1], error));
    for (int out = 0; out < e->out_channels; out++)
        for (int i = 0; i < ins; i++) {
            const int in = out / outs * ins + i;
            const double *from = e->k.value + (in * outs + out % outs) * plane;
            for (int n = 0; n < plane; n++)
                e->turned.value[(out * ins + i) * plane + n] = from[plane - 1 - n];
        }
    return UP_OK;
}

/* stride - 1 zeros between the inputs, dilation * (kernel - 1) - padding around them. */
static up_status insert_zeros(up_explanation *e, up_error *error)
{
    const int far[2] = { e->dilation[0] * (e->kernel[0] - 1), e->dilation[1] * (e->kernel[1] - 1) };
    up_small *to = &e->inserted;
    UP_TRY(up_small_make(to, e->x.channels, e->y.height + far[0], e->y.width + far[1], error));
    for (int i = 0; i < (int)up_small_count(&e->x); i++) {
        const int column = i % e->x.width, row = i / e->x.width % e->x.height;
        const int y = row * e->stride[0] + far[0] - e->padding[0];
        const int x = column * e->stride[1] + far[1] - e->padding[1];
        const int channel = i / e->x.width / e->x.height;
        if (y >= 0 && y < to->height && x >= 0 && x < to->width)
            to->value[(channel * to->height + y) * to->width + x] = e->x.value[i];
    }
    return UP_OK;
}

/* By the convolution of the engine. */
static up_status add_zeros_way(up_explanation *e, up_error *error)
{
    float *weight;
    up_small y;
    UP_TRY(turn_kernel(e, error));
    UP_TRY(insert_zeros(e, error));
    UP_TRY(up_explain_floats(&weight, &e->turned, error));
    up_conv conv = up_terms_layer(e, false, weight);
    for (int a = 0; a < 2; a++) {
        conv.stride[a] = 1;
        conv.pad_before[a] = conv.pad_after[a] = conv.output_padding[a] = 0;
    }
    up_status status = up_explain_run(&y, &e->inserted, up_explain_plan_conv, &conv, error);
    up_free(weight);
    if (status == UP_OK)
        up_ways_add(e, "zeros", "zeros inserted, then a convolution with the turned kernel", &y);
    return status;
}

static up_status run_engine(up_explanation *e, up_small *y, up_error *error)
{
    float *weight;
    UP_TRY(up_explain_floats(&weight, &e->k, error));
    const up_conv conv = up_terms_layer(e, true, weight);
    up_status status = up_explain_run(y, &e->x, up_explain_plan_conv, &conv, error);
    up_free(weight);
    return status;
}

up_status up_explain_tconv(up_explanation *e, const up_explain_options *o, up_error *error)
{
    up_small y;
    e->scatter = true;
    UP_TRY(up_terms_conv(e, o, true, error));
    UP_TRY(size_up(e, error));
    UP_TRY(run_engine(e, &y, error));
    e->y.value = y.value;
    UP_TRY(link_all(e, error));
    UP_TRY(up_ways_add_sum(e, "scatter", "each input element times the kernel, added up", error));
    UP_TRY(add_zeros_way(e, error));
    UP_TRY(up_ways_add_matrix(e, error));
    UP_TRY(up_phases_add(e, true, error));
    UP_TRY(up_ways_add_engine(e, "upscale's transposed convolution, in float32", &e->y, error));
    UP_TRY(up_links_overlap(e, error));
    up_links_judge(e);
    return UP_OK;
}
