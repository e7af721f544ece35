/* SPDX-License-Identifier: MIT */
/* Convolutions of training with factors in bfloat16, as matrix units take them. */
#include "support/kernels/kernel_row.h"

#include <float.h>

static up_bfloat16 *random_numbers(kernel_job *job, size_t count)
{
    up_bfloat16 *to = kernel_holds(job, count * sizeof *to);
    for (size_t i = 0; i < count; i++)
        to[i] = up_to_bfloat16(kernel_between(job, -1, 1));
    return to;
}

static float *random_floats(kernel_job *job, size_t count, float low, float high)
{
    float *to = kernel_holds(job, count * sizeof *to);
    kernel_fill(job, to, count, low, high);
    return to;
}

static kernel_output *makes_sums(kernel_job *job, size_t count, int terms, double magnitude)
{
    kernel_output *out = kernel_makes(job, count, sizeof(float), 1);
    out->likeness = KERNEL_SUMS;
    out->terms = terms;
    out->magnitude = magnitude;
    return out;
}

static kernel_output *makes_numbers(kernel_job *job, size_t count, double step)
{
    kernel_output *out = kernel_makes(job, count, sizeof(up_bfloat16), 1);
    out->likeness = KERNEL_BFLOAT;
    out->magnitude = step;
    return out;
}

/* ---------------------------------------------------------------- convolve */

enum { ROWS, CHUNKS, STEP, OUTS, SPLIT, PIXELS };
enum { MOST_ROWS = 9 };

typedef struct {
    up_matrix_taps taps;
    const up_bfloat16 *high[MOST_ROWS], *low[MOST_ROWS];
} convolution;

static void convolve_shapes(kernel_visit *visit, void *user)
{
    uint32_t random = 41;
    for (int round = 0; round < 60; round++) {
        const int step = random_below(&random, 3) * 16 + random_below(&random, 2);
        const int rows = 1 + random_below(&random, 5), chunks = 1 + random_below(&random, 4);
        const int outs = UP_MATRIX_BLOCK * (1 + random_below(&random, 5));
        const int n = UP_MATRIX_DEPTH * (1 + random_below(&random, 3));
        for (int split = 0; split < 2; split++)
            KERNEL_SHAPE(rows, chunks, step, outs, split, n);
    }
}

static void set_up_convolve(kernel_job *job)
{
    const int n = job->n = job->size[PIXELS], outs = job->size[OUTS];
    const int terms = 3 * job->size[ROWS] * job->size[CHUNKS] * UP_MATRIX_DEPTH;
    convolution *c = job->plan = kernel_holds(job, sizeof *c);
    c->taps = (up_matrix_taps){
        .rows = job->size[ROWS],
        .chunks = job->size[CHUNKS],
        .step = job->size[STEP],
        .outs = outs,
    };
    const size_t run = (size_t)c->taps.chunks * UP_MATRIX_DEPTH + (size_t)n * c->taps.step;
    const size_t weights = (size_t)c->taps.rows * c->taps.chunks * outs * UP_MATRIX_DEPTH;
    for (int r = 0; r < c->taps.rows; r++) {
        c->high[r] = random_numbers(job, run);
        c->low[r] = random_numbers(job, run);
    }
    float *bias = kernel_holds(job, outs * sizeof *bias);
    bias[outs / 2] = 3;
    c->taps.high = random_numbers(job, weights);
    c->taps.low = random_numbers(job, weights);
    c->taps.bias = bias;
    makes_sums(job, (size_t)n * outs, terms, terms);
}

static void convolve(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    const convolution *c = job->plan;
    (void)first;
    set->matrix->convolve(out[0], c->high, job->size[SPLIT] ? c->low : NULL, &c->taps, n);
}

static kernel_work work_of_convolve(const kernel_job *job)
{
    const double depth = (double)job->size[ROWS] * job->size[CHUNKS] * UP_MATRIX_DEPTH;
    const double outs = job->size[OUTS];
    return (kernel_work){ .multiply_adds = job->n * depth * outs * (job->size[SPLIT] ? 3 : 1),
                          .read = 2 * (outs * depth + (double)job->n * job->size[STEP]),
                          .written = 4 * job->n * outs };
}

