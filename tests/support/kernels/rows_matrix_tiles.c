/* SPDX-License-Identifier: MIT */
/* Convolution by Winograd's tiles, of pairs of bfloat16. */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

enum { TILES };
enum { MARGIN = 16 };

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

/* Sums of up to 2.2e4 that are rounded to other float sums round to other bfloat16 at ties. */
static void set_up_into(kernel_job *job)
{
    const int n = job->n = job->size[TILES], columns = UP_TILE * n + 2;
    for (int i = 0; i < 2 * UP_TILE_IN; i++) {
        float *row = kernel_holds_row(job, columns, kernel_below(job, MARGIN));
        kernel_fill(job, row, columns, -300, 300);
        job->in[i] = row;
    }
    kernel_output *out = kernel_makes(job, 2 * (size_t)n, sizeof(up_bfloat16), 1);
    out->rows = UP_TILE_POINTS;
    out->step = 2 * step_of(job);
    out->likeness = KERNEL_BFLOAT;
    out->magnitude = 1.0 / 128;
}

static void tiles_in(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    (void)first;
    set->matrix->tiles_in(out[0], step_of(job), job->in, n);
}

static kernel_work work_of_into(const kernel_job *job)
{
    return (kernel_work){ .read = 8.0 * UP_TILE_IN * UP_TILE * job->n,
                          .written = 4.0 * UP_TILE_POINTS * job->n };
}

const kernel_row kernel_row_matrix_tiles_in = {
    .name = "matrix tiles_in",
    .matrix = true,
    .shapes = tile_shapes,
    .setup = set_up_into,
    .call = tiles_in,
    .work = work_of_into,
    .timing = (const kernel_timing[]){ { "64 tiles", { 64 } }, { 0 } },
};

/* ---------------------------------------------------------------- products */

enum { PAIRS = 1, OUTS = 2 };

static void multiply_shapes(kernel_visit *visit, void *user)
{
    uint32_t random = 41;
    for (int outs = 1; outs <= UP_MAX_OUTS; outs++)
        for (int n = 1; n <= UP_MOST_TILES; n++)
            KERNEL_SHAPE(n, 1 + random_below(&random, 20), outs);
}

static void fill(kernel_job *job, up_bfloat16 *to, size_t count, float most)
{
    for (size_t i = 0; i < count; i++)
        to[i] = up_to_bfloat16(kernel_between(job, -most, most));
}

static void set_up_multiply(kernel_job *job)
{
    const int n = job->n = job->size[TILES], pairs = job->size[PAIRS], outs = job->size[OUTS];
    const size_t pitch = up_round_up(n, 16), weights = 2 * (size_t)pairs * outs;
    up_bfloat16 *weight = kernel_holds_bytes(job, weights * sizeof *weight, 4);
    up_bfloat16 *in = kernel_holds(job, 2 * pairs * pitch * sizeof *in);
    fill(job, weight, weights, 1);
    fill(job, in, 2 * pairs * pitch, 300);
    job->raw[0] = weight;
    job->raw[1] = in;
    kernel_output *out = kernel_makes(job, n, sizeof(float), 1);
    out->rows = outs;
    out->step = pitch;
    out->likeness = KERNEL_SUMS;
    out->terms = 2 * pairs;
    out->magnitude = 2 * pairs * 300.0;
}

static void multiply(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    (void)first;
    set->matrix->tiles_multiply(out[0], job->raw[1], up_round_up(n, 16), job->raw[0],
                                job->size[PAIRS], job->size[OUTS], n);
}

static kernel_work work_of_products(const kernel_job *job)
{
    const double n = job->n, pairs = job->size[PAIRS], outs = job->size[OUTS];
    return (kernel_work){ .multiply_adds = 2 * n * pairs * outs,
                          .read = 4 * (n * pairs + pairs * outs),
                          .written = 4 * n * outs };
}

const kernel_row kernel_row_matrix_tiles_multiply = {
    .name = "matrix tiles_multiply",
    .matrix = true,
    .shapes = multiply_shapes,
    .setup = set_up_multiply,
    .call = multiply,
    .work = work_of_products,
    .timing = (const kernel_timing[]){ { "64 tiles, 64 to 8", { 64, 32, 8 } },
                                       { "64 tiles, 12 to 6", { 64, 6, 6 } },
                                       { 0 } },
};
