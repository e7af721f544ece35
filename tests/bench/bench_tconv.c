/* SPDX-License-Identifier: MIT */
/* Transposed convolutions on float32 planes, beside neural network libraries. */
#include "bench_race.h"

#include "base/memory.h"
#include "weights/safetensors/safetensors.h"

#include <stdio.h>
#include <unistd.h>

typedef struct {
    const char *name;
    int in_channels, out_channels, kernel, padding, output_padding, width, height;
} tconv_case;

static const tconv_case cases[] = {
    { "3->3 k4 s2 1920x1080", 3, 3, 4, 1, 0, 1920, 1080 },
    { "56->1 k9 s2 960x540", 56, 1, 9, 4, 1, 960, 540 },
    { "64->64 k4 s2 256x256", 64, 64, 4, 1, 0, 256, 256 },
};

enum { STRIDE = 2 };

static bench_tconv_peer *const peers[] = { peer_xnnpack, peer_onednn };

static size_t out_elements(const bench_tconv *t)
{
    return (size_t)t->out_channels * t->out_width * t->out_height;
}

static bench_tconv make_tconv(const tconv_case *c, int threads)
{
    const int grown = c->kernel + c->output_padding - 2 * c->padding;
    bench_tconv t = {
        .in_channels = c->in_channels,
        .out_channels = c->out_channels,
        .kernel = c->kernel,
        .stride = STRIDE,
        .padding = c->padding,
        .output_padding = c->output_padding,
        .threads = threads,
        .width = c->width,
        .height = c->height,
        .out_width = (c->width - 1) * STRIDE + grown,
        .out_height = (c->height - 1) * STRIDE + grown,
    };
    t.weight =
        bench_noise((size_t)c->in_channels * c->out_channels * c->kernel * c->kernel, -0.1f, 0.1f);
    t.in = bench_noise((size_t)c->in_channels * c->width * c->height, 0, 1);
    t.out = bench_must(up_alloc_zero(out_elements(&t), sizeof(float)));
    return t;
}

static void free_tconv(bench_tconv *t)
{
    up_free((float *)t->weight);
    up_free((float *)t->in);
    up_free(t->out);
}

static void write_weights(const bench_tconv *t, const char *path)
{
    const size_t kernel = t->kernel;
    const size_t shape[] = { t->in_channels, t->out_channels, kernel, kernel };
    const size_t elements = shape[0] * shape[1] * kernel * kernel;
    const up_tensor tensor = {
        .name = "weight",
        .dtype = UP_DTYPE_F32,
        .dims = 4,
        .shape = shape,
        .elements = elements,
        .data = t->weight,
        .bytes = elements * sizeof(float),
    };
    up_error error;
    bench_check(up_safetensors_write(path, &tensor, 1, NULL, 0, true, &error), &error);
}

static bench_upscale upscale_job(const bench_tconv *t, const char *weights, float *out)
{
    return (bench_upscale){
        .in = bench_planes(t->in_channels, t->width, t->height, t->in),
        .out = bench_planes(t->out_channels, t->out_width, t->out_height, out),
        .options = { .method = "tconv",
                     .weights = weights,
                     .threads = t->threads,
                     .layer = { .stride = { t->stride, t->stride, true },
                                .padding = { t->padding, t->padding, true },
                                .output_padding = { t->output_padding, t->output_padding,
                                                    true } } },
    };
}

static void race(const bench_limits *limits, const tconv_case *c, int threads)
{
    bench_tconv t = make_tconv(c, threads);
    float *ours = bench_must(up_alloc_zero(out_elements(&t), sizeof(float)));
    char weights[256];
    bench_make_file(weights, ".safetensors");
    write_weights(&t, weights);
    bench_upscale job = upscale_job(&t, weights, ours);
    const double pixels = (double)t.width * t.height;
    const bench_work work = {
        .read = pixels * t.in_channels * sizeof(float),
        .written = (double)out_elements(&t) * sizeof(float),
        .multiply_adds = pixels * t.in_channels * t.out_channels * t.kernel * t.kernel,
    };
    bench_runner runners[BENCH_MOST_RUNNERS] = { bench_upscale_runner(&job) };
    int count = 1;
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++)
        if (peers[i] && peers[i](&t, &runners[count]))
            count++;
    bench_race(runners, count, threads);
    for (bench_runner *r = runners + 1; r < runners + count; r++) {
        r->finish(r->state);
        r->off = bench_difference_f32(ours, t.out, out_elements(&t));
    }
    bench_race_rows(c->name, runners, count, 2e-9 * work.multiply_adds,
                    bench_floor(&limits[threads - 1], &work));
    unlink(weights);
    up_free(ours);
    free_tconv(&t);
}

void bench_tconvs(const bench_limits *limits)
{
    for (int threads = 1; threads <= BENCH_THREADS; threads++) {
        bench_race_header("tconv: transposed convolutions, float32 planes", "GFLOP/s", threads);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            race(limits, &cases[i], threads);
    }
}
