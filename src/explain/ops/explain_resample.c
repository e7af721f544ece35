/* SPDX-License-Identifier: MIT */
/* Bilinear and bicubic: each output is made from the inputs around its place. */

#include "explain/explanation.h"

#include "base/memory.h"
#include "explain/explain_engine.h"
#include "explain/links.h"
#include "explain/ops/layer_terms.h"
#include "explain/ways.h"
#include "ops/resample/axis.h"

#include <math.h>

/* Weights of one output, which sum to 1; a place far beyond where the filter ends has none. */
static up_axis_taps taps_at(const up_positions *at, int o, const up_filter *filter,
                            double parameter)
{
    const int taps = (int)(2 * filter->support);
    const double position = (2 * (double)o * at->step.num + at->shift) / (2 * (double)at->step.den);
    up_axis_taps t = { .position = position,
                       .first = (int)floor(position) - taps / 2 + 1,
                       .taps = taps };
    double sum = 0;
    for (int i = 0; i < taps; i++)
        sum += t.weight[i] = filter->at(fabs(t.first + i - position), parameter);
    for (int i = 0; i < taps; i++)
        t.weight[i] /= sum;
    return t;
}

static up_status find_taps(up_explanation *e, const up_filter *filter, up_error *error)
{
    const double parameter = e->options.cubic_a;
    for (int a = 0; a < 2; a++) {
        const int in = a ? e->x.width : e->x.height, out = e->full[a];
        const up_coordinates how = e->options.align_corners ? UP_ALIGN_CORNERS : UP_HALF_PIXEL;
        const up_positions at = up_positions_make(in, out, up_ratio_make(1, e->stride[a]), how);
        e->axis[a] = up_alloc(out, sizeof *e->axis[a]);
        if (!e->axis[a])
            return up_fail_memory(error, "weights", out * sizeof *e->axis[a]);
        for (int o = 0; o < out; o++)
            e->axis[a][o] = taps_at(&at, o, filter, parameter);
    }
    return UP_OK;
}

/* Weight of an input in an output of one axis: inputs beyond the ends are those at the ends. */
static double weight_of(const up_axis_taps *t, int in, int size)
{
    double weight = 0;
    for (int i = 0; i < t->taps; i++)
        if (up_clamp(t->first + i, 0, size - 1) == in)
            weight += t->weight[i];
    return weight;
}

static up_status link_output(up_explanation *e, int out, up_error *error)
{
    const int column = out % e->y.width, row = out / e->y.width % e->y.height;
    const int channel = out / e->y.width / e->y.height;
    for (int y = 0; y < e->x.height; y++)
        for (int x = 0; x < e->x.width; x++) {
            const double weight = weight_of(&e->axis[0][row], y, e->x.height) *
                                  weight_of(&e->axis[1][column], x, e->x.width);
            const int in = (channel * e->x.height + y) * e->x.width + x;
            if (weight != 0)
                UP_TRY(up_links_add(e, (up_link){ in, out, -1, weight }, error));
        }
    return UP_OK;
}

/* One axis of x resampled. */
static up_status resample(up_small *y, const up_small *x, const up_axis_taps *taps, int axis,
                          int size, up_error *error)
{
    const int height = axis ? x->height : size, width = axis ? size : x->width;
    UP_TRY(up_small_make(y, x->channels, height, width, error));
    for (int i = 0; i < (int)up_small_count(y); i++) {
        const int column = i % width, row = i / width % height, channel = i / width / height;
        const up_axis_taps *t = &taps[axis ? column : row];
        const double *plane = x->value + (size_t)channel * x->height * x->width;
        for (int k = 0; k < t->taps; k++) {
            const int r = axis ? row : up_clamp(t->first + k, 0, x->height - 1);
            const int c = axis ? up_clamp(t->first + k, 0, x->width - 1) : column;
            y->value[i] += t->weight[k] * plane[r * x->width + c];
        }
    }
    return UP_OK;
}

static up_status add_separate_way(up_explanation *e, int first, const char *name, const char *title,
                                  up_error *error)
{
    up_small between, y;
    UP_TRY(resample(&between, &e->x, e->axis[first], first, e->full[first], error));
    up_status status =
        resample(&y, &between, e->axis[1 - first], 1 - first, e->full[1 - first], error);
    up_small_free(&between);
    if (status == UP_OK)
        up_ways_add(e, name, title, &y);
    return status;
}

static up_status explain(up_explanation *e, const up_explain_options *o, const up_filter *filter,
                         up_error *error)
{
    up_small y;
    UP_TRY(up_terms_scale(e, o, error));
    UP_TRY(up_terms_enlarged(e, e->x.channels, error));
    up_options how;
    up_options_init(&how);
    how.method = e->op->name;
    how.scale.rows = e->stride[0];
    how.scale.columns = e->stride[1];
    how.align_corners = e->options.align_corners;
    how.cubic_a = e->options.cubic_a;
    how.threads = 1;
    UP_TRY(up_explain_upscale(&y, &e->x, &how, error));
    e->y.value = y.value;
    UP_TRY(find_taps(e, filter, error));
    for (int out = 0; out < (int)up_small_count(&e->y); out++)
        UP_TRY(link_output(e, out, error));
    UP_TRY(up_ways_add_sum(e, "at once", "rows and columns at once, weights multiplied", error));
    UP_TRY(add_separate_way(e, 1, "x then y", "along x first, then along y", error));
    UP_TRY(add_separate_way(e, 0, "y then x", "along y first, then along x", error));
    UP_TRY(up_ways_add_matrix(e, error));
    UP_TRY(up_ways_add_engine(e, "upscale -m of that name, in float32", &e->y, error));
    return up_links_overlap(e, error);
}

up_status up_explain_bilinear(up_explanation *e, const up_explain_options *o, up_error *error)
{
    return explain(e, o, &up_filter_triangle, error);
}

up_status up_explain_bicubic(up_explanation *e, const up_explain_options *o, up_error *error)
{
    return explain(e, o, &up_filter_cubic, error);
}
