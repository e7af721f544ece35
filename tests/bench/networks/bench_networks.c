/* SPDX-License-Identifier: MIT */
/* Whole networks by turns with ncnn, with weights of noise. */
#include "bench_layers.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* FSRCNN(56, 12, 4) x2. */
static void make_fsrcnn(bench_design *d, int blob)
{
    static const int conv[][3] = { { 1, 56, 5 },  { 56, 12, 1 }, { 12, 12, 3 }, { 12, 12, 3 },
                                   { 12, 12, 3 }, { 12, 12, 3 }, { 12, 56, 1 } };
    for (size_t i = 0; i < sizeof conv / sizeof *conv; i++) {
        blob = bench_add_conv(d, blob, conv[i][0], conv[i][1], conv[i][2], 1);
        blob = bench_add_prelu(d, blob, conv[i][1]);
    }
    bench_add_tconv(d, blob, 56, 1, 9, 2);
}

/* 3x3 convolutions of as many channels, the last makes `cells` for each input channel. */
static int make_body(bench_design *d, int blob, int in, int channels, int layers, int cells)
{
    for (int i = 0; i < layers - 1; i++) {
        blob = bench_add_conv(d, blob, i ? channels : in, channels, 3, 1);
        blob = bench_add_prelu(d, blob, channels);
    }
    return bench_add_conv(d, blob, channels, cells * in, 3, 1);
}

/* tconv:small and tconv:large of x2, but for what lies around the network. */
static void make_small(bench_design *d, int blob)
{
    bench_add_shuffle(d, make_body(d, blob, 1, 12, 11, 4), 2);
}

static void make_large(bench_design *d, int blob)
{
    bench_add_shuffle(d, make_body(d, blob, 1, 32, 15, 4), 2);
}

/* SRVGGNetCompact(64 features, 16 convolutions) x4: realesr-animevideov3. */
static void make_srvgg(bench_design *d, int blob)
{
    int input[2];
    bench_add_split(d, blob, input, 2);
    int residual = bench_add_shuffle(d, make_body(d, input[0], 3, 64, 18, 16), 4);
    bench_add_sum(d, residual, bench_add_resize(d, input[1], 4));
}

/* A block of five convolutions, each of which reads what all before it made. */
static int add_dense_block(bench_design *d, int blob)
{
    enum { FEATURES = 64, GROWTH = 32, CONVS = 5, SLOTS = CONVS + 1 };
    int made[CONVS][SLOTS]; /* what the block is given and its layers make, for each reader */
    bench_add_split(d, blob, made[0], SLOTS);
    for (int i = 0; i < CONVS; i++) {
        int read[CONVS];
        for (int k = 0; k <= i; k++)
            read[k] = made[k][i];
        int joined = i ? bench_add_concat(d, read, i + 1) : read[0];
        bool last = i == CONVS - 1;
        blob = bench_add_conv(d, joined, FEATURES + i * GROWTH, last ? FEATURES : GROWTH, 3,
                              last ? 1 : 0.2f);
        if (!last)
            bench_add_split(d, blob, &made[i + 1][i + 1], CONVS - 1 - i);
    }
    return bench_add_sum(d, bench_add_scale(d, blob, 0.2f), made[0][CONVS]);
}

/* RRDBNet(64 features, 2 blocks) x4: Real-ESRGAN has 23 of them. */
static void make_rrdb(bench_design *d, int blob)
{
    int first[2], outer[2];
    bench_add_split(d, bench_add_conv(d, blob, 3, 64, 3, 1), first, 2);
    blob = first[0];
    for (int block = 0; block < 2; block++) {
        bench_add_split(d, blob, outer, 2);
        blob = outer[0];
        for (int i = 0; i < 3; i++)
            blob = add_dense_block(d, blob);
        blob = bench_add_sum(d, bench_add_scale(d, blob, 0.2f), outer[1]);
    }
    blob = bench_add_sum(d, bench_add_conv(d, blob, 64, 64, 3, 1), first[1]);
    for (int i = 0; i < 2; i++)
        blob = bench_add_conv(d, bench_add_resize(d, blob, 2), 64, 64, 3, 0.2f);
    bench_add_conv(d, bench_add_conv(d, blob, 64, 64, 3, 0.2f), 64, 3, 3, 1);
}

static const struct {
    const char *name;
    void (*make)(bench_design *design, int input);
    int channels, scale, width, height;
} cases[] = {
    { "FSRCNN(56,12,4) x2 960x540", make_fsrcnn, 1, 2, 960, 540 },
    { "small x2 960x540", make_small, 1, 2, 960, 540 },
    { "large x2 960x540", make_large, 1, 2, 960, 540 },
    { "SRVGG(64,16) x4 480x270", make_srvgg, 3, 4, 480, 270 },
    { "RRDBNet(64,2) x4 128x128", make_rrdb, 3, 4, 128, 128 },
};

enum { CASES = sizeof cases / sizeof *cases };

/* A line for the layers of each shape, whatever lies between them, then everything else. What is
 * fused with its successor has a line together with that. */
