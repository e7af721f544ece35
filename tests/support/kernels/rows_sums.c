/* SPDX-License-Identifier: MIT */
/* Weighted sums along rows and columns. */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

#include <math.h>

/* ---------------------------------------------------------------- mix_rows */

enum { MIX_TAPS, MIX_WIDTH };

static void mix_shapes(kernel_visit *visit, void *user)
{
    for (int taps = 1; taps <= 14; taps++)
        for (int n = 1; n <= 200; n += n < 36 ? 1 : 13)
            KERNEL_SHAPE(taps, n);
}

static void set_up_mix(kernel_job *job)
{
    const int n = job->n = job->size[MIX_WIDTH], taps = job->size[MIX_TAPS];
    double *magnitude = kernel_holds(job, n * sizeof *magnitude);
    float *weight = kernel_holds(job, taps * sizeof *weight);
    kernel_fill(job, weight, taps, -1, 1);
    for (int t = 0; t < taps; t++) {
        job->in[t] = kernel_holds_row(job, n, kernel_below(job, 16));
        for (int x = 0; x < n; x++)
            magnitude[x] += fabs((double)weight[t] * (double)job->in[t][x]);
    }
    job->raw[0] = weight;
    kernel_output *out = kernel_makes(job, n, sizeof(float), 16);
    out->likeness = KERNEL_SUMS;
    out->terms = taps + 1;
    out->magnitudes = magnitude;
}

static void mix(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    const float *in[KERNEL_BLOCKS];
    for (int t = 0; t < job->size[MIX_TAPS]; t++)
        in[t] = job->in[t] + first;
    set->kernels->mix_rows(out[0], in, job->raw[0], job->size[MIX_TAPS], n);
}

static kernel_work work_of_mix(const kernel_job *job)
{
    const double sums = (double)job->n * job->size[MIX_TAPS];
    return (kernel_work){ .multiply_adds = sums, .read = 4 * sums, .written = 4.0 * job->n };
}

const kernel_row kernel_row_mix_rows = {
    .name = "mix_rows",
    .sliced = true,
    .shapes = mix_shapes,
    .setup = set_up_mix,
    .call = mix,
    .work = work_of_mix,
    .timing = (const kernel_timing[]){ { "2 taps", { 2, 1920 } },
                                       { "4 taps", { 4, 1920 } },
                                       { "6 taps", { 6, 1920 } },
                                       { 0 } },
};

/* ---------------------------------------------------------------- resample_columns */

/* How far the start moves from one column to the next: as s-fold enlarging has it, or by up to 1, 3
 * and 9 columns. */
enum { ENLARGE, NARROW, JUMPY, WIDE, KINDS };
enum { KIND, SCALE, TAPS, WIDTH };
enum { MARGIN = 64 };

static void shapes(kernel_visit *visit, void *user)
{
    for (int width = 1; width <= 512; width += width < 70 ? 3 : 37) {
        for (int s = 1; s <= 6; s++)
            for (int taps = 1; taps <= 12; taps++)
                KERNEL_SHAPE(ENLARGE, s, taps, width);
        for (int kind = NARROW; kind < KINDS; kind++)
            for (int taps = 1; taps <= 14; taps++)
                KERNEL_SHAPE(kind, 1, taps, width);
    }
}

static up_columns *make_plan(kernel_job *job)
{
    static const int most[] = { 0, 1, 3, 9 };
    const int kind = job->size[KIND], s = job->size[SCALE], taps = job->size[TAPS];
    const int columns = (int)up_round_up(job->n, 16), turn = kernel_below(job, s + 1);
    up_columns *plan = kernel_holds(job, sizeof *plan);
    int *first = kernel_holds(job, columns * sizeof *first), start = -3;
    float *weight = kernel_holds(job, columns * taps * sizeof *weight);
    float *phase = kernel_holds(job, s * taps * sizeof *phase);
    kernel_fill(job, phase, s * taps, -1, 1);
    kernel_fill(job, weight, columns * taps, -1, 1);
    for (int x = 0; x < columns; x++) {
        if (kind != ENLARGE) {
            first[x] = start += kernel_below(job, most[kind] + 1);
            continue;
        }
        first[x] = x / s - 3 + (x % s >= turn);
        for (int t = 0; t < taps; t++)
            weight[(x / 16 * taps + t) * 16 + x % 16] = phase[x % s * taps + t];
    }
    *plan = (up_columns){ .width = job->n,
                          .taps = taps,
                          .scale = kind == ENLARGE ? s : 0,
                          .narrow = kind <= NARROW,
                          .first = first,
                          .weight = weight,
                          .phase = kind == ENLARGE ? phase : NULL };
    return plan;
}

static void set_up(kernel_job *job)
{
    const int n = job->n = job->size[WIDTH], taps = job->size[TAPS];
    const up_columns *plan = job->plan = make_plan(job);
    const int first = plan->first[0], end = up_max(plan->first[n - 1] + taps, 1);
    double *magnitude = kernel_holds(job, n * sizeof *magnitude);
    float *row = kernel_holds_row(job, end - first, MARGIN + first);
    job->in[0] = row - first;
    for (int x = 0; x < n; x++)
        for (int t = 0; t < taps; t++)
            magnitude[x] += fabs((double)plan->weight[(x / 16 * taps + t) * 16 + x % 16] *
                                 (double)job->in[0][plan->first[x] + t]);
    kernel_output *out = kernel_makes(job, n, sizeof(float), 16);
    out->likeness = KERNEL_SUMS;
    out->terms = taps + 1;
    out->magnitudes = magnitude;
}

static void call(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    set->kernels->resample_columns((float *)out[0] - first, job->in[0], job->plan, first,
                                   first + n);
}

static kernel_work work(const kernel_job *job)
{
    const up_columns *plan = job->plan;
    const double columns = plan->first[job->n - 1] + plan->taps - plan->first[0];
    return (kernel_work){ .multiply_adds = (double)job->n * plan->taps,
                          .read = 4 * columns,
                          .written = 4.0 * job->n };
}

const kernel_row kernel_row_resample_columns = {
    .name = "resample_columns",
    .sliced = true,
    .shapes = shapes,
    .setup = set_up,
    .call = call,
    .work = work,
    .timing = (const kernel_timing[]){ { "x2, 2 taps", { ENLARGE, 2, 2, 3840 } },
                                       { "x2, 4 taps", { ENLARGE, 2, 4, 3840 } },
                                       { "x2, 6 taps", { ENLARGE, 2, 6, 3840 } },
                                       { "x3, 4 taps", { ENLARGE, 3, 4, 3840 } },
                                       { "x4, 4 taps", { ENLARGE, 4, 4, 3840 } },
                                       { "about x2, 4 taps", { NARROW, 1, 4, 3840 } },
                                       { "about x0.7, 8 taps", { JUMPY, 1, 8, 3840 } },
                                       { 0 } },
};
