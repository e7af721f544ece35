/* SPDX-License-Identifier: MIT */
/* Explanations: that the ways to a result agree, that a wrong one would be found, and that what is
 * told adds up. */
#include "explain/explanation.h"
#include "explain/ways.h"
#include "support/json_data.h"
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 500 };

typedef struct {
    char x[1 << 16], k[1 << 16], indices[1 << 16], words[256];
    up_options options;
    up_explain_options explain;
} random_case;

static void put_values(char *text, int channels, int rows, int columns, bool whole, uint32_t *state)
{
    char *at = text;
    for (int i = 0; i < channels * rows * columns; i++) {
        const char *before = i == 0                      ? ""
                             : i % (rows * columns) == 0 ? "|"
                             : i % columns == 0          ? ";"
                                                         : ",";
        at += whole ? sprintf(at, "%s%d", before, random_below(state, 19) - 9)
                    : sprintf(at, "%s%.4f", before, random_between(state, -3, 3));
    }
}

static void put_positions(char *text, int rows, int columns, int places, uint32_t *state)
{
    char *at = text;
    for (int i = 0; i < rows * columns; i++)
        at += sprintf(at, "%s%d",
                      i == 0        ? ""
                      : i % columns ? ","
                                    : ";",
                      random_below(state, places));
}

static up_pair random_pair(int low, int high, uint32_t *state)
{
    const int range = high - low + 1;
    return (up_pair){ low + random_below(state, range), low + random_below(state, range), true };
}

/* A kernel for 1..3 groups of 1..3 channels in, and out. */
static void make_layer(random_case *c, bool transposed, uint32_t *state)
{
    const int groups = 1 + random_below(state, 3), whole = random_below(state, 2);
    const int ins = 1 + random_below(state, 3), outs = 1 + random_below(state, 3);
    const int most = random_below(state, 20) ? 6 : 16;
    up_layer *l = &c->options.layer;
    l->stride = random_pair(1, 4, state);
    l->padding = random_pair(0, 3, state);
    l->dilation = random_pair(1, 3, state);
    if (transposed)
        l->output_padding = (up_pair){ random_below(state, l->stride.rows),
                                       random_below(state, l->stride.columns), true };
    l->groups = groups;
    put_values(c->x, groups * ins, 1 + random_below(state, most), 1 + random_below(state, most),
               whole, state);
    put_values(c->k, groups * ins * outs, 1 + random_below(state, 5), 1 + random_below(state, 5),
               whole, state);
    snprintf(c->words, sizeof c->words, "stride %d,%d padding %d,%d dilation %d,%d groups %d",
             l->stride.rows, l->stride.columns, l->padding.rows, l->padding.columns,
             l->dilation.rows, l->dilation.columns, groups);
}

static void make_pooling(random_case *c, bool unpool, uint32_t *state)
{
    const int rows = 1 + random_below(state, 6), columns = 1 + random_below(state, 6);
    up_layer *l = &c->options.layer;
    l->kernel = random_pair(1, 3, state);
    l->stride = random_pair(1, 3, state);
    l->ceil_mode = random_below(state, 2);
    put_values(c->x, 1 + (unpool ? 0 : random_below(state, 3)), rows, columns, true, state);
    const int height = (rows - 1) * l->stride.rows + l->kernel.rows;
    const int width = (columns - 1) * l->stride.columns + l->kernel.columns;
    put_positions(c->indices, rows, columns, height * width, state);
}

static void make_enlarging(random_case *c, const char *op, uint32_t *state)
{
    const int scale = 1 + random_below(state, 4);
    const bool shuffle = strcmp(op, "pixel-shuffle") == 0;
    c->options.scale.rows = scale;
    c->options.scale.columns = shuffle ? scale : 1 + random_below(state, 4);
    c->options.align_corners = random_below(state, 2);
    c->options.cubic_a = random_below(state, 2) ? -0.75 : -0.5;
    put_values(c->x, (1 + random_below(state, 3)) * (shuffle ? scale * scale : 1),
               1 + random_below(state, 6), 1 + random_below(state, 6), random_below(state, 2),
               state);
}

