/* SPDX-License-Identifier: MIT */
/*
 * An explanation as one JSON object. Tensors are {"shape": [channels, rows, columns], "values":
 * [[[...]]]}; places are flat, (channel * rows + row) * columns + column. Keys that an op has no
 * use for are left out.
 *
 *   op, summary
 *   x, kernel           tensors; kernel: its planes in PyTorch's order
 *   parameters          kernel, stride, padding, output_padding, dilation [rows, columns]; groups,
 *                       in_channels, out_channels; align_corners, cubic_a of resampling
 *   size                formula; rows, columns: it with the numbers; full: [rows, columns] before
 *                       anything is cropped; before: [rows, columns] cropped at the top and the
 * left output              tensor: what the engine made scatter             true: a step for each
 * input; false: a step for each output steps               [{place, value, terms: [[to, kernel,
 * weight, product, sum], ...]}, ...] scatter: place is of x, value its value, `to` a place of the
 * full result; else: place is of the output, value its sum, `to` a place of x. kernel: the place of
 * the weight in the kernel, or null. sum: what the place (scatter) or the output (else) has come to
 * after it W                   rows, columns; entries: [[row, column, kernel, weight], ...]: a row
 * for each step, a column for each place of the output (scatter) or of x. The output is W^T x
 * (scatter) or W x zero_insertion      inserted: tensor; kernel: tensor, turned by 180 degrees,
 * [out][in / groups] phases              [{row, column, taps: [[down, right, kernel row, kernel
 * column], ...]}, ...]: output[i * stride + row][j * stride + column] is the sum of the kernel
 * times x[i + down][j + right] (conv: x[i * stride + down][j * stride + right]) axes rows, columns:
 * [{position, first, weights}, ...] of each output of an axis indices, put_back   tensors of
 * pooling overlap             map: tensor of one channel, even, verdict (where there is one) ways
 * [{name, title, output: tensor, difference, agrees}, ...] agree               whether all ways do
 */

#include "explain/explanation.h"

#include "base/memory.h"
#include "explain/links.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *number(double value)
{
    const bool whole = value == floor(value) && fabs(value) < 1e15;
    return !isfinite(value) ? json_null()
           : whole          ? json_integer((json_int_t)value)
                            : json_real(value);
}

static json_t *tensor(const up_small *t)
{
    json_t *values = json_array();
    for (int c = 0; c < t->channels; c++) {
        json_t *plane = json_array();
        for (int y = 0; y < t->height; y++) {
            json_t *row = json_array();
            for (int x = 0; x < t->width; x++)
                json_array_append_new(row,
                                      number(t->value[((size_t)c * t->height + y) * t->width + x]));
            json_array_append_new(plane, row);
        }
        json_array_append_new(values, plane);
    }
    return json_pack("{s:[i,i,i], s:o}", "shape", t->channels, t->height, t->width, "values",
                     values);
}

static json_t *pair(const int value[2])
{
    return json_pack("[i,i]", value[0], value[1]);
}

static json_t *parameters(const up_explanation *e)
{
    json_t *p = json_object();
    const struct {
        const char *key;
        const int *value;
    } pairs[] = { { "kernel", e->kernel },
                  { "stride", e->stride },
                  { "padding", e->padding },
                  { "output_padding", e->output_padding },
                  { "dilation", e->dilation } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        json_object_set_new(p, pairs[i].key, pair(pairs[i].value));
    json_object_set_new(p, "groups", json_integer(e->groups));
    json_object_set_new(p, "in_channels", json_integer(e->in_channels));
    json_object_set_new(p, "out_channels", json_integer(e->out_channels));
    if (e->axis[0]) {
        json_object_set_new(p, "align_corners", json_boolean(e->options.align_corners));
        json_object_set_new(p, "cubic_a", json_real(e->options.cubic_a));
    }
    return p;
}

static json_t *size(const up_explanation *e)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "formula", e->size_formula, "rows",
                     e->size_text[0], "columns", e->size_text[1], "full", pair(e->full), "before",
                     pair(e->before));
}

static json_t *kernel_place(const up_link *l)
{
    return l->kernel < 0 ? json_null() : json_integer(l->kernel);
}

static json_t *term(const up_explanation *e, const up_link *l, double *sum)
{
    const double product = l->weight * e->x.value[l->in];
    json_t *list = json_array();
    *sum += product;
    json_array_append_new(list, json_integer(e->scatter ? l->out : l->in));
    json_array_append_new(list, kernel_place(l));
    json_array_append_new(list, number(l->weight));
    json_array_append_new(list, number(product));
    json_array_append_new(list, number(*sum));
    return list;
}