const kernel_row kernel_row_matrix_convolve = {
    .name = "matrix convolve",
    .matrix = true,
    .shapes = convolve_shapes,
    .setup = set_up_convolve,
    .call = convolve,
    .work = work_of_convolve,
    .timing = (const kernel_timing[]){ { "3 rows of 96, 32 outs", { 3, 3, 32, 32, 0, 512 } },
                                       { "split", { 3, 3, 32, 32, 1, 512 } },
                                       { 0 } },
};

/* ---------------------------------------------------------------- correlate */

enum { CORRELATE_INS, CORRELATE_OUTS, CORRELATE_PIXELS };

static void correlate_shapes(kernel_visit *visit, void *user)
{
    uint32_t random = 43;
    for (int round = 0; round < 40; round++)
        KERNEL_SHAPE(16 * (1 + random_below(&random, 4)), 16 * (1 + random_below(&random, 4)),
                     UP_MATRIX_DEPTH * (1 + random_below(&random, 6)));
}

static void set_up_correlate(kernel_job *job)
{
    const int n = job->n = job->size[CORRELATE_PIXELS];
    const size_t ins = job->size[CORRELATE_INS], outs = job->size[CORRELATE_OUTS];
    job->raw[0] = random_numbers(job, n * ins);
    job->raw[1] = random_numbers(job, (n + 16) * outs);
    makes_sums(job, ins * outs, n + 1, n + 1)->start = random_floats(job, ins * outs, -1, 1);
}

static void correlate(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                      int n)
{
    (void)first;
    set->matrix->correlate(out[0], job->raw[0], job->size[CORRELATE_INS], job->raw[1],
                           (size_t)n + 16, job->size[CORRELATE_OUTS], n);
}

static kernel_work work_of_correlate(const kernel_job *job)
{
    const double ins = job->size[CORRELATE_INS], outs = job->size[CORRELATE_OUTS];
    return (kernel_work){ .multiply_adds = job->n * ins * outs, .read = 2 * job->n * (ins + outs) };
}

const kernel_row kernel_row_matrix_correlate = {
    .name = "matrix correlate",
    .matrix = true,
    .shapes = correlate_shapes,
    .setup = set_up_correlate,
    .call = correlate,
    .work = work_of_correlate,
    .timing = (const kernel_timing[]){ { "32 by 32", { 32, 32, 512 } }, { 0 } },
};

/* ---------------------------------------------------------------- records put elsewhere */

/* No channels: 1 into a block of 16. */
enum { CHANNELS, MOVED };

static void move_shapes(kernel_visit *visit, void *user)
{
    for (int channels = 0; channels <= 48; channels += 16)
        for (int n = 32; n <= 96; n += 32)
            KERNEL_SHAPE(channels, n);
}

static void set_up_pair(kernel_job *job)
{
    const int n = job->n = job->size[MOVED], channels = job->size[CHANNELS];
    job->raw[0] = random_numbers(job, (size_t)(n + 1) * (channels ? channels : 1));
    for (int i = 0; i < 2; i++)
        kernel_makes(job, (size_t)n * (channels ? channels : 16), sizeof(up_bfloat16), 1);
}

static void pair(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    const int channels = job->size[CHANNELS];
    (void)first;
    set->matrix->pair(out[0], out[1], channels ? channels : 16, job->raw[0],
                      channels ? channels : 1, n);
}

static kernel_work work_of_pair(const kernel_job *job)
{
    const double values = (double)job->n * job->size[CHANNELS];
    return (kernel_work){ .read = 2 * values, .written = 4 * values };
}

const kernel_row kernel_row_matrix_pair = {
    .name = "matrix pair",
    .matrix = true,
    .shapes = move_shapes,
    .setup = set_up_pair,
    .call = pair,
    .work = work_of_pair,
    .timing = (const kernel_timing[]){ { "32 channels", { 32, 512 } }, { 0 } },
};

static void set_up_transpose(kernel_job *job)
{
    const int n = job->n = job->size[MOVED];
    const size_t count = (size_t)n * job->size[CHANNELS];
    job->raw[0] = random_numbers(job, count);
    kernel_makes(job, count, sizeof(up_bfloat16), 1);
}

static void transpose(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                      int n)
{
    (void)first;
    set->matrix->transpose(out[0], n, job->raw[0], job->size[CHANNELS], n);
}

static kernel_work work_of_transpose(const kernel_job *job)
{
    const double values = (double)job->n * job->size[CHANNELS];
    return (kernel_work){ .read = 2 * values, .written = 2 * values };
}

