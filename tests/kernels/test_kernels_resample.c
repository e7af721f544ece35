/* SPDX-License-Identifier: MIT */
/* Weighted sums along rows and columns: every variant agrees with the reference to rounding, and
 * with itself to the bit however a row is sliced. */
#include "support/reference/kernel_check.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { MOST_TAPS = 14, MOST_WIDTH = 512, MARGIN = 64 };

static uint32_t seed = 7;

static void expect_sums(const char *what, const up_kernels *kernels, const float *got,
                        const float *wanted, const double *magnitude, int taps, int n)
{
    for (int x = 0; x < n; x++) {
        if (!sums_agree(got[x], wanted[x], taps + 1, magnitude[x])) {
            cr_expect(false, "%s %s, %d taps, width %d: %a instead of %a at %d", kernels->name,
                      what, taps, n, got[x], wanted[x], x);
            return;
        }
    }
}

/* The whole row again, made in slices that start at multiples of 48 in the output. */
static void check_mix_slices(const up_kernels *kernels, const float *whole, const float *const *in,
                             const float *weight, int taps, int n)
{
    guarded out = float_row(0, n);
    for (int x0 = 0; x0 < n; x0 += 48) {
        const float *part[MOST_TAPS];
        for (int t = 0; t < taps; t++)
            part[t] = in[t] + x0;
        kernels->mix_rows((float *)out.data + x0, part, weight, taps, up_min(48, n - x0));
    }
    cr_expect_arr_eq(out.data, whole, n * sizeof(float), "%s mix_rows in slices, %d taps, width %d",
                     kernels->name, taps, n);
    guarded_free(&out);
}

static void check_mix(int taps, int n)
{
    guarded in[MOST_TAPS], wanted = float_row(0, n);
    const float *row[MOST_TAPS];
    float weight[MOST_TAPS];
    double magnitude[MOST_WIDTH] = { 0 };
    for (int t = 0; t < taps; t++) {
        in[t] = float_row(0, n);
        row[t] = in[t].data;
        weight[t] = random_between(&seed, -1, 1);
        for (int x = 0; x < n; x++) {
            ((float *)in[t].data)[x] = random_sample(&seed);
            magnitude[x] += fabs((double)weight[t] * row[t][x]);
        }
    }
    kernel_variant(0)->mix_rows(wanted.data, row, weight, taps, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = float_row(0, n);
        kernels->mix_rows(out.data, row, weight, taps, n);
        expect_sums("mix_rows", kernels, out.data, wanted.data, magnitude, taps, n);
        cr_expect(guarded_intact(&out));
        check_mix_slices(kernels, out.data, row, weight, taps, n);
        guarded_free(&out);
    }
    for (int t = 0; t < taps; t++)
        guarded_free(&in[t]);
    guarded_free(&wanted);
}

Test(kernels_resample, mix_rows)
{
    for (int taps = 1; taps <= MOST_TAPS; taps++)
        for (int n = 1; n <= 200; n += n < 36 ? 1 : 13)
            check_mix(taps, n);
}

typedef struct {
    up_columns columns;
    int first[MOST_WIDTH];
    float weight[MOST_WIDTH * MOST_TAPS];
    float phase[16 * MOST_TAPS];
} plan;

/* How far the start moves from one column to the next. */
typedef enum { ENLARGE, NARROW, JUMPY, WIDE } kind;

static void make_plan(plan *p, kind how, int s, int taps, int width)
{
    const int most[] = { 0, 1, 3, 9 };
    *p = (plan){ .columns = { .width = width, .taps = taps, .narrow = how <= NARROW } };
    p->columns.first = p->first;
    p->columns.weight = p->weight;
    for (int i = 0; i < s * taps; i++)
        p->phase[i] = random_between(&seed, -1, 1);
    int start = -3, turn = random_below(&seed, s + 1);
    for (int x = 0; x < (int)up_round_up(width, 16); x++) {
        if (how == ENLARGE)
            p->first[x] = x / s - 3 + (x % s >= turn);
        else
            p->first[x] = start += random_below(&seed, most[how] + 1);
        for (int t = 0; t < taps; t++)
            p->weight[(x / 16 * taps + t) * 16 + x % 16] =
                how == ENLARGE ? p->phase[x % s * taps + t] : random_between(&seed, -1, 1);
    }
    if (how == ENLARGE) {
        p->columns.scale = s;
        p->columns.phase = p->phase;
    }
}

static void check_plan_slices(const up_kernels *kernels, const float *whole, const float *in,
                              const up_columns *columns)
{
    int width = columns->width;
    for (int x0 = 0; x0 < width; x0 += 48) {
        int x1 = up_min(width, x0 + 1 + random_below(&seed, width - x0));
        guarded out = guarded_make(up_round_up(x1 - x0, 16) * sizeof(float), 0);
        kernels->resample_columns((float *)out.data - x0, in, columns, x0, x1);
        cr_expect_arr_eq(out.data, whole + x0, (x1 - x0) * sizeof(float),
                         "%s resample_columns x%d in slices, %d taps, %d..%d of %d", kernels->name,
                         columns->scale, columns->taps, x0, x1, width);
        cr_expect(guarded_intact(&out), "%s resample_columns writes beyond %d..%d", kernels->name,
                  x0, x1);
        guarded_free(&out);
    }
}

static void check_plan(const plan *p)
{
    const up_columns *columns = &p->columns;
    int width = columns->width, end = p->first[width - 1] + columns->taps;
    guarded row = float_row(MARGIN, up_max(end, 1)), wanted = float_row(0, width);
    float *in = row_start(&row, MARGIN);
    double magnitude[MOST_WIDTH] = { 0 };
    for (int i = p->first[0]; i < end; i++)
        in[i] = random_sample(&seed);
    for (int x = 0; x < width; x++)
        for (int t = 0; t < columns->taps; t++)
            magnitude[x] += fabs((double)p->weight[(x / 16 * columns->taps + t) * 16 + x % 16] *
                                 in[p->first[x] + t]);
    kernel_variant(0)->resample_columns(wanted.data, in, columns, 0, width);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = guarded_make(up_round_up(width, 16) * sizeof(float), 0);
        kernels->resample_columns(out.data, in, columns, 0, width);
        expect_sums("resample_columns", kernels, out.data, wanted.data, magnitude, columns->taps,
                    width);
        cr_expect(guarded_intact(&out));
        check_plan_slices(kernels, out.data, in, columns);
        guarded_free(&out);
    }
    guarded_free(&row);
    guarded_free(&wanted);
}

static void check_plans(kind how, int s, int taps)
{
    static plan p;
    for (int width = 1; width <= MOST_WIDTH; width += width < 70 ? 3 : 37) {
        make_plan(&p, how, s, taps, width);
        check_plan(&p);
    }
}

Test(kernels_resample, enlarge_columns)
{
    for (int s = 1; s <= 6; s++)
        for (int taps = 1; taps <= 12; taps++)
            check_plans(ENLARGE, s, taps);
}

Test(kernels_resample, other_columns)
{
    for (kind how = NARROW; how <= WIDE; how++)
        for (int taps = 1; taps <= MOST_TAPS; taps++)
            check_plans(how, 1, taps);
}