/* Half of them transposed convolutions. */
static void make_case(random_case *c, uint32_t *state)
{
    const char *summary;
    const char *op =
        up_explain_op_at(random_below(state, 2) ? 0 : random_below(state, 9), &summary);
    up_options_init(&c->options);
    *c->words = 0;
    c->explain = (up_explain_options){
        .op = op, .input = c->x, .kernel = c->k, .indices = c->indices, .options = &c->options
    };
    if (strcmp(op, "tconv") == 0 || strcmp(op, "conv") == 0)
        make_layer(c, *op == 't', state);
    else if (strncmp(op, "max", 3) == 0)
        make_pooling(c, strcmp(op, "max-unpool") == 0, state);
    else
        make_enlarging(c, op, state);
}

static json_t *json_of(up_explanation *e)
{
    json_error_t problem;
    json_t *json = json_loads(up_explain_json(e), 0, &problem);
    cr_assert_not_null(json, "%s", problem.text);
    return json;
}

static double value_at(const json_t *tensor, int place)
{
    const json_t *shape = json_object_get(tensor, "shape");
    const int rows = (int)json_integer_value(json_array_get(shape, 1));
    const int columns = (int)json_integer_value(json_array_get(shape, 2));
    const json_t *values = json_object_get(tensor, "values");
    values = json_array_get(values, (size_t)(place / columns / rows));
    values = json_array_get(values, (size_t)(place / columns % rows));
    return json_number_value(json_array_get(values, (size_t)(place % columns)));
}

/* The matrix of the JSON, times its input, is its output. */
static void expect_matrix(const json_t *json, const char *words)
{
    const json_t *w = json_object_get(json, "W"), *output = json_object_get(json, "output");
    const json_t *entries = json_object_get(w, "entries");
    const bool scatter = json_is_true(json_object_get(json, "scatter"));
    const int outs = (int)json_integer_value(json_object_get(w, scatter ? "columns" : "rows"));
    double *sum = calloc((size_t)outs, sizeof *sum);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const int row = (int)json_integer_value(json_array_get(entry, 0));
        const int column = (int)json_integer_value(json_array_get(entry, 1));
        sum[scatter ? column : row] += json_number_value(json_array_get(entry, 3)) *
                                       value_at(json_object_get(json, "x"), scatter ? row : column);
    }
    for (int i = 0; i < outs; i++)
        cr_expect_float_eq(sum[i], value_at(output, i), 1e-3, "%s: place %d", words, i);
    free(sum);
}

/* The last sums of the steps are the output, where nothing is cropped. */
static void expect_steps(const json_t *json, const char *words)
{
    const json_t *size = json_object_get(json, "size"), *output = json_object_get(json, "output");
    const json_t *full = json_object_get(size, "full"), *shape = json_object_get(output, "shape");
    const bool scatter = json_is_true(json_object_get(json, "scatter"));
    for (size_t a = 0; a < 2; a++)
        if (!json_equal(json_array_get(full, a), json_array_get(shape, a + 1)))
            return;
    const json_t *steps = json_object_get(json, "steps"), *step, *term;
    size_t i, n;
    int places = 1;
    json_array_foreach(shape, i, step) places *= (int)json_integer_value(step);
    double *last = calloc((size_t)places, sizeof *last);
    json_array_foreach(steps, i, step) json_array_foreach(json_object_get(step, "terms"), n, term)
    {
        const json_t *place = scatter ? json_array_get(term, 0) : json_object_get(step, "place");
        last[json_integer_value(place)] = json_number_value(json_array_get(term, 4));
    }
    for (int p = 0; p < places; p++)
        cr_expect_float_eq(last[p], value_at(output, p), 1e-3, "%s: place %d: %g is not %g", words,
                           p, last[p], value_at(output, p));
    free(last);
}

Test(explain, ways_agree_in_random_cases)
{
    static random_case c;
    uint32_t state = 13;
    int explained = 0, refused = 0, layers = 0;
    while (explained < CASES) {
        up_explanation *e;
        up_error error;
        make_case(&c, &state);
        if (up_explain_open(&e, &c.explain, &error) != UP_OK) {
            cr_assert_eq(error.status, UP_ERROR_ARGUMENT, "%s %s: %s", c.explain.op, c.words,
                         error.message);
            cr_assert_lt(++refused, CASES, "%s", error.message);
            continue;
        }
        cr_expect(up_explain_agrees(e), "%s %s\n--x %s\n--k %s\n%s", c.explain.op, c.words, c.x,
                  c.k, up_explain_text(e, NULL));
        layers += e->ways == 5 && e->k.value;
        cr_expect_geq(e->ways, 3);
        json_t *json = json_of(e);
        expect_matrix(json, c.explain.op);
        expect_steps(json, c.words);
        json_decref(json);
        up_explain_close(&e);
        explained++;
    }
    fprintf(stderr, "%d cases agree, %d of them layers; %d made no sense\n", explained, layers,
            refused);
    cr_expect_geq(layers, CASES / 3);
}

