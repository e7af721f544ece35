/* SPDX-License-Identifier: MIT */
/* Each kernel on its share of one job: a 1920x1080 RGB picture in memory to 3840x2160, row by row
 * as the pipeline does it, so that the rows between two kernels stay in the cache. */
#include "bench_race.h"

#include "base/memory.h"
#include "kernels/kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 1920,
    HEIGHT = 1080,
    CHANNELS = 3,
    SCALE = 2,
    WIDE = WIDTH * SCALE,
    HIGH = HEIGHT * SCALE,
    MARGIN = 16,
    MOST_TAPS = 12,
    MOST_SAMPLE = 2, /* bytes */
};

typedef struct {
    const up_kernels *kernels;
    int channels, taps;
    uint8_t *in, *out; /* pictures */
    float *low[MOST_TAPS][4], *mixed[4], *wide[4];
    up_columns plan;
    int *first, *index;
    float *weight, *phase;
} job;

static float *make_row(int width)
{
    float *row = bench_must(up_alloc(width + 2 * MARGIN + 16, sizeof(float)));
    for (int x = 0; x < width + 2 * MARGIN + 16; x++)
        row[x] = (float)(x * 37 % 256);
    return row + MARGIN;
}

static void make_job(job *j)
{
    *j = (job){ 0 };
    j->in = bench_must(up_alloc((size_t)WIDTH * HEIGHT, 4 * MOST_SAMPLE));
    j->out = bench_must(up_alloc((size_t)WIDE * HIGH, 4 * MOST_SAMPLE));
    memset(j->in, 100, (size_t)WIDTH * HEIGHT * 4 * MOST_SAMPLE);
    memset(j->out, 0, (size_t)WIDE * HIGH * 4 * MOST_SAMPLE);
    for (int c = 0; c < 4; c++) {
        for (int t = 0; t < MOST_TAPS; t++)
            j->low[t][c] = make_row(WIDTH * 2);
        j->mixed[c] = make_row(WIDTH * 2);
        j->wide[c] = make_row(WIDE);
    }
    j->first = bench_must(up_alloc(WIDE, sizeof *j->first));
    j->index = bench_must(up_alloc(WIDE, sizeof *j->index));
    j->weight = bench_must(up_alloc((size_t)WIDE * MOST_TAPS, sizeof(float)));
    j->phase = bench_must(up_alloc(8 * MOST_TAPS, sizeof(float)));
    for (int x = 0; x < WIDE; x++)
        j->index[x] = x / SCALE;
}

static void free_job(job *j)
{
    for (int c = 0; c < 4; c++) {
        for (int t = 0; t < MOST_TAPS; t++)
            up_free(j->low[t][c] - MARGIN);
        up_free(j->mixed[c] - MARGIN);
        up_free(j->wide[c] - MARGIN);
    }
    up_free(j->in);
    up_free(j->out);
    up_free(j->first);
    up_free(j->index);
    up_free(j->weight);
    up_free(j->phase);
}

/* Weights do not matter to the time: equal ones. Starts lie as half-pixel centres put them. */
static void plan_columns(job *j, int taps, double scale)
{
    j->taps = taps;
    int whole = scale == floor(scale) ? (int)scale : 0;
    for (int x = 0; x < WIDE; x++)
        j->first[x] = (int)floor((x + 0.5) / scale - 0.5) - taps / 2 + 1;
    for (size_t i = 0; i < (size_t)WIDE * taps; i++)
        j->weight[i] = 1.0f / taps;
    for (int i = 0; i < whole * taps; i++)
        j->phase[i] = 1.0f / taps;
    j->plan = (up_columns){ WIDE, taps, whole, scale >= 1, j->first, j->weight, j->phase };
}

static void unpack_u8(void *user)
{
    job *j = user;
    for (int y = 0; y < HEIGHT; y++)
        j->kernels->unpack_u8(j->low[y % 4], j->in + (size_t)y * WIDTH * j->channels, j->channels,
                              WIDTH);
}

