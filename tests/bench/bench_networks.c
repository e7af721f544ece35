/* SPDX-License-Identifier: MIT */
/* Whole networks, with weights of noise: what matters is their shape. */
#include "bench_layers.h"

#include "base/memory.h"
#include "weights/safetensors/safetensors.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MOST_TENSORS 96

/* A network being written down: tensors, and upscale.layers. */
typedef struct {
    up_tensor tensor[MOST_TENSORS];
    size_t shape[MOST_TENSORS][4];
    char name[MOST_TENSORS][16];
    char layers[8192];
    size_t used;
    int tensors, items;
    double multiply_adds;              /* per input pixel */
    char layer[BENCH_MOST_LAYERS][32]; /* the convolutions, and their part of it */
    double layer_work[BENCH_MOST_LAYERS];
    int convolutions;
} network;

static void add_item(network *n, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add_item(network *n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    n->used += (size_t)snprintf(n->layers + n->used, sizeof n->layers - n->used, "%s",
                                n->items++ ? "," : "[");
    n->used += (size_t)vsnprintf(n->layers + n->used, sizeof n->layers - n->used, format, args);
    va_end(args);
}

static void add_tensor(network *n, const char *what, int dims, const size_t shape[4], float most)
{
    int i = n->tensors++;
    size_t elements = 1;
    for (int d = 0; d < dims; d++)
        elements *= n->shape[i][d] = shape[d];
    snprintf(n->name[i], sizeof n->name[i], "%d.%s", n->items, what);
    n->tensor[i] = (up_tensor){
        .name = n->name[i],
        .dtype = UP_DTYPE_F32,
        .dims = dims,
        .shape = n->shape[i],
        .elements = elements,
        .data = bench_noise(elements, -most, most),
        .bytes = elements * sizeof(float),
    };
}

/* Stride 0: a conv2d of the same size. Otherwise a transposed one that enlarges exactly. */
static void add_conv(network *n, size_t in, size_t out, int kernel, int stride)
{
    const size_t side = (size_t)kernel;
    const size_t conv[4] = { out, in, side, side }, transposed[4] = { in, out, side, side };
    add_tensor(n, "weight", 4, stride ? transposed : conv, 1.0f / (float)kernel / (float)kernel);
    add_tensor(n, "bias", 1, (size_t[4]){ out }, 0.1f);
    double work = (double)(in * out * side * side);
    n->multiply_adds += work;
    n->layer_work[n->convolutions] = work;
    snprintf(n->layer[n->convolutions++], sizeof *n->layer, "%s%zu -> %zu, k%d",
             stride ? "transp. " : "", in, out, kernel);
    if (stride)
        add_item(n,
                 "{\"op\":\"conv_transpose2d\",\"name\":\"%d\",\"stride\":%d,\"padding\":%d,"
                 "\"output_padding\":%d}",
                 n->items, stride, kernel / 2, stride - 1);
    else
        add_item(n, "{\"op\":\"conv2d\",\"name\":\"%d\",\"padding\":%d}", n->items, kernel / 2);
}

static void add_prelu(network *n, size_t channels)
{
    add_tensor(n, "weight", 1, (size_t[4]){ channels }, 0.25f);
    add_item(n, "{\"op\":\"prelu\",\"name\":\"%d\"}", n->items);
}

/* FSRCNN(56, 12, 4) x2. */
static void make_fsrcnn(network *n)
{
    static const int conv[][3] = { { 1, 56, 5 },  { 56, 12, 1 }, { 12, 12, 3 }, { 12, 12, 3 },
                                   { 12, 12, 3 }, { 12, 12, 3 }, { 12, 56, 1 } };
    for (size_t i = 0; i < sizeof conv / sizeof *conv; i++) {
        add_conv(n, (size_t)conv[i][0], (size_t)conv[i][1], conv[i][2], 0);
        add_prelu(n, (size_t)conv[i][1]);
    }
    add_conv(n, 56, 1, 9, 2);
}

/* SRVGGNetCompact(64 features, 16 convolutions) x4: realesr-animevideov3. */
static void make_srvgg(network *n)
{
    for (int i = 0; i < 17; i++) {
        add_conv(n, i ? 64 : 3, 64, 3, 0);
        add_prelu(n, 64);
    }
    add_conv(n, 64, 48, 3, 0);
    add_item(n, "{\"op\":\"pixel_shuffle\",\"factor\":4}");
    add_item(n, "{\"op\":\"add\",\"from\":\"input\",\"resize\":\"nearest\"}");
}

static const struct {
    const char *name;
    void (*make)(network *);
    int channels, scale, width, height;
} cases[] = {
    { "FSRCNN(56,12,4) x2 960x540", make_fsrcnn, 1, 2, 960, 540 },
    { "SRVGG(64,16) x4 480x270", make_srvgg, 3, 4, 480, 270 },
};

enum { CASES = sizeof cases / sizeof *cases };

static void write_network(network *n, const char *path)
{
    const up_metadata_item metadata = { "upscale.layers", n->layers };
    up_error error;
    n->used += (size_t)snprintf(n->layers + n->used, sizeof n->layers - n->used, "]");
    bench_check(up_safetensors_write(path, n->tensor, n->tensors, &metadata, 1, true, &error),
                &error);
    for (int i = 0; i < n->tensors; i++)
        up_free((void *)n->tensor[i].data);
}

/* A line per convolution, or two where one is fused into the next, then everything else. */
static void print_layers(const bench_limits *limits, const network *n, const bench_layers *layers,
                         double pixels, double whole)
{
    double rest = whole, work = 0;
    for (int i = 0; i < layers->count; i++) {
        double seconds = layers->seconds[i];
        work += pixels * n->layer_work[i];
        if (seconds == 0) {
            printf("  %s, with\n", n->layer[i]);
            continue;
        }
        double floor = work / limits->multiply_adds;
        printf("  %-22s %9.2f %8.1f %8.2f %5.0f%%\n", n->layer[i], seconds * 1e3,
               2e-9 * work / seconds, floor * 1e3, floor / seconds * 100);
        rest -= seconds;
        work = 0;
    }
    printf("  %-22s %9.2f\n", "everything else", fmax(rest, 0) * 1e3);
    fflush(stdout);
}

/* As many multiply-adds as the network has, and nothing else. */
typedef struct {
    double multiply_adds;
    int threads;
} arithmetic;

static void run_arithmetic(void *state)
{
    const arithmetic *a = state;
    bench_multiply_adds(a->multiply_adds, a->threads);
}

static void run_case(const bench_limits *limits, int i, int threads)
{
    int channels = cases[i].channels, scale = cases[i].scale;
    int width = cases[i].width, height = cases[i].height;
    size_t pixels = (size_t)width * height, cell = (size_t)scale * scale;
    network *n = bench_must(up_alloc_zero(1, sizeof *n));
    char path[256];
    cases[i].make(n);
    bench_make_file(path, ".safetensors");
    write_network(n, path);
    float *in = bench_noise(pixels * channels, 0, 1);
    float *out = bench_must(up_alloc_zero(pixels * channels * cell, sizeof(float)));
    float *exact_out = bench_must(up_alloc_zero(pixels * channels * cell, sizeof(float)));
    bench_upscale job = {
        .in = bench_planes(channels, width, height, in),
        .out = bench_planes(channels, width * scale, height * scale, out),
        .options = { .method = "tconv",
                     .weights = path,
                     .threads = threads,
                     .arithmetic = UP_ARITHMETIC_FAST },
    };
    bench_upscale exact = job;
    exact.out.data = exact_out;
    exact.options.arithmetic = UP_ARITHMETIC_EXACT;
    const bench_work work = {
        .read = (double)pixels * channels * sizeof(float),
        .written = (double)pixels * channels * (double)cell * sizeof(float),
        .multiply_adds = (double)pixels * n->multiply_adds,
    };
    bench_layers layers;
    arithmetic alone = { work.multiply_adds, threads };
    bench_runner runners[] = { bench_upscale_runner(&job),
                               bench_upscale_runner(&exact),
                               { .state = &alone, .run = run_arithmetic } };
    bench_race(runners, 3, threads);
    bench_limits now = limits[threads - 1];
    now.multiply_adds = work.multiply_adds / runners[2].seconds;
    strcpy(runners[1].name, "exact");
    runners[1].off = bench_difference_f32(out, exact_out, pixels * channels * cell);
    bench_race_rows(cases[i].name, runners, 2, 2e-9 * work.multiply_adds, bench_floor(&now, &work));
    double whole = bench_time_layers(&layers, &job);
    print_layers(&now, n, &layers, (double)pixels, whole);
    unlink(path);
    up_free(in);
    up_free(out);
    up_free(exact_out);
    up_free(n);
}

void bench_networks(const bench_limits *limits)
{
    for (int threads = 1; threads <= BENCH_THREADS; threads++) {
        bench_race_header("networks: float32 planes, by turns with arithmetic", "GFLOP/s", threads);
        for (int i = 0; i < CASES; i++)
            run_case(limits, i, threads);
    }
}