static up_explanation *explain(const char *op, const char *x, const char *k)
{
    const up_explain_options options = { .op = op, .input = x, .kernel = k };
    up_explanation *e;
    up_error error;
    cr_assert_eq(up_explain_open(&e, &options, &error), UP_OK, "%s", error.message);
    return e;
}

Test(explain, a_wrong_way_is_found)
{
    for (int way = 0; way < 5; way++)
        for (int place = 0; place < 9; place++) {
            up_explanation *e = explain("tconv", "0,1;2,3", "0.5,1;2,3");
            cr_assert(up_explain_agrees(e));
            e->way[way].y.value[place] += 1e-4;
            cr_assert_eq(up_ways_compare(e, NULL), UP_OK);
            cr_expect_not(up_explain_agrees(e), "way %d, place %d", way, place);
            cr_expect(strstr(up_explain_text(e, NULL), "DIFFER"));
            up_explain_close(&e);
        }
}

Test(explain, weights_of_an_axis_sum_to_one)
{
    static const char *const ops[] = { "bilinear", "bicubic" };
    for (int i = 0; i < 2; i++) {
        up_explanation *e = explain(ops[i], "1,5,2;3,4,7", NULL);
        json_t *json = json_of(e);
        const json_t *columns = json_data_at(json, "axes/columns"), *at, *weight;
        size_t n, w;
        cr_expect_eq(json_array_size(columns), 6);
        json_array_foreach(columns, n, at)
        {
            double sum = 0;
            json_array_foreach(json_object_get(at, "weights"), w, weight) sum +=
                json_number_value(weight);
            cr_expect_float_eq(sum, 1, 1e-12);
        }
        json_decref(json);
        up_explain_close(&e);
    }
}

Test(explain, overlap_tells_checkerboards)
{
    static const struct {
        const char *k;
        int stride;
        bool even;
        const char *verdict;
    } cases[] = { { "1,1,1,1;1,1,1,1;1,1,1,1;1,1,1,1", 2, true, "4 taps" },
                  { "1,1,1;1,1,1;1,1,1", 2, false, "1 to 4 taps" },
                  { "1,1;1,1", 3, false, "gaps of zeros" },
                  { "1,1,1;1,1,1;1,1,1", 1, true, "9 taps" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_options options;
        up_options_init(&options);
        options.layer.stride = (up_pair){ cases[i].stride, cases[i].stride, true };
        const up_explain_options how = {
            .op = "tconv", .input = "1,1,1;1,1,1;1,1,1", .kernel = cases[i].k, .options = &options
        };
        up_explanation *e;
        cr_assert_eq(up_explain_open(&e, &how, NULL), UP_OK);
        cr_expect_eq(e->even, cases[i].even, "%zu", i);
        cr_expect(strstr(e->verdict, cases[i].verdict), "%s", e->verdict);
        /* With ones everywhere the result is the count. */
        cr_expect_eq(up_small_difference(&e->overlap, &e->y), 0);
        up_explain_close(&e);
    }
}

/* Outputs that lie in the padding alone are zeros, and the rows behind them in their places. */
Test(explain, padding_beyond_the_kernel)
{
    static const struct {
        const char *x, *k;
    } cases[] = { { "3,-4;1,2", "9" },
                  { "3,-4,4;1,1,1;2,2,2;3,3,3", "9,1,1" },
                  { "3,-4,4;1,1,1;2,2,2;3,3,3;5,6,7", "9,1,1;1,1,1" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int padding = 1; padding <= 8; padding++) {
            up_options options;
            up_options_init(&options);
            options.layer.padding = (up_pair){ padding, padding % 3, true };
            const up_explain_options how = {
                .op = "conv", .input = cases[i].x, .kernel = cases[i].k, .options = &options
            };
            up_explanation *e;
            cr_assert_eq(up_explain_open(&e, &how, NULL), UP_OK);
            cr_expect(up_explain_agrees(e), "padding %d\n%s", padding, up_explain_text(e, NULL));
            up_explain_close(&e);
        }
}