static void unpack_u16(void *user)
{
    job *j = user;
    const uint16_t *in = (const uint16_t *)j->in;
    for (int y = 0; y < HEIGHT; y++)
        j->kernels->unpack_u16(j->low[y % 4], in + (size_t)y * WIDTH * j->channels, j->channels,
                               WIDTH);
}

static void pack_u8(void *user)
{
    job *j = user;
    for (int y = 0; y < HIGH; y++)
        j->kernels->pack_u8(j->out + (size_t)y * WIDE * j->channels, (const float *const *)j->wide,
                            j->channels, WIDE);
}

static void pack_u16(void *user)
{
    job *j = user;
    uint16_t *out = (uint16_t *)j->out;
    for (int y = 0; y < HIGH; y++)
        j->kernels->pack_u16(out + (size_t)y * WIDE * j->channels, (const float *const *)j->wide,
                             j->channels, WIDE);
}

static void mix_row(job *j, int y, int c)
{
    const float *in[MOST_TAPS];
    for (int t = 0; t < j->taps; t++)
        in[t] = j->low[(y / SCALE + t) % j->taps][c];
    j->kernels->mix_rows(j->mixed[c], in, j->weight, j->taps, WIDTH);
}

static void mix_rows(void *user)
{
    job *j = user;
    for (int y = 0; y < HIGH; y++)
        for (int c = 0; c < CHANNELS; c++)
            mix_row(j, y, c);
}

static void activate(const job *j, up_map map)
{
    for (int y = 0; y < HIGH; y++)
        for (int c = 0; c < CHANNELS; c++)
            j->kernels->map[map](j->mixed[c], j->low[y % 4][c], 0, WIDTH);
}

static void tanh_rows(void *user)
{
    const job *j = user;
    activate(j, UP_MAP_TANH);
}

static void sigmoid_rows(void *user)
{
    const job *j = user;
    activate(j, UP_MAP_SIGMOID);
}

static void resample_columns(void *user)
{
    job *j = user;
    for (int y = 0; y < HIGH; y++)
        for (int c = 0; c < CHANNELS; c++)
            j->kernels->resample_columns(j->wide[c], j->mixed[c], &j->plan, 0, WIDE);
}

/* All four, as the pipeline will call them. */
static void resample(void *user)
{
    job *j = user;
    for (int y = 0; y < HIGH; y++) {
        if (y % SCALE == 0)
            j->kernels->unpack_u8(j->low[y / SCALE % j->taps],
                                  j->in + (size_t)y / SCALE * WIDTH * CHANNELS, CHANNELS, WIDTH);
        for (int c = 0; c < CHANNELS; c++) {
            mix_row(j, y, c);
            j->kernels->resample_columns(j->wide[c], j->mixed[c], &j->plan, 0, WIDE);
        }
        j->kernels->pack_u8(j->out + (size_t)y * WIDE * CHANNELS, (const float *const *)j->wide,
                            CHANNELS, WIDE);
    }
}

static void repeat(void *user)
{
    job *j = user;
    for (int y = 0; y < HIGH; y++)
        j->kernels->repeat(j->out + (size_t)y * WIDE * CHANNELS,
                           j->in + (size_t)y / SCALE * WIDTH * CHANNELS, CHANNELS, SCALE, WIDTH);
}

static void gather(void *user)
{
    job *j = user;
    for (int y = 0; y < HIGH; y++)
        j->kernels->gather(j->out + (size_t)y * WIDE * CHANNELS,
                           j->in + (size_t)y / SCALE * WIDTH * CHANNELS, CHANNELS, j->index, WIDE);
}

typedef struct {
    const char *name;
    void (*run)(void *);
    int channels, sample, taps;
    double scale;
    enum { TO_PLANES, FROM_PLANES, ROWS, COLUMNS, ALL } kind;
} kernel_case;