/* `full` are zeros that the sums grow in. */
static json_t *steps(const up_explanation *e, up_small *full)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->links;) {
        const int step = up_link_step(e, &e->link[i]);
        json_t *terms = json_array();
        for (; i < e->links && up_link_step(e, &e->link[i]) == step; i++)
            json_array_append_new(terms, term(e, &e->link[i], &full->value[e->link[i].out]));
        const double value = e->scatter ? e->x.value[step] : full->value[step];
        json_array_append_new(list, json_pack("{s:i, s:o, s:o}", "place", step, "value",
                                              number(value), "terms", terms));
    }
    return list;
}

static json_t *matrix(const up_explanation *e)
{
    json_t *entries = json_array();
    const int in = (int)up_small_count(&e->x), out = (int)up_small_count(&e->y);
    for (const up_link *l = e->link; l < e->link + e->links; l++) {
        const int column = e->scatter ? up_links_place(e, l->out) : l->in;
        if (column < 0)
            continue;
        json_array_append_new(entries, json_pack("[i,i,o,o]", up_link_step(e, l), column,
                                                 kernel_place(l), number(l->weight)));
    }
    return json_pack("{s:i, s:i, s:o}", "rows", e->scatter ? in : out, "columns",
                     e->scatter ? out : in, "entries", entries);
}

static json_t *phases(const up_explanation *e)
{
    json_t *list = json_array();
    for (int t = 0; t < e->taps;) {
        const int *phase = e->tap[t].phase;
        json_t *taps = json_array();
        for (; t < e->taps && e->tap[t].phase[0] == phase[0] && e->tap[t].phase[1] == phase[1]; t++)
            json_array_append_new(taps,
                                  json_pack("[i,i,i,i]", e->tap[t].offset[0], e->tap[t].offset[1],
                                            e->tap[t].kernel[0], e->tap[t].kernel[1]));
        json_array_append_new(
            list, json_pack("{s:i, s:i, s:o}", "row", phase[0], "column", phase[1], "taps", taps));
    }
    return list;
}

static json_t *axis(const up_axis_taps *taps, int count)
{
    json_t *list = json_array();
    for (int o = 0; o < count; o++) {
        json_t *weights = json_array();
        for (int t = 0; t < taps[o].taps; t++)
            json_array_append_new(weights, number(taps[o].weight[t]));
        json_array_append_new(list,
                              json_pack("{s:o, s:i, s:o}", "position", number(taps[o].position),
                                        "first", taps[o].first, "weights", weights));
    }
    return list;
}

static json_t *ways(const up_explanation *e)
{
    json_t *list = json_array();
    for (const up_way *w = e->way; w < e->way + e->ways; w++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:b}", "name", w->name, "title",
                                              w->title, "output", tensor(&w->y), "difference",
                                              number(w->difference), "agrees", w->agrees));
    return list;
}

/* What only some ops have. */
static void set_parts(json_t *root, const up_explanation *e)
{
    if (e->inserted.value)
        json_object_set_new(root, "zero_insertion",
                            json_pack("{s:o, s:o}", "inserted", tensor(&e->inserted), "kernel",
                                      tensor(&e->turned)));
    if (e->tap)
        json_object_set_new(root, "phases", phases(e));
    if (e->axis[0])
        json_object_set_new(root, "axes",
                            json_pack("{s:o, s:o}", "rows", axis(e->axis[0], e->full[0]), "columns",
                                      axis(e->axis[1], e->full[1])));
    if (e->indices.value)
        json_object_set_new(root, "indices", tensor(&e->indices));
    if (e->put_back.value)
        json_object_set_new(root, "put_back", tensor(&e->put_back));
    json_t *overlap = json_pack("{s:o}", "map", tensor(&e->overlap));
    if (e->verdict[0]) {
        json_object_set_new(overlap, "even", json_boolean(e->even));
        json_object_set_new(overlap, "verdict", json_string(e->verdict));
    }
    json_object_set_new(root, "overlap", overlap);
}

char *up_explanation_json(const up_explanation *e)
{
    up_small full;
    if (up_small_make(&full, e->y.channels, e->full[0], e->full[1], NULL) != UP_OK)
        return NULL;
    json_t *root = json_pack("{s:s, s:s, s:o}", "op", e->op->name, "summary", e->op->summary, "x",
                             tensor(&e->x));
    if (e->k.value)
        json_object_set_new(root, "kernel", tensor(&e->k));
    json_object_set_new(root, "parameters", parameters(e));
    json_object_set_new(root, "size", size(e));
    json_object_set_new(root, "output", tensor(&e->y));
    json_object_set_new(root, "scatter", json_boolean(e->scatter));
    json_object_set_new(root, "steps", steps(e, &full));
    json_object_set_new(root, "W", matrix(e));
    set_parts(root, e);
    json_object_set_new(root, "ways", ways(e));
    json_object_set_new(root, "agree", json_boolean(e->agrees));
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(root);
    up_small_free(&full);
    return text;
}