static void print_layers(const bench_limits *limits, const bench_design *d,
                         const bench_layers *layers, double pixels, double whole)
{
    struct {
        char name[80];
        double seconds, work;
        int layers;
    } line[BENCH_MOST_LAYERS] = { 0 };
    char name[80] = "";
    double work = 0;
    int lines = 0;
    for (int i = 0; i < layers->count; i++) {
        snprintf(name + strlen(name), sizeof name - strlen(name), "%s%s", work > 0 ? ", and " : "",
                 d->layer[i]);
        work += pixels * d->layer_work[i];
        if (layers->seconds[i] == 0)
            continue;
        int at = 0;
        while (at < lines && strcmp(line[at].name, name) != 0)
            at++;
        lines += at == lines;
        strcpy(line[at].name, name);
        line[at].seconds += layers->seconds[i];
        line[at].work += work;
        line[at].layers++;
        whole -= layers->seconds[i];
        work = 0;
        *name = 0;
    }
    for (int i = 0; i < lines; i++) {
        double floor = line[i].work / limits->multiply_adds;
        if (line[i].layers > 1)
            sprintf(line[i].name + strlen(line[i].name), ", %d times", line[i].layers);
        printf("  %-30s %9.2f %8.1f %8.2f %5.0f%%\n", line[i].name, line[i].seconds * 1e3,
               2e-9 * line[i].work / line[i].seconds, floor * 1e3, floor / line[i].seconds * 100);
    }
    printf("  %-30s %9.2f\n", "everything else", fmax(whole, 0) * 1e3);
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

/* upscale by each kind of arithmetic, the usual one first. */
enum { WAYS = 3 };
static const struct {
    up_arithmetic arithmetic;
    const char *name; /* NULL: upscale */
} ways[WAYS] = {
    { UP_ARITHMETIC_FAST, NULL },
    { UP_ARITHMETIC_EXACT, "exact" },
    { UP_ARITHMETIC_BFLOAT16, "bfloat16" },
};

/* A network's files, the jobs on it, and what is made of them. */
typedef struct {
    bench_design design;
    char param[256], bin[256];
    float *in, *out[WAYS + 1]; /* the last is ncnn's */
    size_t made;               /* values of each */
    bench_upscale job[WAYS];
    bench_network network;
    arithmetic alone;
} contest;

static void set_up(contest *c, int i, int threads)
{
    const int channels = cases[i].channels, scale = cases[i].scale;
    const int width = cases[i].width, height = cases[i].height;
    const size_t values = (size_t)width * height * channels;
    c->made = values * scale * scale;
    bench_make_file(c->param, ".param");
    snprintf(c->bin, sizeof c->bin, "%.*s.bin", (int)(strlen(c->param) - strlen(".param")),
             c->param);
    cases[i].make(&c->design, bench_design_begin(&c->design, c->bin));
    bench_design_end(&c->design, c->param);
    c->in = bench_noise(values, 0, 1);
    for (int k = 0; k <= WAYS; k++)
        c->out[k] = bench_must(up_alloc_zero(c->made, sizeof(float)));
    for (int k = 0; k < WAYS; k++)
        c->job[k] = (bench_upscale){
            .in = bench_planes(channels, width, height, c->in),
            .out = bench_planes(channels, width * scale, height * scale, c->out[k]),
            .options = { .method = "tconv",
                         .weights = c->param,
                         .threads = threads,
                         .arithmetic = ways[k].arithmetic },
        };
    c->network = (bench_network){
        .param = c->param,
        .bin = c->bin,
        .threads = threads,
        .channels = channels,
        .width = width,
        .height = height,
        .in = c->in,
        .result_blob = c->design.blobs - 1,
        .out = c->out[WAYS],
    };
    c->alone = (arithmetic){ (double)width * height * c->design.multiply_adds, threads };
}

static void clear(contest *c)
{
    unlink(c->param);
    unlink(c->bin);
    up_free(c->in);
    for (int k = 0; k <= WAYS; k++)
        up_free(c->out[k]);
    up_free(c);
}

static void run_case(const bench_limits *limits, int i, int threads)
{
    contest *c = bench_must(up_alloc_zero(1, sizeof *c));
    set_up(c, i, threads);
    bench_runner runners[1 + WAYS + 1] = { { .state = &c->alone, .run = run_arithmetic } };
    for (int k = 0; k < WAYS; k++) {
        runners[1 + k] = bench_upscale_runner(&c->job[k]);
        if (ways[k].name)
            strcpy(runners[1 + k].name, ways[k].name);
    }
    const int count = 1 + WAYS + (peer_ncnn && peer_ncnn(&c->network, &runners[1 + WAYS]));
    bench_race(runners, count, threads);
    for (int k = 2; k < count; k++) {
        if (runners[k].finish)
            runners[k].finish(runners[k].state);
        runners[k].off = bench_difference_f32(c->out[0], c->out[k - 1], c->made);
    }
    bench_limits now = limits[threads - 1];
    now.multiply_adds = c->alone.multiply_adds / runners[0].seconds;
    const double pixels = (double)cases[i].width * cases[i].height;
    const bench_work work = { .read = pixels * cases[i].channels * sizeof(float),
                              .written = (double)c->made * sizeof(float),
                              .multiply_adds = c->alone.multiply_adds };
    bench_race_rows(cases[i].name, runners + 1, count - 1, 2e-9 * work.multiply_adds,
                    bench_floor(&now, &work));
    bench_layers layers;
    const double whole = bench_time_layers(&layers, &c->job[0]);
    print_layers(&now, &c->design, &layers, pixels, whole);
    clear(c);
}

void bench_networks(const bench_limits *limits)
{
    for (int threads = 1; threads <= BENCH_THREADS; threads++) {
        bench_race_header("networks: float32 planes, by turns with arithmetic", "GFLOP/s", threads);
        for (int i = 0; i < CASES; i++)
            run_case(limits, i, threads);
    }
}
