/* SPDX-License-Identifier: MIT */
/* The dry run leaves out what repeats: what it comes to is what the whole of it does. */
#include "api/plan.h"
#include "base/memory.h"
#include "support/network/network_file.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(period, .init = scratch_init, .fini = scratch_fini);

typedef struct {
    const char *method;
    int width, height, threads, band;
    double rows, columns;
    up_options options;
} picture;

/* A header alone. */
static up_image *open_stated(const picture *p)
{
    up_image *image;
    up_error error;
    char text[64];
    const int size = snprintf(text, sizeof text, "P6 %d %d 255\n", p->width, p->height);
    file_write(scratch_path("stated.ppm"), text, (size_t)size);
    cr_assert_eq(up_image_open(&image, scratch_path("stated.ppm"), &error), UP_OK, "%s",
                 error.message);
    return image;
}

static up_plan *plan_of(const picture *p, up_image *image)
{
    up_plan *plan;
    up_error error;
    up_options options = p->options;
    options.method = p->method;
    options.threads = p->threads;
    options.band = p->band;
    options.scale.rows = p->rows;
    options.scale.columns = p->columns;
    cr_assert_eq(up_plan_create(&plan, image, "o.png", &options, &error), UP_OK, "%s",
                 error.message);
    return plan;
}

typedef struct {
    int *rows, *share, *input_end, chunks;
    size_t scratch;
} dry;

static dry result_of(const up_graph *graph)
{
    dry d = { .rows = up_alloc(graph->count, sizeof(int)),
              .share = up_alloc(graph->count, sizeof(int)),
              .input_end = up_alloc(graph->chunks, sizeof(int)),
              .chunks = graph->chunks,
              .scratch = graph->scratch };
    for (int n = 0; n < graph->count; n++) {
        d.rows[n] = graph->node[n].rows;
        d.share[n] = graph->node[n].share;
    }
    memcpy(d.input_end, graph->input_end, graph->chunks * sizeof(int));
    return d;
}

static void check_same(const dry *fast, const dry *whole, int count, const char *what)
{
    cr_assert_eq(fast->chunks, whole->chunks, "%s", what);
    cr_assert_eq(fast->scratch, whole->scratch, "%s: %zu and %zu", what, fast->scratch,
                 whole->scratch);
    for (int n = 0; n < count; n++) {
        cr_assert_eq(fast->rows[n], whole->rows[n], "%s: node %d: %d and %d rows", what, n,
                     fast->rows[n], whole->rows[n]);
        cr_assert_eq(fast->share[n], whole->share[n], "%s: node %d", what, n);
    }
    for (int c = 0; c < fast->chunks; c++)
        cr_assert_eq(fast->input_end[c], whole->input_end[c], "%s: chunk %d: %d and %d", what, c,
                     fast->input_end[c], whole->input_end[c]);
}

static void dry_free(dry *d)
{
    up_free(d->rows);
    up_free(d->share);
    up_free(d->input_end);
}

/* Without repeat() every band is walked. */
static void check_stage(up_graph *graph, const char *what)
{
    const int chunks = graph->chunks; /* may be less of them the second time */
    cr_assert_eq(up_graph_prepare(graph, chunks, graph->band, NULL, NULL), UP_OK);
    dry fast = result_of(graph);
    for (int n = graph->inputs; n < graph->count; n++)
        graph->node[n].op->repeat = NULL;
    cr_assert_eq(up_graph_prepare(graph, chunks, graph->band, NULL, NULL), UP_OK);
    dry whole = result_of(graph);
    check_same(&fast, &whole, graph->count, what);
    dry_free(&fast);
    dry_free(&whole);
}

static void check(const picture *p)
{
    char what[128];
    snprintf(what, sizeof what, "%s, %dx%d, by %g and %g, bands of %d", p->method, p->width,
             p->height, p->rows, p->columns, p->band);
    up_image *image = open_stated(p);
    up_plan *plan = plan_of(p, image);
    for (int s = 0; s < plan->run.stages.count; s++)
        check_stage(plan->run.stages.stage[s].graph, what);
    up_plan_destroy(&plan);
    up_image_close(&image);
}

static const char *const methods[] = { "nearest",      "bilinear", "bicubic",    "lanczos",
                                       "bed-of-nails", "tconv",    "tconv:large" };

Test(period, dry_run_is_the_same_with_everything_walked)
{
    static const double scales[] = { 2, 3, 4 };
    static const int bands[] = { 0, 1, 3, 17 };
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (int s = 0; s < 3; s++)
            for (int b = 0; b < 4; b++)
                check(&(picture){ methods[m],
                                  700 - 137 * b,
                                  1500 + 7 * b,
                                  1 + b % 2,
                                  bands[b],
                                  scales[s],
                                  scales[s],
                                  { 0 } });
}

Test(period, dry_run_is_the_same_at_odd_scales)
{
    static const double rows[] = { 1.5, 2.3, 0.5, 0.37, 1, 7.0 / 3 };
    for (size_t m = 0; m < 4; m++)
        for (size_t s = 0; s < sizeof rows / sizeof *rows; s++) {
            check(&(picture){ methods[m], 90, 6000, 2, 0, rows[s], 1.25, { 0 } });
            check(&(picture){ methods[m], 3000, 400, 2, 5, rows[s], 2, { 0 } });
            check(&(picture){ methods[m], 1, 1, 2, 0, 3 * rows[s], 2, { 0 } });
            check(&(picture){ methods[m],
                              50,
                              900,
                              1,
                              0,
                              rows[s],
                              rows[s],
                              { .linear = true, .no_antialias = true } });
        }
}

