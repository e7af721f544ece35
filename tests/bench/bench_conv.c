/* SPDX-License-Identifier: MIT */
/* Layers of networks, row by row as the pipeline makes them: input and output rows in the cache. */
#include "bench_race.h"

#include "base/memory.h"
#include "ops/conv/conv.h"
#include "ops/conv/conv_winograd.h"

#include <stdio.h>
#include <stdlib.h>

enum { RING = 10 }; /* input rows in memory, used again and again */

typedef struct {
    bool transposed;
    int in, out, kernel, stride, padding, output_padding, groups, width, height;
} layer;

static const layer layers[] = {
    { true, 3, 3, 4, 2, 1, 0, 1, 1920, 1080 },  { true, 1, 1, 4, 2, 1, 0, 1, 1920, 1080 },
    { true, 3, 3, 8, 4, 2, 0, 1, 960, 540 },    { true, 64, 64, 4, 2, 1, 0, 1, 256, 256 },
    { false, 1, 56, 5, 1, 2, 0, 1, 960, 540 },  { false, 56, 12, 1, 1, 0, 0, 1, 960, 540 },
    { false, 12, 12, 3, 1, 1, 0, 1, 960, 540 }, { false, 16, 16, 3, 1, 1, 0, 1, 960, 540 },
    { false, 12, 56, 1, 1, 0, 0, 1, 960, 540 }, { true, 56, 1, 9, 2, 4, 1, 1, 960, 540 },
    { true, 56, 1, 9, 3, 4, 2, 1, 960, 540 },   { true, 56, 1, 9, 4, 4, 3, 1, 960, 540 },
    { false, 12, 1, 3, 1, 1, 0, 1, 960, 540 },  { false, 32, 32, 3, 1, 1, 0, 32, 960, 540 },
    { false, 64, 64, 3, 2, 1, 0, 1, 960, 540 }, { false, 32, 32, 3, 2, 1, 0, 32, 960, 540 },
};

/* 3x3 layers as sums and by tiles: those of networks, and where either is about as fast. */
static const layer squares[] = {
    { false, 64, 64, 3, 1, 1, 0, 1, 480, 270 },  { false, 32, 32, 3, 1, 1, 0, 1, 960, 540 },
    { false, 192, 32, 3, 1, 1, 0, 1, 128, 128 }, { false, 192, 64, 3, 1, 1, 0, 1, 128, 128 },
    { false, 16, 16, 3, 1, 1, 0, 1, 480, 270 },  { false, 12, 12, 3, 1, 1, 0, 1, 480, 270 },
    { false, 8, 8, 3, 1, 1, 0, 1, 480, 270 },    { false, 6, 6, 3, 1, 1, 0, 1, 480, 270 },
    { false, 4, 4, 3, 1, 1, 0, 1, 480, 270 },    { false, 3, 64, 3, 1, 1, 0, 1, 480, 270 },
    { false, 64, 3, 3, 1, 1, 0, 1, 480, 270 },   { false, 6, 64, 3, 1, 1, 0, 1, 480, 270 },
    { false, 64, 12, 3, 1, 1, 0, 1, 480, 270 },  { false, 64, 64, 3, 1, 1, 0, 1, 128, 1 },
    { false, 64, 64, 3, 1, 1, 0, 1, 128, 2 },    { false, 64, 64, 3, 1, 1, 0, 1, 16, 16 },
    { false, 64, 64, 3, 1, 1, 0, 1, 36, 36 },    { false, 16, 16, 3, 1, 1, 0, 1, 33, 33 },
};

typedef struct {
    up_op *op;
    float *in, *made;
    size_t in_pitch, made_pitch; /* floats; odd numbers of cache lines, as in the pipeline */
    int side;
    const void **row;
    void **out, *scratch;
} job;

static void *must(void *block)
{
    if (!block) {
        fprintf(stderr, "upscale_bench: out of memory\n");
        exit(75);
    }
    return block;
}

static void run_rows(const job *j, int y, int rows)
{
    const up_op *op = j->op;
    int first, end, unused;
    op->span(op, 0, y, &first, &unused);
    op->span(op, 0, y + rows - 1, &unused, &end);
    int count = end - first;
    for (int c = 0; c < op->in[0].channels; c++)
        for (int i = 0; i < count; i++)
            j->row[c * count + i] =
                j->in + (c * RING + (first + i + 2 * RING) % RING) * j->in_pitch + j->side;
    up_window window = { j->row, first, count };
    op->run(op, &window, &(up_target){ j->out, y, rows, 0, op->out.width, 0, j->scratch });
}

static void run_layer(void *user)
{
    const job *j = user;
    int height = j->op->out.height, rows;
    for (int y = 0; y < height; y += rows) {
        rows = up_min(j->op->step, height - y);
        run_rows(j, y, rows);
    }
}