static const kernel_case cases[] = {
    { "unpack_u8, 1 channel", unpack_u8, 1, 1, 0, 0, TO_PLANES },
    { "unpack_u8, 3 channels", unpack_u8, 3, 1, 0, 0, TO_PLANES },
    { "unpack_u8, 4 channels", unpack_u8, 4, 1, 0, 0, TO_PLANES },
    { "unpack_u16, 3 channels", unpack_u16, 3, 2, 0, 0, TO_PLANES },
    { "mix_rows, 2 taps", mix_rows, 3, 1, 2, 2, ROWS },
    { "mix_rows, 4 taps", mix_rows, 3, 1, 4, 2, ROWS },
    { "mix_rows, 6 taps", mix_rows, 3, 1, 6, 2, ROWS },
    { "tanh", tanh_rows, 3, 1, 0, 0, ROWS },
    { "sigmoid", sigmoid_rows, 3, 1, 0, 0, ROWS },
    { "resample_columns x2, 2 taps", resample_columns, 3, 1, 2, 2, COLUMNS },
    { "resample_columns x2, 4 taps", resample_columns, 3, 1, 4, 2, COLUMNS },
    { "resample_columns x2, 6 taps", resample_columns, 3, 1, 6, 2, COLUMNS },
    { "resample_columns x3, 4 taps", resample_columns, 3, 1, 4, 3, COLUMNS },
    { "resample_columns x4, 4 taps", resample_columns, 3, 1, 4, 4, COLUMNS },
    { "resample_columns x1.5, 4 taps", resample_columns, 3, 1, 4, 1.5, COLUMNS },
    { "resample_columns x0.5, 8 taps", resample_columns, 3, 1, 8, 0.5, COLUMNS },
    { "pack_u8, 1 channel", pack_u8, 1, 1, 0, 0, FROM_PLANES },
    { "pack_u8, 3 channels", pack_u8, 3, 1, 0, 0, FROM_PLANES },
    { "pack_u8, 4 channels", pack_u8, 4, 1, 0, 0, FROM_PLANES },
    { "pack_u16, 3 channels", pack_u16, 3, 2, 0, 0, FROM_PLANES },
    { "gather, 3 bytes", gather, 3, 1, 0, 0, ALL },
    { "repeat x2, 3 bytes (nearest)", repeat, 3, 1, 0, 0, ALL },
    { "all of bilinear x2", resample, 3, 1, 2, 2, ALL },
    { "all of bicubic x2", resample, 3, 1, 4, 2, ALL },
    { "all of lanczos x2", resample, 3, 1, 6, 2, ALL },
};

/* Pictures are in memory, float rows in the cache. */
static bench_work work_of(const kernel_case *c)
{
    const double low = (double)WIDTH * HEIGHT * c->channels, wide = low * SCALE * SCALE;
    const double mixed = low * SCALE, row_taps = mixed * fmax(c->taps, 1),
                 column_taps = wide * c->taps;
    switch (c->kind) {
    case TO_PLANES:
        return (bench_work){ .read = low * c->sample, .cached = low * (c->sample + 4) };
    case FROM_PLANES:
        return (bench_work){ .written = wide * c->sample, .cached = wide * (c->sample + 4) };
    case ROWS:
        return (bench_work){ .cached = (row_taps + mixed) * 4, .multiply_adds = row_taps };
    case COLUMNS:
        return (bench_work){ .cached = (mixed + wide) * 4, .multiply_adds = column_taps };
    default:
        return (
            bench_work){ .read = low, .written = wide, .multiply_adds = row_taps + column_taps };
    }
}

void bench_kernels(const bench_limits *limits)
{
    enum { MOST_VARIANTS = 8 };
    const up_kernels *all[MOST_VARIANTS];
    int variants = up_kernels_all(all, MOST_VARIANTS);
    job j;
    make_job(&j);
    bench_header("kernels: 1920x1080 RGB to 3840x2160, one thread");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kernel_case *c = &cases[i];
        bench_work work = work_of(c);
        j.channels = c->channels;
        if (c->taps)
            plan_columns(&j, c->taps, c->scale);
        double pixels = c->kind == TO_PLANES ? (double)WIDTH * HEIGHT : (double)WIDE * HIGH;
        for (int v = 0; v < variants; v++) {
            j.kernels = all[v];
            bench_row(v ? "" : c->name, all[v]->name, bench_seconds(c->run, &j), pixels,
                      bench_floor(limits, &work));
        }
    }
    free_job(&j);
}
