/* SPDX-License-Identifier: MIT */
#include "explain/ops/phases.h"

#include "base/memory.h"
#include "explain/explain_engine.h"
#include "explain/ops/layer_terms.h"
#include "explain/ways.h"
#include "ops/arrange/planes.h"
#include "ops/conv/conv_plan.h"

#include <stdlib.h>
#include <string.h>

static int compare_taps(const void *a, const void *b)
{
    const up_phase_tap *x = a, *y = b;
    const int keys[][2] = { { x->phase[0], y->phase[0] },   { x->phase[1], y->phase[1] },
                            { x->offset[0], y->offset[0] }, { x->offset[1], y->offset[1] },
                            { x->kernel[0], y->kernel[0] }, { x->kernel[1], y->kernel[1] } };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

/* A tap belongs to several outputs of one pattern, which may be of the next step of the stride. */
static bool take_tap(up_phase_tap *tap, const up_conv_op *op, const up_conv_pattern *pattern,
                     const up_conv_tap *from, int group)
{
    const int phases[2] = { op->axis[0].phases, op->axis[1].phases };
    const int row = pattern->row_phase + group % pattern->rows;
    const int column = pattern->column_phase[group / pattern->rows];
    if (!(from->groups >> group & 1) || row >= phases[0] || column >= phases[1])
        return false;
    *tap = (up_phase_tap){
        .phase = { row, column },
        .offset = { from->row, from->column * op->axis[1].jump + from->phase },
        .kernel = { from->kernel[group] / op->axis[1].kernel,
                    from->kernel[group] % op->axis[1].kernel },
    };
    return true;
}

static int same_tap(const up_phase_tap *a, const up_phase_tap *b)
{
    return compare_taps(a, b) == 0;
}

/* Every tap of every pattern, each once. */
static up_status take_taps(up_explanation *e, const up_conv_op *op, up_error *error)
{
    size_t most = 0;
    const size_t patterns = (size_t)op->sets * op->columns;
    for (size_t p = 0; p < patterns; p++)
        for (int r = 0; r < op->pattern[p].runs; r++)
            most += (size_t)op->pattern[p].run[r].taps * UP_MAX_GROUPS;
    e->tap = up_alloc(most + 1, sizeof *e->tap);
    if (!e->tap)
        return up_fail_memory(error, "taps", most * sizeof *e->tap);
    int count = 0;
    for (const up_conv_pattern *p = op->pattern; p < op->pattern + patterns; p++)
        for (const up_conv_run *run = p->run; run < p->run + p->runs; run++)
            for (int t = run->tap; t < run->tap + run->taps; t++)
                for (int g = 0; g < p->rows * p->columns; g++)
                    count += take_tap(&e->tap[count], op, p, &p->tap[t], g);
    qsort(e->tap, count, sizeof *e->tap, compare_taps);
    e->taps = up_min(count, 1);
    for (int t = 1; t < count; t++)
        if (!same_tap(&e->tap[t], &e->tap[e->taps - 1]))
            e->tap[e->taps++] = e->tap[t];
    return UP_OK;
}

static int place_in_kernel(const up_explanation *e, bool transposed, int in, int out,
                           const up_phase_tap *tap)
{
    const int ins = e->in_channels / e->groups, outs = e->out_channels / e->groups;
    const int plane = transposed ? in * outs + out % outs : out * ins + in % ins;
    return (plane * e->kernel[0] + tap->kernel[0]) * e->kernel[1] + tap->kernel[1];
}

/* What one tap adds to one output channel. */
static void add_tap(const up_explanation *e, bool transposed, const up_phase_tap *tap, int out,
                    up_small *y)
{
    const int stride[2] = { transposed ? e->stride[0] : 1, transposed ? e->stride[1] : 1 };
    const int jump[2] = { transposed ? 1 : e->stride[0], transposed ? 1 : e->stride[1] };
    const int ins = e->in_channels / e->groups, first = out / (e->out_channels / e->groups) * ins;
    for (int in = first; in < first + ins; in++) {
        const double weight = e->k.value[place_in_kernel(e, transposed, in, out, tap)];
        for (int i = 0, r = tap->phase[0]; r < y->height; i++, r += stride[0])
            for (int j = 0, c = tap->phase[1]; c < y->width; j++, c += stride[1]) {
                const int row = i * jump[0] + tap->offset[0], column = j * jump[1] + tap->offset[1];
                if (row >= 0 && row < e->x.height && column >= 0 && column < e->x.width)
                    y->value[(out * y->height + r) * y->width + c] +=
                        weight * e->x.value[(in * e->x.height + row) * e->x.width + column];
            }
    }
}

static up_status add_way(up_explanation *e, bool transposed, up_error *error)
{
    up_small y;
    UP_TRY(up_small_make(&y, e->y.channels, e->y.height, e->y.width, error));
    for (int t = 0; t < e->taps; t++)
        for (int out = 0; out < y.channels; out++)
            add_tap(e, transposed, &e->tap[t], out, &y);
    up_ways_add(e, "phases", "the polyphase form, by the taps that the kernels run", &y);
    return UP_OK;
}

up_status up_phases_add(up_explanation *e, bool transposed, up_error *error)
{
    const up_shape in = up_float_shape(e->x.width, e->x.height, e->x.channels);
    up_op *op;
    float *weight;
    UP_TRY(up_explain_floats(&weight, &e->k, error));
    const up_conv conv = up_terms_layer(e, transposed, weight);
    up_status status = up_conv_plan(&op, &in, &conv, error);
    up_free(weight);
    UP_TRY(status);
    status = take_taps(e, (const up_conv_op *)op, error);
    up_op_destroy(&op);
    return status == UP_OK ? add_way(e, transposed, error) : status;
}
