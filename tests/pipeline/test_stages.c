/* SPDX-License-Identifier: MIT */
/* Whole planes reduced within a graph: against plain sums in double, and the same bits however the
 * run is made. */
#include "ops/arrange/planes.h"
#include "support/network/layered.h"
#include "support/reference/ndarray.h"
#include "support/sanitized.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

TestSuite(stages, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

static const char *write_input(const layered *l)
{
    const int shape[4] = { l->frames, l->channels, l->height, l->width };
    ndarray a = ndarray_make("f4", 4, shape);
    memcpy(a.data, l->input, a.count * sizeof(float));
    const char *path = scratch_path("in.npy");
    ndarray_save(&a, path);
    ndarray_free(&a);
    return path;
}

static size_t output_count(const layered *l)
{
    const up_shape *s = up_graph_shape(&l->graph, l->graph.output[0]);
    return (size_t)s->width * s->height * s->channels;
}

static float *make(layered *l, layered_run *how)
{
    up_status status;
    up_error error;
    float *made = layered_make(l, how, &status, &error);
    cr_assert_eq(status, UP_OK, "%s", error.message);
    return made;
}

static void expect_near(const layered *l, const float *made, int node, const char *what)
{
    const double *want = l->tensor[node].value;
    const size_t count = output_count(l);
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(want[i]));
    made += count * l->frame;
    for (size_t i = 0; i < count; i++)
        cr_assert(fabs(made[i] - want[i]) <= 1e-6 * most, "%s: %g, not %g, at %zu of %zu", what,
                  made[i], want[i], i, count);
}

/* Every way to run it makes the same bits, which are those of the reference. */
static void check_graph(layered *l, int node, const char *what)
{
    static const int bands[] = { 0, 1, 2, 7, 1000 };
    layered_output(l, node);
    const char *path = write_input(l);
    const char *memory = l->frames == 1 ? NULL : path;
    float *want = make(l, &(layered_run){ .threads = 1, .path = memory });
    expect_near(l, want, node, what);
    for (int i = 0; i < 4 * 5 * 3 * 2; i += MANY_OR_FEW(1, 7)) {
        layered_run how = { .threads = 1 + i % 4,
                            .band = bands[i / 4 % 5],
                            .keep = (up_keep)(UP_KEEP_IN_MEMORY + i / 20 % 3),
                            .segments = i % 3 * 3,
                            .path = i < 60 ? memory : path };
        float *got = make(l, &how);
        cr_assert_eq(memcmp(got, want, output_count(l) * l->frames * sizeof *got), 0,
                     "%s: %d threads, bands of %d, kept %d, %d segments, %s make other bits", what,
                     how.threads, how.band, how.keep, how.segments, how.path ? "a file" : "memory");
        free(got);
    }
    free(want);
}

/* x * sigmoid(conv(relu(conv(mean(x))))) */
static int attention(layered *l, int x, int channels)
{
    int s = layered_reduce(l, x, UP_REDUCE_MEAN);
    s = layered_relu(l, layered_conv(l, s, channels / 2, 1));
    return layered_scale(l, x, layered_sigmoid(l, layered_conv(l, s, channels, 1)));
}

Test(stages, channel_attention)
{
    static const int sizes[][2] = { { 1, 1 }, { 1, 77 }, { 61, 1 }, { 37, 203 }, { 20, 331 } };
    for (int i = 0; i < 5; i++) {
        layered l;
        int x = layered_begin(&l, 3, sizes[i][0], sizes[i][1], 1, 0);
        int head = layered_conv(&l, x, 8, 3);
        int body = attention(&l, layered_conv(&l, head, 8, 3), 8);
        body = layered_conv(&l, layered_add(&l, body, head), 3, 3);
        check_graph(&l, layered_add(&l, body, x), "channel attention");
        layered_end(&l);
    }
}

