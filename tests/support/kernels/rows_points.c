/* SPDX-License-Identifier: MIT */
/* Sums, differences and products of rows; PReLU and its gradient. */
#include "support/kernels/kernel_row.h"

#include <math.h>

enum { WIDTH };

static const kernel_timing timing[] = { { "", { 1920 } }, { 0 } };

static void shapes(kernel_visit *visit, void *user)
{
    for (int n = 1; n <= 333; n += n < 40 ? 1 : 53)
        KERNEL_SHAPE(n);
}

static void set_up_two(kernel_job *job)
{
    job->n = job->size[WIDTH];
    for (int i = 0; i < 2; i++)
        job->in[i] = kernel_holds_row(job, job->n, 0);
    kernel_makes(job, job->n, sizeof(float), 16)->likeness = KERNEL_SUMS;
}

static kernel_work work_of_two(const kernel_job *job)
{
    return (kernel_work){ .read = 8.0 * job->n, .written = 4.0 * job->n };
}

#define COMBINATION(kernel)                                                                        \
    static void kernel(const kernel_job *job, const kernel_set *set, void *const *out, int first,  \
                       int n)                                                                      \
    {                                                                                              \
        (void)first;                                                                               \
        set->kernels->kernel(out[0], job->in[0], job->in[1], n);                                   \
    }                                                                                              \
    const kernel_row kernel_row_##kernel = {                                                       \
        .name = #kernel,                                                                           \
        .shapes = shapes,                                                                          \
        .setup = set_up_two,                                                                       \
        .call = kernel,                                                                            \
        .work = work_of_two,                                                                       \
        .timing = timing,                                                                          \
    }

COMBINATION(add);
COMBINATION(subtract);
COMBINATION(multiply);

/* ---------------------------------------------------------------- PReLU */

enum { SLOPE = 1 }; /* of slopes[] */
static const float slopes[] = { 0, 0.25f, -1.5f, 2 };

static void prelu_shapes(kernel_visit *visit, void *user)
{
    for (int slope = 0; slope < 4; slope++)
        for (int n = 1; n <= 333; n += n < 40 ? 7 : 53)
            KERNEL_SHAPE(n, slope);
}

static void set_up_prelu(kernel_job *job)
{
    const float special[] = { 0, -0.0f, -INFINITY };
    job->n = job->size[WIDTH];
    float *row = kernel_holds_row(job, job->n, 0);
    for (int i = 0; i < 3 && !job->timed; i++)
        row[(5 + i) % job->n] = special[i];
    job->in[0] = row;
    kernel_makes(job, job->n, sizeof(float), 16)->likeness = KERNEL_SUMS;
}

static void prelu(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    (void)first;
    set->kernels->prelu(out[0], job->in[0], slopes[job->size[SLOPE]], n);
}

static void expect_prelu(const kernel_job *job, void *const *out)
{
    const float *v = job->in[0], slope = slopes[job->size[SLOPE]];
    for (int x = 0; x < job->n; x++)
        ((float *)out[0])[x] = v[x] > 0 ? v[x] : slope * v[x];
}

static kernel_work work_of_prelu(const kernel_job *job)
{
    return (kernel_work){ .read = 4.0 * job->n, .written = 4.0 * job->n };
}

const kernel_row kernel_row_prelu = {
    .name = "prelu",
    .shapes = prelu_shapes,
    .setup = set_up_prelu,
    .call = prelu,
    .expect = expect_prelu,
    .work = work_of_prelu,
    .timing = (const kernel_timing[]){ { "", { 1920, 1 } }, { 0 } },
};

/* ---------------------------------------------------------------- its gradient */

static void gradient_shapes(kernel_visit *visit, void *user)
{
    for (int n = 16; n <= 160; n += 16)
        KERNEL_SHAPE(n);
}

static void set_up_gradient(kernel_job *job)
{
    const int n = job->n = job->size[WIDTH];
    float *in = kernel_holds_row(job, n, 0), *gradient = kernel_holds_row(job, n, 0);
    kernel_fill(job, in, n, -1, 1);
    kernel_fill(job, gradient, n, -1, 1);
    in[3] = 0;
    in[5] = -0.0f;
    job->in[0] = in;
    kernel_makes(job, n, sizeof(float), 16)->start = gradient;
    kernel_output *slope = kernel_makes(job, 1, sizeof(float), 1);
    slope->likeness = KERNEL_SUMS;
    slope->terms = n;
    slope->magnitude = n;
}

static void prelu_gradient(const kernel_job *job, const kernel_set *set, void *const *out,
                           int first, int n)
{
    (void)first;
    *(float *)out[1] = set->kernels->prelu_gradient(out[0], job->in[0], 0.3f, n);
}

static kernel_work work_of_gradient(const kernel_job *job)
{
    return (kernel_work){ .multiply_adds = job->n, .read = 8.0 * job->n, .written = 4.0 * job->n };
}

const kernel_row kernel_row_prelu_gradient = {
    .name = "prelu_gradient",
    .shapes = gradient_shapes,
    .setup = set_up_gradient,
    .call = prelu_gradient,
    .work = work_of_gradient,
    .timing = timing,
};