static up_op *plan_layer(const layer *l, bool by_tiles, bool *pays)
{
    size_t count = (size_t)l->in * l->out / l->groups * l->kernel * l->kernel;
    float *weight = must(up_alloc(count, sizeof(float)));
    for (size_t i = 0; i < count; i++)
        weight[i] = (float)(i * 29 % 64) / 64 - 0.5f;
    up_conv conv = {
        .transposed = l->transposed,
        .in_channels = l->in,
        .out_channels = l->out,
        .groups = l->groups,
        .kernel = { l->kernel, l->kernel },
        .stride = { l->stride, l->stride },
        .pad_before = { l->padding, l->padding },
        .pad_after = { l->padding, l->padding },
        .output_padding = { l->output_padding, l->output_padding },
        .dilation = { 1, 1 },
        .weight = weight,
    };
    up_shape shape = { l->width, l->height, l->in, sizeof(float), false };
    up_op *op = NULL;
    up_error error;
    if (pays)
        *pays = up_winograd_suits(&conv, &shape);
    if ((by_tiles ? up_winograd_plan : up_conv_plan)(&op, &shape, &conv, &error) != UP_OK) {
        fprintf(stderr, "upscale_bench: %s\n", error.message);
        exit(1);
    }
    up_free(weight);
    return op;
}

static void make_job(job *j, const layer *l, bool by_tiles, bool *pays)
{
    *j = (job){ .op = plan_layer(l, by_tiles, pays) };
    const up_op *op = j->op;
    j->side = (int)up_round_up(up_op_reach(op, 0), UP_LANES);
    j->in_pitch = (up_round_up(l->width, UP_LANES) + 2 * (size_t)j->side + UP_LANES) | UP_LANES;
    j->made_pitch = up_round_up(op->out.width, UP_LANES) | UP_LANES;
    size_t rows = (size_t)l->in * RING, made = (size_t)l->out * op->step;
    j->in = must(up_alloc(j->in_pitch * rows, sizeof(float)));
    for (size_t i = 0; i < j->in_pitch * rows; i++)
        j->in[i] = (float)(i * 37 % 256) / 256;
    j->made = must(up_alloc_zero(j->made_pitch * made, sizeof(float)));
    j->row = must(up_alloc(rows, sizeof *j->row));
    j->out = must(up_alloc(made, sizeof *j->out));
    for (size_t i = 0; i < made; i++)
        j->out[i] = j->made + i * j->made_pitch;
    j->scratch = must(up_alloc(op->scratch, 1));
}

static void free_job(job *j)
{
    up_op_destroy(&j->op);
    up_free(j->in);
    up_free(j->made);
    up_free(j->row);
    up_free(j->out);
    up_free(j->scratch);
}

/* Both by turns. */
static void race_square(const bench_limits *limits, const layer *l)
{
    job direct, tiles;
    bool pays;
    make_job(&direct, l, false, NULL);
    make_job(&tiles, l, true, &pays);
    bench_runner runners[] = { { .state = &direct, .run = run_layer },
                               { .state = &tiles, .run = run_layer } };
    bench_race(runners, 2, 1);
    const double sums = runners[0].seconds, by_tiles = runners[1].seconds;
    const double floor = direct.op->multiply_adds * direct.op->out.height / limits->multiply_adds;
    char name[64];
    snprintf(name, sizeof name, "%d->%d %dx%d", l->in, l->out, l->width, l->height);
    printf("%-24s %9.3f %9.3f %8.2fx %7.0f%% %8s\n", name, sums * 1e3, by_tiles * 1e3,
           sums / by_tiles, floor / by_tiles * 100, pays ? "tiles" : "sums");
    fflush(stdout);
    free_job(&direct);
    free_job(&tiles);
}

static void race_squares(const bench_limits *limits)
{
    printf(
        "\n3x3 convolutions, by turns, and the share of the floor of sums\n%-24s %9s %9s %9s %8s "
        "%8s\n",
        "", "sums, ms", "tiles, ms", "", "share", "chosen");
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
        race_square(limits, &squares[i]);
}

void bench_conv(const bench_limits *limits)
{
    printf("\nconvolutions, %s, one thread\n%-44s %9s %9s %9s %6s\n", up_cpu_name(), "", "ms",
           "GFLOP/s", "floor ms", "share");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        const layer *l = &layers[i];
        job j;
        char name[64];
        make_job(&j, l, false, NULL);
        double work = j.op->multiply_adds * j.op->out.height, floor = work / limits->multiply_adds;
        double seconds = bench_seconds(run_layer, &j);
        snprintf(name, sizeof name, "%s %d->%d k%d s%d%s %dx%d", l->transposed ? "tconv" : "conv",
                 l->in, l->out, l->kernel, l->stride, l->groups > 1 ? " depthwise" : "", l->width,
                 l->height);
        printf("%-44s %9.2f %9.1f %9.2f %5.0f%%\n", name, seconds * 1e3, 2 * work / seconds * 1e-9,
               floor * 1e3, floor / seconds * 100);
        fflush(stdout);
        free_job(&j);
    }
    race_squares(limits);
}