Test(stages, frames_of_a_batch)
{
    for (int frame = 0; frame < 3; frame++) {
        layered l;
        int x = layered_begin(&l, 2, 21, 170, 3, frame);
        int y = attention(&l, layered_conv(&l, x, 4, 3), 4);
        check_graph(&l, layered_conv(&l, y, 2, 3), "a batch");
        layered_end(&l);
    }
}

static const up_reduction kinds[] = { UP_REDUCE_MEAN, UP_REDUCE_MAX, UP_REDUCE_MEAN_VARIANCE,
                                      UP_REDUCE_MEAN_DEVIATION, UP_REDUCE_CONTRAST };

Test(stages, reductions_of_the_input)
{
    for (int k = 0; k < 5; k++) {
        layered l;
        int x = layered_begin(&l, 3, 33, 150, 1, 0);
        int one = layered_reduce(&l, x, kinds[k]);
        if (up_graph_shape(&l.graph, one)->channels > 3)
            x = layered_scale(&l, x, layered_select(&l, one, 3, 3));
        check_graph(&l, layered_shift(&l, x, layered_select(&l, one, 0, 3)), "the input");
        layered_end(&l);
    }
}

/* The result itself: one row, one column. */
Test(stages, reductions_as_outputs)
{
    for (int k = 0; k < 5; k++) {
        layered l;
        int x = layered_begin(&l, 3, 33, 150, 1, 0);
        check_graph(&l, layered_reduce(&l, layered_conv(&l, x, 5, 3), kinds[k]), "a result");
        layered_end(&l);
    }
}

Test(stages, reductions_in_a_row)
{
    layered l;
    int y = layered_begin(&l, 2, 30, 130, 1, 0);
    for (int i = 0; i < 3; i++) {
        y = layered_conv(&l, y, 4, 3);
        int both = layered_reduce(&l, y, i == 1 ? UP_REDUCE_MEAN_VARIANCE : UP_REDUCE_CONTRAST);
        y = layered_shift(&l, y, layered_select(&l, both, 0, 4));
        y = layered_scale(&l, y, layered_sigmoid(&l, layered_conv(&l, both, 4, 1)));
    }
    check_graph(&l, y, "in a row");
    layered_end(&l);
}

/* The first result is used only behind the second; one is never used; skips pass by them all. */
Test(stages, results_that_wait)
{
    layered l;
    int x = layered_begin(&l, 2, 27, 140, 1, 0);
    int early = layered_reduce(&l, layered_conv(&l, x, 6, 3), UP_REDUCE_MEAN);
    int y = attention(&l, layered_conv(&l, x, 6, 3), 6);
    layered_reduce(&l, y, UP_REDUCE_MAX);
    int z = attention(&l, layered_conv_edge(&l, y, 6, 3, UP_EDGE_REFLECT), 6);
    z = layered_scale(&l, layered_conv_edge(&l, z, 6, 3, UP_EDGE_CLAMP), early);
    z = layered_concat(&l, (int[]){ z, y, x }, 3);
    check_graph(&l, layered_conv(&l, z, 2, 5), "waiting");
    layered_end(&l);
}

/* What a plane comes to may need padding of its own, and apply to all channels. */
Test(stages, small_tensors_are_tensors)
{
    layered l;
    int x = layered_begin(&l, 2, 9, 80, 1, 0);
    int one = layered_reduce(&l, x, UP_REDUCE_MEAN);
    one = layered_conv_edge(&l, layered_conv(&l, one, 3, 3), 1, 3, UP_EDGE_CLAMP);
    check_graph(&l, layered_scale(&l, layered_concat(&l, (int[]){ x, x, x }, 3), one), "small");
    layered_end(&l);
}

/* ---- views */

