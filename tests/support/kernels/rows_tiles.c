/* SPDX-License-Identifier: MIT */
/* Convolution by Winograd's tiles, and its gradients. */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

enum { TILES };
enum { MARGIN = 16 };

static kernel_output *makes_rows(kernel_job *job, int rows, size_t step, size_t count, int terms,
                                 double magnitude)
{
    kernel_output *out = kernel_makes(job, count, sizeof(float), 1);
    out->rows = rows;
    out->step = step;
    out->likeness = KERNEL_SUMS;
    out->terms = terms;
    out->magnitude = magnitude;
    return out;
}

static float *random_floats(kernel_job *job, size_t count, float most)
{
    float *to = kernel_holds(job, count * sizeof *to);
    kernel_fill(job, to, count, -most, most);
    return to;
}

/* ---------------------------------------------------------------- into points */

static void tile_shapes(kernel_visit *visit, void *user)
{
    for (int n = 1; n <= UP_MOST_TILES; n++)
        KERNEL_SHAPE(n);
}

static size_t step_of(const kernel_job *job)
{
    return up_round_up(job->size[TILES], 16) + 16;
}

static void set_up_into(kernel_job *job)
{
    const int n = job->n = job->size[TILES], columns = UP_TILE * n + 2;
    for (int i = 0; i < UP_TILE_IN; i++) {
        float *row = kernel_holds_row(job, columns, kernel_below(job, MARGIN));
        kernel_fill(job, row, columns, -300, 300);
        job->in[i] = row;
    }
    makes_rows(job, UP_TILE_POINTS, step_of(job), n, 36, 16e3);
}

static void tiles_in(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    (void)first;
    set->kernels->tiles_in(out[0], step_of(job), job->in, n);
}

static void tiles_out_gradient(const kernel_job *job, const kernel_set *set, void *const *out,
                               int first, int n)
{
    (void)first;
    set->kernels->tiles_out_gradient(out[0], step_of(job), job->in, n);
}

static kernel_work work_of_into(const kernel_job *job)
{
    return (kernel_work){ .read = 4.0 * UP_TILE_IN * UP_TILE * job->n,
                          .written = 4.0 * UP_TILE_POINTS * job->n };
}

#define INTO(kernel)                                                                               \
    const kernel_row kernel_row_##kernel = {                                                       \
        .name = #kernel,                                                                           \
        .shapes = tile_shapes,                                                                     \
        .setup = set_up_into,                                                                      \
        .call = kernel,                                                                            \
        .work = work_of_into,                                                                      \
        .timing = (const kernel_timing[]){ { "64 tiles", { 64 } }, { 0 } },                        \
    }

INTO(tiles_in);
INTO(tiles_out_gradient);

/* ---------------------------------------------------------------- products */

enum { INS = 1, OUTS = 2 };

static void multiply_shapes(kernel_visit *visit, void *user)
{
    uint32_t random = 41;
    for (int outs = 1; outs <= UP_MAX_OUTS; outs++)
        for (int n = 1; n <= UP_MOST_TILES; n++)
            KERNEL_SHAPE(n, 1 + random_below(&random, 40), outs);
}

static void set_up_multiply(kernel_job *job)
{
    const int n = job->n = job->size[TILES], ins = job->size[INS], outs = job->size[OUTS];
    const size_t pitch = up_round_up(n, 16);
    float *weight = kernel_holds_bytes(job, sizeof(float) * ins * outs, 4);
    kernel_fill(job, weight, (size_t)ins * outs, -1, 1);
    job->raw[0] = weight;
    job->in[0] = random_floats(job, ins * pitch, 300);
    makes_rows(job, outs, pitch, n, ins, ins * 300.0);
}

static void multiply(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    (void)first;
    set->kernels->tiles_multiply(out[0], job->in[0], up_round_up(n, 16), job->raw[0],
                                 job->size[INS], job->size[OUTS], n);
}

static kernel_work work_of_products(const kernel_job *job)
{
    const double n = job->n, ins = job->size[INS], outs = job->size[OUTS];
    return (kernel_work){ .multiply_adds = n * ins * outs,
                          .read = 4 * (n * ins + ins * outs),
                          .written = 4 * n * outs };
}

