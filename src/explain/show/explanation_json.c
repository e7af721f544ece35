/* SPDX-License-Identifier: MIT */
/* clang-format off */
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
 *                       anything is cropped; before: [rows, columns] cropped at the top and the left
 *   output              tensor: what the engine made
 *   scatter             true: a step for each input; false: a step for each output
 *   steps               [{place, value, terms: [[to, kernel, weight, product, sum], ...]}, ...]
 *                       scatter: place is of x, value its value, `to` a place of the full result;
 *                       else: place is of the output, value its sum, `to` a place of x. kernel: the
 *                       place of the weight in the kernel, or null. sum: what the place (scatter)
 *                       or the output (else) has come to after it
 *   W                   rows, columns; entries: [[row, column, kernel, weight], ...]: a row for each
 *                       step, a column for each place of the output (scatter) or of x. The output is
 *                       W^T x (scatter) or W x
 *   zero_insertion      inserted: tensor; kernel: tensor, turned by 180 degrees, [out][in / groups]
 *   phases              [{row, column, taps: [[down, right, kernel row, kernel column], ...]}, ...]:
 *                       output[i * stride + row][j * stride + column] is the sum of the kernel times
 *                       x[i + down][j + right] (conv: x[i * stride + down][j * stride + right])
 *   axes                rows, columns: [{position, first, weights}, ...] of each output of an axis
 *   indices, put_back   tensors of pooling
 *   overlap             map: tensor of one channel, even, verdict (where there is one)
 *   ways                [{name, title, output: tensor, difference, agrees}, ...]
 *   agree               whether all ways do
 */
/* clang-format on */

#include "explain/explanation.h"

#include "base/json/json_writer.h"
#include "explain/links.h"

#include <math.h>

enum { DIGITS = 15 };

static void put_number(up_json_writer *to, double value)
{
    const bool whole = value == floor(value) && fabs(value) < 1e15;
    if (!isfinite(value))
        up_json_put_null(to);
    else if (whole)
        up_json_put_integer(to, (int64_t)value);
    else
        up_json_put_real(to, value, DIGITS);
}

static void put_integers(up_json_writer *to, const int *value, int count)
{
    up_json_open(to, '[');
    for (int i = 0; i < count; i++)
        up_json_put_integer(to, value[i]);
    up_json_close(to, ']');
}

static void put_pair(up_json_writer *to, const char *key, const int value[2])
{
    up_json_put_key(to, key);
    put_integers(to, value, 2);
}

static void put_text(up_json_writer *to, const char *key, const char *text)
{
    up_json_put_key(to, key);
    up_json_put_text(to, text);
}

static void put_integer(up_json_writer *to, const char *key, int value)
{
    up_json_put_key(to, key);
    up_json_put_integer(to, value);
}

static void put_flag(up_json_writer *to, const char *key, bool flag)
{
    up_json_put_key(to, key);
    up_json_put_flag(to, flag);
}

static void open(up_json_writer *to, const char *key, char bracket)
{
    up_json_put_key(to, key);
    up_json_open(to, bracket);
}

static void put_tensor(up_json_writer *to, const char *key, const up_small *t)
{
    open(to, key, '{');
    open(to, "shape", '[');
    up_json_put_integer(to, t->channels);
    up_json_put_integer(to, t->height);
    up_json_put_integer(to, t->width);
    up_json_close(to, ']');
    open(to, "values", '[');
    for (int c = 0; c < t->channels; c++) {
        up_json_open(to, '[');
        for (int y = 0; y < t->height; y++) {
            up_json_open(to, '[');
            for (int x = 0; x < t->width; x++)
                put_number(to, t->value[((size_t)c * t->height + y) * t->width + x]);
            up_json_close(to, ']');
        }
        up_json_close(to, ']');
    }
    up_json_close(to, ']');
    up_json_close(to, '}');
}

static void put_parameters(up_json_writer *to, const up_explanation *e)
{
    open(to, "parameters", '{');
    put_pair(to, "kernel", e->kernel);
    put_pair(to, "stride", e->stride);
    put_pair(to, "padding", e->padding);
    put_pair(to, "output_padding", e->output_padding);
    put_pair(to, "dilation", e->dilation);
    put_integer(to, "groups", e->groups);
    put_integer(to, "in_channels", e->in_channels);
    put_integer(to, "out_channels", e->out_channels);
    if (e->axis[0]) {
        put_flag(to, "align_corners", e->options.align_corners);
        up_json_put_key(to, "cubic_a");
        up_json_put_real(to, e->options.cubic_a, DIGITS);
    }
    up_json_close(to, '}');
}

static void put_size(up_json_writer *to, const up_explanation *e)
{
    open(to, "size", '{');
    put_text(to, "formula", e->size_formula);
    put_text(to, "rows", e->size_text[0]);
    put_text(to, "columns", e->size_text[1]);
    put_pair(to, "full", e->full);
    put_pair(to, "before", e->before);
    up_json_close(to, '}');
}

static void put_kernel_place(up_json_writer *to, const up_link *l)
{
    if (l->kernel < 0)
        up_json_put_null(to);
    else
        up_json_put_integer(to, l->kernel);
}

static void put_term(up_json_writer *to, const up_explanation *e, const up_link *l, double *sum)
{
    const double product = l->weight * e->x.value[l->in];
    *sum += product;
    up_json_open(to, '[');
    up_json_put_integer(to, e->scatter ? l->out : l->in);
    put_kernel_place(to, l);
    put_number(to, l->weight);
    put_number(to, product);
    put_number(to, *sum);
    up_json_close(to, ']');
}