Test(stages, dense_blocks_of_views)
{
    layered l;
    int part[20], x = layered_begin(&l, 3, 25, 190, 1, 0);
    part[0] = layered_conv(&l, x, 4, 3);
    for (int i = 1; i < 20; i++) {
        int all = layered_concat(&l, part, i);
        part[i] = layered_relu(&l, layered_conv_edge(&l, all, 2, i % 2 ? 3 : 1, (up_edge)(i % 3)));
    }
    int all = layered_concat(&l, part, 20);
    int some = layered_select(&l, layered_select(&l, all, 2, 30), 1, 7);
    check_graph(&l, layered_concat(&l, (int[]){ some, all, some, x }, 4), "dense");
    layered_end(&l);
}

Test(stages, views_take_no_rings)
{
    layered l;
    int part[5], x = layered_begin(&l, 3, 25, 190, 1, -1);
    for (int i = 0; i < 5; i++)
        part[i] = layered_conv(&l, i ? layered_concat(&l, part, i) : x, 4, 3);
    layered_output(&l, layered_concat(&l, part, 5));
    free(make(&l, &(layered_run){ .threads = 1 }));
    for (int n = 1; n < l.graph.count; n++) {
        const up_node *node = &l.graph.node[n];
        cr_expect_eq(node->view, node->op->view);
        cr_expect(!(node->view && (up_graph_keeps(node) || node->consumers || node->output)));
        cr_expect_neq(strcmp(node->op->name, "copy"), 0);
    }
    layered_end(&l);
}

/* ---- what is chosen */

/* As long as residual attention networks are. */
static void long_chain(layered *l, int blocks, int side)
{
    int x = layered_begin(l, 3, side, side, 1, -1);
    int head = layered_conv(l, x, 16, 3), y = head;
    for (int b = 0; b < blocks; b++) {
        int z = layered_conv(l, layered_relu(l, layered_conv(l, y, 16, 3)), 16, 3);
        y = layered_add(l, y, attention(l, z, 16));
    }
    layered_output(l, layered_conv(l, layered_add(l, y, head), 3, 3));
}

Test(stages, a_hundred_blocks)
{
    layered l;
    const int blocks = MANY_OR_FEW(100, 8);
    long_chain(&l, blocks, 64);
    float *want = make(&l, &(layered_run){ .threads = 1, .keep = UP_KEEP_IN_MEMORY });
    for (int i = 0; i < 2; i++) {
        layered_run how = { .threads = 2, .keep = i ? UP_KEEP_IN_MEMORY : UP_KEEP_IN_FILES };
        float *got = make(&l, &how);
        cr_expect_eq(how.stages, blocks + 1);
        cr_assert_eq(memcmp(got, want, output_count(&l) * sizeof *got), 0);
        free(got);
    }
    free(want);
    layered_end(&l);
}

/* Memory where it is enough; else making again if that is little; else files. */
Test(stages, the_cheapest_way_is_taken)
{
    layered l;
    long_chain(&l, 1, 256);
    layered_run least = { .threads = 1 }, most = { .threads = 1, .spare = (size_t)1 << 30 };
    layered_run remade = { .threads = 1, .spare = (size_t)1 << 20 };
    free(make(&l, &least));
    free(make(&l, &most));
    free(make(&l, &remade));
    cr_expect_eq(most.in_files, 0);
    cr_expect_gt(most.in_memory, 1);
    cr_expect_eq(remade.in_files + remade.in_memory, 0); /* the source is in memory as it is */
    cr_expect_gt(remade.multiply_adds, most.multiply_adds);
    cr_expect_leq(remade.multiply_adds, 2 * most.multiply_adds);
    layered_end(&l);

    long_chain(&l, 8, 256); /* too long to be made again */
    layered_run some = { .threads = 1, .spare = (size_t)6 << 20 };
    least = (layered_run){ .threads = 1 };
    free(make(&l, &some));
    free(make(&l, &least));
    cr_expect_gt(some.in_files, 0);
    cr_expect_gt(some.in_memory, 0);
    cr_expect_eq(least.in_memory, 0);
    cr_expect_lt(least.bytes, some.bytes);
    cr_expect_leq(some.bytes, least.bytes + some.spare);
    layered_end(&l);
}

/* ---- segments */

