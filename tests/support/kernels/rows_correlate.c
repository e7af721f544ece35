/* SPDX-License-Identifier: MIT */
/* Sums of products of rows, for gradients. */
#include "support/kernels/kernel_row.h"

enum { INS, OUTS, ROWS, COLUMNS };
enum { STRIDE = 96, MOST_INS = 32 };

typedef struct {
    up_block block;
    const float *gradient[UP_CORRELATE_OUTS];
} given;

static void shapes(kernel_visit *visit, void *user)
{
    uint32_t random = 23;
    for (int ins = 1; ins <= 13; ins++)
        for (int outs = 1; outs <= UP_CORRELATE_OUTS; outs++)
            for (int columns = 16; columns <= 80; columns += 16)
                KERNEL_SHAPE(ins, outs, 1 + random_below(&random, 5), columns);
}

static float *random_plane(kernel_job *job, const up_block *block)
{
    const size_t count = (size_t)block->start + (size_t)block->rows * STRIDE + 32;
    float *plane = kernel_holds(job, count * sizeof *plane);
    kernel_fill(job, plane, count, -1, 1);
    return plane;
}

static void set_up(kernel_job *job)
{
    const int ins = job->size[INS];
    const size_t sums = (size_t)ins * UP_CORRELATE_OUTS;
    given *g = job->plan = kernel_holds(job, sizeof *g);
    g->block = (up_block){ kernel_below(job, 40), job->size[ROWS], job->size[COLUMNS], STRIDE };
    for (int i = 0; i < ins; i++)
        job->in[i] = random_plane(job, &g->block) + kernel_below(job, 16);
    for (int j = 0; j < job->size[OUTS]; j++)
        g->gradient[j] = random_plane(job, &g->block);
    float *start = kernel_holds(job, sums * UP_CORRELATE_LANES * sizeof *start);
    kernel_fill(job, start, sums * UP_CORRELATE_LANES, -1, 1);
    job->n = job->size[ROWS] * job->size[COLUMNS];
    kernel_output *parts = kernel_makes(job, sums * UP_CORRELATE_LANES, sizeof(float), 1);
    parts->likeness = KERNEL_UNSEEN;
    parts->start = start;
    kernel_output *totals = kernel_makes(job, sums, sizeof(float), 1);
    totals->likeness = KERNEL_SUMS;
    totals->terms = job->n + UP_CORRELATE_LANES;
    totals->magnitude = totals->terms;
}

/* The parts of a sum may be distributed in any way. */
static void call(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    const given *g = job->plan;
    const float *part = out[0];
    (void)first;
    (void)n;
    set->kernels->correlate(out[0], job->in, job->size[INS], g->gradient, job->size[OUTS],
                            &g->block);
    for (int i = 0; i < job->size[INS] * UP_CORRELATE_OUTS; i++) {
        double all = 0;
        for (int p = 0; p < UP_CORRELATE_LANES; p++)
            all += (double)*part++;
        ((float *)out[1])[i] = (float)all;
    }
}

static kernel_work work(const kernel_job *job)
{
    const double pixels = job->n, ins = job->size[INS], outs = job->size[OUTS];
    return (kernel_work){ .multiply_adds = pixels * ins * outs, .read = 4 * pixels * (ins + outs) };
}

const kernel_row kernel_row_correlate = {
    .name = "correlate",
    .shapes = shapes,
    .setup = set_up,
    .call = call,
    .work = work,
    .timing = (const kernel_timing[]){ { "12 by 4, 80x32", { 12, 4, 32, 80 } },
                                       { "32 by 4, 80x16", { MOST_INS, 4, 16, 80 } },
                                       { 0 } },
};