/* The sum of a step of the output before its terms are told. */
static double sum_of(const up_explanation *e, size_t first, int step)
{
    double sum = 0;
    for (size_t i = first; i < e->links && up_link_step(e, &e->link[i]) == step; i++)
        sum += e->link[i].weight * e->x.value[e->link[i].in];
    return sum;
}

/* `full` are zeros that the sums grow in. */
static void put_steps(up_json_writer *to, const up_explanation *e, up_small *full)
{
    open(to, "steps", '[');
    for (size_t i = 0; i < e->links;) {
        const int step = up_link_step(e, &e->link[i]);
        up_json_open(to, '{');
        put_integer(to, "place", step);
        up_json_put_key(to, "value");
        put_number(to, e->scatter ? e->x.value[step] : sum_of(e, i, step));
        open(to, "terms", '[');
        for (; i < e->links && up_link_step(e, &e->link[i]) == step; i++)
            put_term(to, e, &e->link[i], &full->value[e->link[i].out]);
        up_json_close(to, ']');
        up_json_close(to, '}');
    }
    up_json_close(to, ']');
}

static void put_matrix(up_json_writer *to, const up_explanation *e)
{
    const int in = (int)up_small_count(&e->x), out = (int)up_small_count(&e->y);
    open(to, "W", '{');
    put_integer(to, "rows", e->scatter ? in : out);
    put_integer(to, "columns", e->scatter ? out : in);
    open(to, "entries", '[');
    for (const up_link *l = e->link; l < e->link + e->links; l++) {
        const int column = e->scatter ? up_links_place(e, l->out) : l->in;
        if (column < 0)
            continue;
        up_json_open(to, '[');
        up_json_put_integer(to, up_link_step(e, l));
        up_json_put_integer(to, column);
        put_kernel_place(to, l);
        put_number(to, l->weight);
        up_json_close(to, ']');
    }
    up_json_close(to, ']');
    up_json_close(to, '}');
}

static void put_phases(up_json_writer *to, const up_explanation *e)
{
    open(to, "phases", '[');
    for (int t = 0; t < e->taps;) {
        const int *phase = e->tap[t].phase;
        up_json_open(to, '{');
        put_integer(to, "row", phase[0]);
        put_integer(to, "column", phase[1]);
        open(to, "taps", '[');
        for (; t < e->taps && e->tap[t].phase[0] == phase[0] && e->tap[t].phase[1] == phase[1]; t++)
            put_integers(to,
                         (int[]){ e->tap[t].offset[0], e->tap[t].offset[1], e->tap[t].kernel[0],
                                  e->tap[t].kernel[1] },
                         4);
        up_json_close(to, ']');
        up_json_close(to, '}');
    }
    up_json_close(to, ']');
}

static void put_axis(up_json_writer *to, const char *key, const up_axis_taps *taps, int count)
{
    open(to, key, '[');
    for (int o = 0; o < count; o++) {
        up_json_open(to, '{');
        up_json_put_key(to, "position");
        put_number(to, taps[o].position);
        put_integer(to, "first", taps[o].first);
        open(to, "weights", '[');
        for (int t = 0; t < taps[o].taps; t++)
            put_number(to, taps[o].weight[t]);
        up_json_close(to, ']');
        up_json_close(to, '}');
    }
    up_json_close(to, ']');
}

static void put_ways(up_json_writer *to, const up_explanation *e)
{
    open(to, "ways", '[');
    for (const up_way *w = e->way; w < e->way + e->ways; w++) {
        up_json_open(to, '{');
        put_text(to, "name", w->name);
        put_text(to, "title", w->title);
        put_tensor(to, "output", &w->y);
        up_json_put_key(to, "difference");
        put_number(to, w->difference);
        put_flag(to, "agrees", w->agrees);
        up_json_close(to, '}');
    }
    up_json_close(to, ']');
}

/* What only some ops have. */
static void put_parts(up_json_writer *to, const up_explanation *e)
{
    if (e->inserted.value) {
        open(to, "zero_insertion", '{');
        put_tensor(to, "inserted", &e->inserted);
        put_tensor(to, "kernel", &e->turned);
        up_json_close(to, '}');
    }
    if (e->tap)
        put_phases(to, e);
    if (e->axis[0]) {
        open(to, "axes", '{');
        put_axis(to, "rows", e->axis[0], e->full[0]);
        put_axis(to, "columns", e->axis[1], e->full[1]);
        up_json_close(to, '}');
    }
    if (e->indices.value)
        put_tensor(to, "indices", &e->indices);
    if (e->put_back.value)
        put_tensor(to, "put_back", &e->put_back);
    open(to, "overlap", '{');
    put_tensor(to, "map", &e->overlap);
    if (e->verdict[0]) {
        put_flag(to, "even", e->even);
        put_text(to, "verdict", e->verdict);
    }
    up_json_close(to, '}');
}

char *up_explanation_json(const up_explanation *e)
{
    up_small full;
    up_json_writer to = { 0 };
    if (up_small_make(&full, e->y.channels, e->full[0], e->full[1], NULL) != UP_OK)
        return NULL;
    up_json_open(&to, '{');
    put_text(&to, "op", e->op->name);
    put_text(&to, "summary", e->op->summary);
    put_tensor(&to, "x", &e->x);
    if (e->k.value)
        put_tensor(&to, "kernel", &e->k);
    put_parameters(&to, e);
    put_size(&to, e);
    put_tensor(&to, "output", &e->y);
    put_flag(&to, "scatter", e->scatter);
    put_steps(&to, e, &full);
    put_matrix(&to, e);
    put_parts(&to, e);
    put_ways(&to, e);
    put_flag(&to, "agree", e->agrees);
    up_json_close(&to, '}');
    up_small_free(&full);
    return up_json_take(&to);
}