static int deep_trunk(layered *l, int x, int blocks)
{
    const int head = layered_conv(l, x, 4, 3);
    int y = head;
    for (int b = 0; b < blocks; b++) {
        int part[3] = { y, 0, 0 };
        part[1] = layered_relu(l, layered_conv(l, y, 3, 3));
        part[2] = layered_conv_edge(l, layered_concat(l, part, 2), 2, 3, (up_edge)(b % 3));
        y = layered_add(l, y, layered_conv(l, layered_concat(l, part, 3), 4, 3));
    }
    return layered_conv(l, layered_add(l, y, head), 3, 3);
}

Test(stages, segments_of_a_deep_trunk)
{
    layered l;
    int x = layered_begin(&l, 3, 23, 210, 1, 0);
    int y = deep_trunk(&l, x, 14);
    check_graph(&l, layered_add(&l, y, x), "a trunk");
    float *want = make(&l, &(layered_run){ .threads = 1, .keep = UP_KEEP_IN_MEMORY });
    for (int segments = 1; segments <= 40; segments += MANY_OR_FEW(3, 9)) {
        layered_run how = { .threads = 2,
                            .segments = segments,
                            .keep = segments % 2 ? UP_KEEP_IN_MEMORY : UP_KEEP_IN_FILES };
        float *got = make(&l, &how);
        cr_expect_leq(how.stages, segments);
        cr_expect(segments > 5 || how.stages == segments);
        cr_assert_eq(memcmp(got, want, output_count(&l) * sizeof *got), 0, "%d", segments);
        free(got);
    }
    free(want);
    layered_end(&l);
}

/* Strips of a deep trunk would have most of their columns in common. */
Test(stages, threads_share_a_deep_trunk)
{
    layered l;
    int x = layered_begin(&l, 3, 16, 512, 1, -1);
    layered_output(&l, deep_trunk(&l, x, 100)); /* 302 layers */
    layered_run one = { .threads = 1 }, many = { .threads = SANITIZED ? 4 : 64 };
    float *want = make(&l, &one), *got = make(&l, &many);
    cr_expect_eq(many.stages, 1);
    cr_expect_lt(many.strips, 4);
    cr_expect_lt(many.excess, 1.15);
    cr_assert_eq(memcmp(got, want, output_count(&l) * sizeof *got), 0);
    free(want);
    free(got);
    layered_end(&l);
}

/* Enough work in a row for slices of it, and columns that are no multiple of theirs. */
Test(stages, slices_change_no_bit)
{
    layered l;
    int x = layered_begin(&l, 3, 21, 338, 1, -1), y = layered_conv(&l, x, 32, 3);
    for (int i = 0; i < MANY_OR_FEW(24, 18); i++)
        y = layered_add(&l, layered_relu(&l, layered_conv(&l, y, 32, 3)), y);
    layered_output(&l, layered_conv(&l, y, 5, 3));
    float *want = make(&l, &(layered_run){ .threads = 1 });
    for (int i = 0; i < 12; i += MANY_OR_FEW(1, 5)) {
        static const int bands[] = { 0, 3, 1000 };
        layered_run how = { .threads = 2 + i % 4, .band = bands[i / 4] };
        float *got = make(&l, &how);
        cr_expect_eq(how.strips, 1);
        cr_assert_eq(memcmp(got, want, output_count(&l) * sizeof *got), 0,
                     "%d threads, bands of %d", how.threads, how.band);
        free(got);
    }
    free(want);
    layered_end(&l);
}

static size_t peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss << 10;
}

