/* SPDX-License-Identifier: MIT */
/* Whole upscalings of 8-bit pictures in memory, beside programs and libraries that do the same. */
#include "bench_race.h"

#include "base/memory.h"

#include <stdio.h>
#include <unistd.h>

enum { WIDTH = 1920, HEIGHT = 1080, CHANNELS = 3, SCALE = 2 };
enum { LOW = WIDTH * HEIGHT * CHANNELS, HIGH = LOW * SCALE * SCALE };

typedef struct {
    const char *name, *method;
    double cubic_a;
    bool alone; /* no peer has it */
    bench_filter filter;
} method_case;

static const method_case cases[] = {
    { "nearest", "nearest", .filter = BENCH_NEAREST },
    { "bilinear", "bilinear", .filter = BENCH_BILINEAR },
    { "bicubic, a=-0.5", "bicubic", -0.5, .filter = BENCH_BICUBIC },
    { "bicubic, a=-0.75", "bicubic", -0.75, .filter = BENCH_BICUBIC },
    { "lanczos, 3 lobes", "lanczos", .filter = BENCH_LANCZOS },
    { "tconv, embedded", "tconv", .alone = true },
};

static bench_resize_peer *const peers[] = {
    peer_zimg, peer_opencv, peer_vips, peer_swscale, peer_stb,
};

typedef struct {
    uint8_t *in, *ours, *theirs;
    char file[256]; /* the same picture, for planning */
} pictures;

/* Smooth shapes and noise, as photographs have both. */
static void draw(uint8_t *pixels, bool planar)
{
    uint32_t noise = 1;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < CHANNELS; c++) {
                const int at = y * WIDTH + x;
                noise = noise * 1664525 + 1013904223;
                pixels[planar ? c * WIDTH * HEIGHT + at : at * CHANNELS + c] =
                    (uint8_t)((x * x / 4096 + y * 3 + c * 40) / 4 % 224 + (noise >> 27));
            }
}

static void make_pictures(pictures *p)
{
    p->in = bench_must(up_alloc(LOW, 1));
    p->ours = bench_must(up_alloc_zero(HIGH, 1));
    p->theirs = bench_must(up_alloc_zero(HIGH, 1));
    draw(p->in, false);
    bench_make_file(p->file, ".ppm");
    FILE *file = bench_must(fopen(p->file, "wb"));
    fprintf(file, "P6\n%d %d\n255\n", WIDTH, HEIGHT);
    bench_must(fwrite(p->in, LOW, 1, file) ? file : NULL);
    fclose(file);
}

static void free_pictures(pictures *p)
{
    unlink(p->file);
    up_free(p->in);
    up_free(p->ours);
    up_free(p->theirs);
}

static double multiply_adds(const pictures *p, const up_options *options)
{
    up_error error;
    up_image *image;
    up_plan *plan;
    bench_check(up_image_open(&image, p->file, &error), &error);
    bench_check(up_plan_create(&plan, image, NULL, options, &error), &error);
    const double count = up_plan_get_info(plan)->multiply_adds * WIDTH * HEIGHT;
    up_plan_destroy(&plan);
    up_image_close(&image);
    return count;
}

static bench_upscale upscale_job(const method_case *c, bool planar, int threads, const pictures *p)
{
    const up_format format = {
        .width = WIDTH,
        .height = HEIGHT,
        .channels = CHANNELS,
        .frames = 1,
        .color = UP_COLOR_RGB,
        .depth = 8,
        .planar = planar,
    };
    bench_upscale job = {
        .in = { .format = format, .data = p->in },
        .out = { .format = format, .data = p->ours },
        .options = { .method = c->method, .cubic_a = c->cubic_a, .threads = threads },
    };
    job.out.format.width *= SCALE;
    job.out.format.height *= SCALE;
    return job;
}

static void race(const bench_limits *limits, const method_case *c, bool planar, int threads,
                 const pictures *p)
{
    bench_upscale job = upscale_job(c, planar, threads, p);
    const bench_resize resize = { c->filter, c->cubic_a, planar, threads,  WIDTH,
                                  HEIGHT,    SCALE,      p->in,  p->theirs };
    const bench_work work = { .read = LOW,
                              .written = HIGH,
                              .multiply_adds = multiply_adds(p, &job.options) };
    bench_runner runners[BENCH_MOST_RUNNERS] = { bench_upscale_runner(&job) };
    int count = 1;
    for (size_t i = 0; !c->alone && i < sizeof peers / sizeof *peers; i++)
        if (peers[i] && peers[i](&resize, &runners[count]))
            count++;
    bench_race(runners, count, threads);
    for (bench_runner *r = runners + 1; r < runners + count; r++) {
        r->run(r->state);
        r->finish(r->state);
        r->off = bench_difference_u8(p->ours, p->theirs, HIGH);
    }
    bench_race_rows(c->name, runners, count, HIGH / CHANNELS * 1e-6,
                    bench_floor(&limits[threads - 1], &work));
}

void bench_methods(const bench_limits *limits)
{
    pictures p;
    make_pictures(&p);
    for (int threads = 1; threads <= BENCH_THREADS; threads++)
        for (int planar = 0; planar <= 1; planar++) {
            bench_race_header(planar ? "methods: 1920x1080 RGB x2, 8 bits, planes"
                                     : "methods: 1920x1080 RGB x2, 8 bits, interleaved",
                              "Mpix/s", threads);
            draw(p.in, planar);
            for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
                race(limits, &cases[i], planar, threads, &p);
        }
    free_pictures(&p);
}