const kernel_row kernel_row_matrix_transpose = {
    .name = "matrix transpose",
    .matrix = true,
    .shapes = move_shapes,
    .setup = set_up_transpose,
    .call = transpose,
    .work = work_of_transpose,
    .timing = (const kernel_timing[]){ { "32 channels", { 32, 512 } }, { 0 } },
};

/* ---------------------------------------------------------------- PReLU */

enum { ACTIVATED, RECORDS, WITH }; /* channels, pixels; with what may be left out */

static void activate_shapes(kernel_visit *visit, void *user)
{
    for (int channels = 16; channels <= 48; channels += 16)
        for (int with = 0; with < 2; with++)
            KERNEL_SHAPE(channels, 19, with);
}

static void set_up_activate(kernel_job *job)
{
    const int channels = job->size[ACTIVATED], n = job->n = job->size[RECORDS];
    const size_t count = (size_t)channels * n;
    up_matrix_activation *row = job->plan = kernel_holds(job, sizeof *row);
    float *sum = random_floats(job, count, -2, 2);
    for (size_t i = 0; i < count; i += 17)
        sum[i] = 0;
    row->sum = sum;
    row->slope = random_floats(job, channels, -1, 1.5f);
    row->skip_high = job->size[WITH] ? random_numbers(job, count) : NULL;
    row->skip_low = job->size[WITH] ? random_numbers(job, count) : NULL;
    makes_numbers(job, count, 0);
    makes_numbers(job, count, 0x1p-8);
    makes_numbers(job, count, 0)->likeness = KERNEL_UNSEEN;
    makes_sums(job, count, 1, 0x1p-14 / FLT_EPSILON);
}

/* What `high` leaves out is in `low`: beside each, what they come to. */
static void activate(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    up_matrix_activation row = *(const up_matrix_activation *)job->plan;
    (void)first;
    row.before = out[0];
    row.high = out[1];
    row.low = out[2];
    set->matrix->activate(&row, job->size[ACTIVATED], n);
    for (int i = 0; i < n * job->size[ACTIVATED]; i++)
        ((float *)out[3])[i] = up_from_bfloat16(row.high[i]) + up_from_bfloat16(row.low[i]);
}

static kernel_work work_of_activate(const kernel_job *job)
{
    const double values = (double)job->n * job->size[ACTIVATED];
    return (kernel_work){ .read = 4 * values, .written = 6 * values };
}

const kernel_row kernel_row_matrix_activate = {
    .name = "matrix activate",
    .matrix = true,
    .shapes = activate_shapes,
    .setup = set_up_activate,
    .call = activate,
    .work = work_of_activate,
    .timing = (const kernel_timing[]){ { "32 channels", { 32, 512, 1 } }, { 0 } },
};

static void set_up_back(kernel_job *job)
{
    const int channels = job->size[ACTIVATED], n = job->n = job->size[RECORDS];
    const size_t count = (size_t)channels * n;
    up_matrix_activation_back *row = job->plan = kernel_holds(job, sizeof *row);
    up_bfloat16 *before = random_numbers(job, count);
    before[5] = 0;
    row->gradient = random_floats(job, count, -2, 2);
    row->slope = random_floats(job, channels, -1, 1.5f);
    row->before = before;
    row->kept = job->size[WITH] ? random_numbers(job, count) : NULL;
    makes_numbers(job, count, 0x1p-8);
    for (int i = 0; i < 2; i++)
        makes_sums(job, channels, 2 * n, 9 * n)->start = random_floats(job, channels, -1, 1);
    if (job->size[WITH])
        makes_numbers(job, count, 0);
}

static void activate_back(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                          int n)
{
    up_matrix_activation_back row = *(const up_matrix_activation_back *)job->plan;
    (void)first;
    row.out = out[0];
    row.slope_gradient = out[1];
    row.bias_gradient = out[2];
    row.keep = job->size[WITH] ? out[3] : NULL;
    set->matrix->activate_back(&row, job->size[ACTIVATED], n);
}

const kernel_row kernel_row_matrix_activate_back = {
    .name = "matrix activate_back",
    .matrix = true,
    .shapes = activate_shapes,
    .setup = set_up_back,
    .call = activate_back,
    .work = work_of_activate,
    .timing = (const kernel_timing[]){ { "32 channels", { 32, 512, 1 } }, { 0 } },
};