Test(period, dry_run_is_the_same_with_back_projection)
{
    check(&(picture){ "lanczos", 500, 1200, 2, 0, 2, 2, { .back_project = 3 } });
    check(&(picture){ "tconv", 90, 5000, 2, 0, 3, 3, { .back_project = 2 } });
}

/* A network of paddings alone, each as `field` says, which make a picture far higher and wider
 * before it is reduced to its size again. */
static const char *pads_file(int pads, const char *field)
{
    static char path[512];
    char layers[8192];
    size_t used = 0;
    for (int i = 0; i < pads; i++)
        used += (size_t)snprintf(layers + used, sizeof layers - used, "%s{'op':'pad',%s}",
                                 i ? "," : "[", field);
    cr_assert_lt(used + 2, sizeof layers);
    strcpy(layers + used, "]");
    tensor_file bytes = network_file("", layers, "'upscale.channels':'3'");
    snprintf(path, sizeof path, "%s", scratch_path("pads.safetensors"));
    file_write(path, bytes.bytes, bytes.size);
    tensor_file_free(&bytes);
    return path;
}

Test(period, dry_run_is_the_same_of_paddings)
{
    static const char *const fields[] = {
        "'amount':300",
        "'amount':[700,3],'mode':'replicate'",
        "'amount':[90,5,20,1],'mode':'reflect'",
        "'amount':[400,0,10,0],'value':0.5",
    };
    static const int bands[] = { 0, 1, 7 };
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        for (int b = 0; b < 3; b++)
            check(&(picture){ "tconv",
                              40,
                              200,
                              1 + b % 2,
                              bands[b],
                              1,
                              1,
                              { .weights = pads_file(5, fields[f]) } });
}

/* What the dry run asks ops for is counted on the way to them. */
enum { MOST_OPS = 80 };
static struct {
    const up_op *op;
    void (*span)(const up_op *op, int input, int y, int *first, int *end);
} asked[MOST_OPS];
static int ops;
static int64_t calls;

static void counted_span(const up_op *op, int input, int y, int *first, int *end)
{
    int i = 0;
    while (asked[i].op != op)
        i++;
    calls++;
    asked[i].span(op, input, y, first, end);
}

static int64_t calls_to_prepare(up_graph *graph)
{
    ops = 0;
    calls = 0;
    for (int n = graph->inputs; n < graph->count; n++) {
        up_op *op = graph->node[n].op;
        cr_assert_lt(ops, MOST_OPS);
        asked[ops].op = op;
        asked[ops++].span = op->span;
        op->span = counted_span;
    }
    cr_assert_eq(up_graph_prepare(graph, graph->chunks, graph->band, NULL, NULL), UP_OK);
    return calls;
}

static int64_t calls_to_plan(const picture *p)
{
    int64_t all = 0;
    up_image *image = open_stated(p);
    up_plan *plan = plan_of(p, image);
    for (int s = 0; s < plan->run.stages.count; s++)
        all += calls_to_prepare(plan->run.stages.stage[s].graph);
    up_plan_destroy(&plan);
    up_image_close(&image);
    return all;
}

/* However many rows a header states: one question for each of them would be a hundred million. */
Test(period, planning_takes_no_longer_for_more_rows)
{
    enum { MOST_CALLS = 200000 };
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        const int64_t high =
            calls_to_plan(&(picture){ methods[m], 1, 134217000, 1, 0, 2, 2, { 0 } });
        cr_expect_lt(high, MOST_CALLS, "%s: %lld calls", methods[m], (long long)high);
    }
    const int64_t wide = calls_to_plan(
        &(picture){ "tconv", 65536, 65536000, 2, 0, 2, 2, { .max_memory = (size_t)1 << 44 } });
    cr_expect_lt(wide, MOST_CALLS, "%lld calls", (long long)wide);
}

/* Rows that a network puts around a picture are not asked for one by one either: eight million
 * here, of each of sixty layers. */
Test(period, planning_takes_no_longer_for_more_padding)
{
    const char *weights = pads_file(60, "'amount':65536");
    const int64_t calls_made = calls_to_plan(&(picture){
        "tconv", 100, 100, 1, 0, 1, 1, { .weights = weights, .max_memory = (size_t)1 << 60 } });
    cr_expect_lt(calls_made, 1000000, "%lld calls", (long long)calls_made);
}

/* At a scale at which nothing repeats. */
Test(period, planning_can_be_cancelled)
{
    volatile int cancel = 1;
    up_error error;
    up_plan *plan;
    up_image *image = open_stated(&(picture){ .width = 1, .height = 100000007 });
    const up_options options = {
        .method = "bicubic", .width = 2, .height = 199999999, .cancel = &cancel
    };
    cr_assert_eq(up_plan_create(&plan, image, "o.png", &options, &error), UP_ERROR_INTERRUPTED);
    up_image_close(&image);
}