const kernel_row kernel_row_tiles_multiply = {
    .name = "tiles_multiply",
    .shapes = multiply_shapes,
    .setup = set_up_multiply,
    .call = multiply,
    .work = work_of_products,
    .timing = (const kernel_timing[]){ { "64 tiles, 64 to 8", { 64, 64, 8 } },
                                       { "64 tiles, 64 to 6", { 64, 64, 6 } },
                                       { "64 tiles, 12 to 6", { 64, 12, 6 } },
                                       { 0 } },
};

static void correlate_shapes(kernel_visit *visit, void *user)
{
    for (int outs = 1; outs <= 9; outs++)
        for (int ins = 1; ins <= 14; ins++)
            KERNEL_SHAPE(16 * (1 + (outs + ins) % 4), ins, outs);
}

static void set_up_correlate(kernel_job *job)
{
    const int n = job->n = job->size[TILES], ins = job->size[INS], outs = job->size[OUTS];
    job->in[0] = random_floats(job, ins * step_of(job), 300);
    job->in[1] = random_floats(job, outs * step_of(job), 1);
    makes_rows(job, outs, (size_t)ins + 3, ins, n, n * 300.0);
    job->shift = 4;
}

static void correlate(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                      int n)
{
    (void)first;
    set->kernels->tiles_correlate(out[0], (size_t)job->size[INS] + 3, job->in[0], job->in[1],
                                  step_of(job), job->size[INS], job->size[OUTS], n);
}

const kernel_row kernel_row_tiles_correlate = {
    .name = "tiles_correlate",
    .shapes = correlate_shapes,
    .setup = set_up_correlate,
    .call = correlate,
    .work = work_of_products,
    .timing = (const kernel_timing[]){ { "64 tiles, 32 to 32", { 64, 32, 32 } }, { 0 } },
};

/* ---------------------------------------------------------------- back */

enum { ROWS = 1 };

static void out_shapes(kernel_visit *visit, void *user)
{
    for (int n = 1; n <= UP_MOST_TILES; n++)
        for (int rows = 1; rows <= UP_TILE; rows++)
            KERNEL_SHAPE(n, rows);
}

typedef struct {
    up_taps taps;
    float bias, slope, low, high;
} ends;

static void set_up_out(kernel_job *job)
{
    const int n = job->n = job->size[TILES];
    ends *e = job->plan = kernel_holds(job, sizeof *e);
    *e = (ends){ .taps = { .groups = 1, .size = 1, .bias = &e->bias },
                 .bias = kernel_between(job, -9, 9),
                 .slope = kernel_between(job, -1, 1),
                 .low = kernel_between(job, -900, 0),
                 .high = kernel_between(job, 0, 900) };
    e->taps.slope = kernel_below(job, 2) ? &e->slope : NULL;
    e->taps.low = kernel_below(job, 2) ? &e->low : NULL;
    e->taps.high = e->taps.low ? &e->high : NULL;
    job->in[0] = random_floats(job, UP_TILE_POINTS * step_of(job), 300);
    const size_t columns = (size_t)UP_TILE * n;
    makes_rows(job, job->size[ROWS], up_round_up(columns, 16), columns, 36, 30e3);
}

static void tiles_out(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                      int n)
{
    float *row[UP_TILE];
    (void)first;
    for (int i = 0; i < job->size[ROWS]; i++)
        row[i] = (float *)out[0] + i * job->out[0].step;
    set->kernels->tiles_out(row, job->size[ROWS], job->in[0], step_of(job),
                            &((const ends *)job->plan)->taps, n);
}

static kernel_work work_of_out(const kernel_job *job)
{
    return (kernel_work){ .read = 4.0 * UP_TILE_POINTS * job->n,
                          .written = 4.0 * UP_TILE * UP_TILE * job->n };
}

const kernel_row kernel_row_tiles_out = {
    .name = "tiles_out",
    .shapes = out_shapes,
    .setup = set_up_out,
    .call = tiles_out,
    .work = work_of_out,
    .timing = (const kernel_timing[]){ { "64 tiles", { 64, UP_TILE } }, { 0 } },
};
