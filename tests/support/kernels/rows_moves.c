/* SPDX-License-Identifier: MIT */
/* Samples and raw elements put elsewhere, as they are. */
#include "support/kernels/kernel_row.h"

enum { STEP, WIDTH };

static void shapes(kernel_visit *visit, void *user)
{
    for (int s = 1; s <= 12; s++)
        for (int n = 1; n <= 320; n += n < 140 ? 1 : 23)
            KERNEL_SHAPE(s, n);
}

static kernel_work work_of_floats(const kernel_job *job)
{
    return (kernel_work){ .read = 4.0 * job->n, .written = 4.0 * job->n };
}

static const float *random_floats(kernel_job *job, size_t count)
{
    float *row = kernel_holds_bytes(job, count * sizeof *row, 4 * kernel_below(job, 16));
    for (size_t i = 0; i < count; i++)
        row[i] = random_sample(job->random);
    return row;
}

static void set_up_interleave(kernel_job *job)
{
    const int s = job->size[STEP], n = job->n = job->size[WIDTH];
    for (int p = 0; p < s; p++)
        job->in[p] = random_floats(job, (size_t)(n + s - 1) / s + 16);
    kernel_makes(job, n, sizeof(float), 16);
}

static void interleave(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                       int n)
{
    (void)first;
    set->kernels->interleave(out[0], job->in, job->size[STEP], n);
}

const kernel_row kernel_row_interleave = {
    .name = "interleave",
    .shapes = shapes,
    .setup = set_up_interleave,
    .call = interleave,
    .work = work_of_floats,
    .timing =
        (const kernel_timing[]){
            { "x2", { 2, 3840 } }, { "x3", { 3, 3840 } }, { "x4", { 4, 3840 } }, { 0 } },
};

static void every_shapes(kernel_visit *visit, void *user)
{
    shapes(visit, user);
    KERNEL_SHAPE(5000, 50);
}

static void set_up_every(kernel_job *job)
{
    const int n = job->n = job->size[WIDTH];
    job->in[0] = random_floats(job, (size_t)(n - 1) * job->size[STEP] + 1 + 16);
    kernel_makes(job, n, sizeof(float), 16);
}

static void every(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    (void)first;
    set->kernels->every(out[0], job->in[0], job->size[STEP], n);
}

const kernel_row kernel_row_every = {
    .name = "every",
    .shapes = every_shapes,
    .setup = set_up_every,
    .call = every,
    .work = work_of_floats,
    .timing = (const kernel_timing[]){ { "second", { 2, 1920 } }, { "third", { 3, 1280 } }, { 0 } },
};

/* ---------------------------------------------------------------- raw elements */

enum { BYTES, OFFSET };

static void copy_shapes(kernel_visit *visit, void *user)
{
    for (int offset = 0; offset < 65; offset++)
        for (int bytes = 0; bytes < 600; bytes += 1 + bytes / 50)
            KERNEL_SHAPE(bytes, offset);
}

static void set_up_copy(kernel_job *job)
{
    job->n = job->size[BYTES];
    job->shift = job->size[OFFSET];
    job->raw[0] = kernel_holds_bytes(job, job->n, 0);
    kernel_makes(job, job->n, 1, 1);
}

static void copy_past(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                      int n)
{
    (void)first;
    set->kernels->copy_past(out[0], job->raw[0], n);
}

static kernel_work work_of_copy(const kernel_job *job)
{
    return (kernel_work){ .read = job->n, .written = job->n };
}

const kernel_row kernel_row_copy_past = {
    .name = "copy_past",
    .shapes = copy_shapes,
    .setup = set_up_copy,
    .call = copy_past,
    .work = work_of_copy,
    .timing = (const kernel_timing[]){ { "24 MB", { 3840 * 2160 * 3 } }, { 0 } },
};

enum { SIZE, COUNT, TIMES };
enum { GATHERED = 50 }; /* elements to gather from, in tests */
static const int sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20 };
enum { SIZES = sizeof sizes / sizeof *sizes };

static void repeat_shapes(kernel_visit *visit, void *user)
{
    for (int i = 0; i < SIZES; i++)
        for (int s = 1; s <= 9; s++)
            for (int n = 1; n <= 200; n += n < 40 ? 1 : 17)
                KERNEL_SHAPE(sizes[i], n, s);
}

static void set_up_repeat(kernel_job *job)
{
    const size_t bytes = (size_t)job->size[COUNT] * job->size[SIZE];
    job->n = job->size[COUNT];
    job->shift = kernel_below(job, 16);
    job->raw[0] = kernel_holds_bytes(job, bytes, 0);
    kernel_makes(job, bytes * job->size[TIMES], 1, 1);
}

static void repeat(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    (void)first;
    set->kernels->repeat(out[0], job->raw[0], job->size[SIZE], job->size[TIMES], n);
}

static kernel_work work_of_repeat(const kernel_job *job)
{
    const double read = (double)job->n * job->size[SIZE];
    return (kernel_work){ .read = read, .written = read * job->size[TIMES] };
}

const kernel_row kernel_row_repeat = {
    .name = "repeat",
    .shapes = repeat_shapes,
    .setup = set_up_repeat,
    .call = repeat,
    .work = work_of_repeat,
    .timing = (const kernel_timing[]){ { "3 bytes, x2", { 3, 1920, 2 } },
                                       { "4 bytes, x2", { 4, 1920, 2 } },
                                       { "3 bytes, x3", { 3, 1920, 3 } },
                                       { 0 } },
};

static void gather_shapes(kernel_visit *visit, void *user)
{
    for (int i = 0; i < SIZES; i++)
        for (int n = 1; n <= 200; n += 1 + n / 4)
            KERNEL_SHAPE(sizes[i], n);
}

static void set_up_gather(kernel_job *job)
{
    const int n = job->n = job->size[COUNT], from = job->timed ? n / 2 : GATHERED;
    int *index = kernel_holds_bytes(job, n * sizeof *index, 0);
    for (int i = 0; i < n; i++)
        index[i] = job->timed ? i / 2 : kernel_below(job, GATHERED);
    job->raw[0] = kernel_holds_bytes(job, (size_t)from * job->size[SIZE], 0);
    job->raw[1] = index;
    kernel_makes(job, (size_t)n * job->size[SIZE], 1, 1);
}

static void gather(const kernel_job *job, const kernel_set *set, void *const *out, int first, int n)
{
    (void)first;
    set->kernels->gather(out[0], job->raw[0], job->size[SIZE], job->raw[1], n);
}

static kernel_work work_of_gather(const kernel_job *job)
{
    const double written = (double)job->n * job->size[SIZE];
    return (kernel_work){ .read = written / 2 + 4.0 * job->n, .written = written };
}

const kernel_row kernel_row_gather = {
    .name = "gather",
    .shapes = gather_shapes,
    .setup = set_up_gather,
    .call = gather,
    .work = work_of_gather,
    .timing = (const kernel_timing[]){ { "3 bytes", { 3, 3840 } }, { 0 } },
};