/* Frames of 64 MiB, of which a few rows are in memory. */
Test(stages, files_keep_to_what_was_promised)
{
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    const size_t slack = (size_t)4 << 20;
    layered l;
    long_chain(&l, 2, 1024);
    const char *path = write_input(&l);
    for (int threads = 1; threads <= 3; threads += 2) {
        layered_run how = { .threads = threads, .keep = UP_KEEP_IN_FILES, .path = path };
        const size_t output = output_count(&l) * sizeof(float), before = peak_bytes();
        free(make(&l, &how));
        cr_expect_gt(how.in_files, 2);
        cr_expect_lt(how.bytes, (size_t)48 << 20);
        cr_expect_leq(peak_bytes(), before + output + how.bytes + slack, "%zu KiB, promised %zu",
                      (peak_bytes() - before - output) >> 10, how.bytes >> 10);
    }
    layered_end(&l);
}

static void note_progress(void *user, double done)
{
    double *last = user;
    cr_expect(done >= *last && done <= 1 + 1e-12, "%g after %g", done, *last);
    *last = done;
}

Test(stages, progress_grows)
{
    layered l;
    long_chain(&l, 3, 64);
    double last = 0;
    layered_run how = { .threads = 1, .progress = note_progress, .user = &last };
    free(make(&l, &how));
    cr_expect_float_eq(last, 1, 1e-9);
    last = 0;
    how.path = write_input(&l);
    free(make(&l, &how));
    cr_expect_float_eq(last, 1, 1e-9);
    layered_end(&l);
}

static void cancel_late(void *user, double done)
{
    *(volatile int *)user = done > 0.6;
}

Test(stages, cancel_stops_a_later_stage)
{
    layered l;
    volatile int cancel = 0;
    up_status status;
    up_error error;
    long_chain(&l, 5, 64);
    layered_run how = {
        .threads = 2, .cancel = &cancel, .progress = cancel_late, .user = (void *)&cancel
    };
    cr_assert_null(layered_make(&l, &how, &status, &error));
    cr_expect_eq(status, UP_ERROR_INTERRUPTED);
    layered_end(&l);
}

Test(stages, files_that_find_no_room)
{
    layered l;
    up_status status;
    up_error error;
    long_chain(&l, 1, 64);
    setenv("TMPDIR", scratch_path("missing"), 1);
    layered_run how = { .threads = 1, .keep = UP_KEEP_IN_FILES };
    cr_assert_null(layered_make(&l, &how, &status, &error));
    cr_expect_eq(status, UP_ERROR_OUTPUT);
    cr_expect(strstr(error.message, "TMPDIR"), "%s", error.message);
    unsetenv("TMPDIR");
    layered_end(&l);
}

/* ---- accuracy */

/* A large offset makes differences of squares worthless. */
Test(stages, deviations_keep_their_digits)
{
    enum { SIDE = 300 };
    up_op *op;
    const up_shape in = up_float_shape(SIDE, SIDE, 1);
    float *row = malloc(SIDE * sizeof *row), result[2];
    double *parts = malloc(2 * SIDE * sizeof *parts), sum = 0, squares = 0;
    cr_assert_eq(up_reduce_plan(&op, &in, UP_REDUCE_MEAN_VARIANCE, NULL), UP_OK);
    for (int pass = 0; pass < 2; pass++)
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                row[x] = 30000 + (float)((x * 37 + y * 101) % 64) / 64;
                double difference = row[x] - sum / (SIDE * SIDE);
                sum += pass ? 0 : row[x];
                squares += pass ? difference * difference : 0;
            }
            const up_window window = { (const void *const[]){ row }, y, 1 };
            const up_target to = { (void *const[]){ parts, parts + SIDE }, y, 1, 0, SIDE, 0, NULL };
            op->run(op, &window, &to);
        }
    const up_whole whole = { .rows = parts,
                             .plane_bytes = SIDE * sizeof *parts,
                             .result = result,
                             .result_plane_bytes = sizeof *result };
    cr_assert_eq(op->finish(op, &whole, NULL), UP_OK);
    const double mean = sum / (SIDE * SIDE), variance = squares / (SIDE * SIDE);
    cr_expect_float_eq(result[0], mean, 1e-7 * mean);
    cr_expect_float_eq(result[1], variance, 1e-7 * variance);
    up_op_destroy(&op);
    free(row);
    free(parts);
}
