/* SPDX-License-Identifier: MIT */
/* Every kernel in every variant that the machine has, on all shapes of its row, beside the plain C
 * reference or what the row says: it makes that, the same however it is cut, and writes no more. */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ROWS = 64 };

typedef struct {
    const kernel_row *row;
    kernel_set set[KERNEL_SETS];
    int sets;
    uint32_t random;
} trial;

typedef struct {
    guarded block[KERNEL_OUTPUTS];
    void *at[KERNEL_OUTPUTS];
} made;

static made make_room(const kernel_job *job)
{
    made m = { 0 };
    for (int j = 0; j < job->outs; j++) {
        const kernel_output *out = &job->out[j];
        m.block[j] = guarded_make(kernel_output_bytes(out), job->shift);
        m.at[j] = m.block[j].data;
        if (out->start)
            memcpy(m.at[j], out->start, kernel_output_bytes(out));
    }
    return m;
}

static bool free_room(const kernel_job *job, made *m)
{
    bool intact = true;
    for (int j = 0; j < job->outs; j++) {
        intact &= guarded_intact(&m->block[j]);
        guarded_free(&m->block[j]);
    }
    return intact;
}

/* "avx2 mix_rows 4 33": the row's sizes as they stand in its file. */
static const char *name_of(const kernel_job *job, const kernel_set *set)
{
    static char text[160];
    int length = snprintf(text, sizeof text, "%s %s", set->name, job->row->name);
    for (int i = 0; i < KERNEL_SIZES; i++)
        length += snprintf(text + length, sizeof text - length, " %d", job->size[i]);
    return text;
}

static bool agrees(const kernel_job *job, const kernel_set *set, const kernel_output *out, size_t i,
                   const char *got, const char *wanted)
{
    const double magnitude = out->magnitudes ? out->magnitudes[i] : out->magnitude;
    float a, b;
    up_bfloat16 c, d;
    switch (out->likeness) {
    case KERNEL_SAME_BITS:
        return memcmp(got, wanted, out->bytes) == 0;
    case KERNEL_SUMS:
        memcpy(&a, got, sizeof a);
        memcpy(&b, wanted, sizeof b);
        return sums_agree(a, b, out->terms, magnitude);
    case KERNEL_BFLOAT:
        memcpy(&c, got, sizeof c);
        memcpy(&d, wanted, sizeof d);
        a = up_from_bfloat16(c);
        b = up_from_bfloat16(d);
        return fabs((double)a - (double)b) <= magnitude * (1 + fabs((double)b));
    case KERNEL_OWN:
        return job->row->agrees(job, set, i, got);
    default:
        return true;
    }
}

static void compare(const kernel_job *job, const kernel_set *set, const made *got,
                    const made *wanted)
{
    for (int j = 0; j < job->outs; j++) {
        const kernel_output *out = &job->out[j];
        for (int r = 0; r < out->rows; r++)
            for (size_t i = 0; i < out->count; i++) {
                const size_t at = (r * out->step + i) * out->bytes;
                cr_assert(
                    agrees(job, set, out, i, (char *)got->at[j] + at, (char *)wanted->at[j] + at),
                    "%s: output %d, row %d, element %zu", name_of(job, set), j, r, i);
            }
    }
}

/* Parts of a row that begin at multiples of 48 and are as long as chance will have it, each in
 * memory of its own. */
static void check_slices(trial *t, const kernel_job *job, const kernel_set *set, const made *whole)
{
    for (int first = 0; first < job->n; first += 48) {
        const int n = 1 + random_below(&t->random, job->n - first);
        kernel_job part = *job;
        for (int j = 0; j < job->outs; j++) {
            const size_t pad = job->out[j].bytes == sizeof(float) ? 16 : 1;
            part.out[j].count = n;
            part.out[j].step = up_round_up(n, pad);
        }
        made m = make_room(&part);
        job->row->call(job, set, m.at, first, n);
        for (int j = 0; j < job->outs; j++) {
            const size_t bytes = job->out[j].bytes;
            cr_assert_arr_eq(m.at[j], (char *)whole->at[j] + first * bytes, n * bytes,
                             "%s: %d from %d on", name_of(job, set), n, first);
        }
        cr_assert(free_room(&part, &m), "%s writes beyond %d from %d on", name_of(job, set), n,
                  first);
    }
}

static void check(void *user, const int *size)
{
    trial *t = user;
    const kernel_row *row = t->row;
    kernel_job job;
    kernel_job_make(&job, row, size, false, &t->random);
    made wanted = make_room(&job);
    if (row->expect)
        row->expect(&job, wanted.at);
    else
        row->call(&job, &t->set[0], wanted.at, 0, job.n);
    for (int i = 0; i < t->sets; i++) {
        const kernel_set *set = &t->set[i];
        made got = make_room(&job);
        row->call(&job, set, got.at, 0, job.n);
        compare(&job, set, &got, &wanted);
        if (row->sliced)
            check_slices(t, &job, set, &got);
        cr_assert(free_room(&job, &got), "%s writes beyond its end", name_of(&job, set));
    }
    free_room(&job, &wanted);
    kernel_job_free(&job);
}

ParameterizedTestParameters(kernels, rows)
{
    static int index[MOST_ROWS];
    int count = 0;
    for (; kernel_rows[count]; count++)
        index[count] = count;
    return cr_make_param_array(int, index, count);
}

ParameterizedTest(int *index, kernels, rows)
{
    trial t = { .row = kernel_rows[*index], .random = 7 + (uint32_t)*index };
    t.sets = kernel_sets_for(t.row, t.set);
    t.row->shapes(check, &t);
}

Test(kernels, every_level_survives)
{
    uint16_t level[65536], back[65536];
    guarded row = float_row(0, 65536);
    float *plane = row.data;
    for (int i = 0; i < 65536; i++)
        level[i] = (uint16_t)i;
    FOR_EACH_VARIANT(kernels)
    {
        memset(back, 0, sizeof back);
        kernels->unpack_u16(&plane, level, 1, 65536);
        kernels->pack_u16(back, (const float *const *)&plane, 1, 65536);
        cr_expect_arr_eq(back, level, sizeof level, "%s", kernels->name);
    }
    guarded_free(&row);
}
