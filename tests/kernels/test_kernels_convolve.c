/* SPDX-License-Identifier: MIT */
/* Sums over taps, the interleaving of phases and the taking apart of rows: every variant agrees
 * with the reference to rounding, and with itself to the bit however a row is sliced. */
#include "support/reference/kernel_check.h"

#include "base/memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { MOST_TAPS = 40, MOST_RUNS = 10, MOST_WIDTH = 320, MARGIN = 16 };

static uint32_t seed = 19;

typedef struct {
    up_taps taps;
    up_tap_run run[MOST_RUNS];
    float weight[MOST_TAPS * UP_MAX_OUTS], bias[UP_MAX_OUTS], slope[UP_MAX_OUTS];
    float low[UP_MAX_OUTS], high[UP_MAX_OUTS];
    guarded row[MOST_TAPS];
    const float *in[MOST_TAPS];
    double magnitude; /* most that any sum adds up */
    int total;
} tap_list;

static void make_taps(tap_list *l, int groups, int size, bool paired, int width)
{
    *l = (tap_list){ .taps = { .groups = groups, .size = size, .paired = paired } };
    l->taps.runs = random_below(&seed, MOST_RUNS + 1);
    l->taps.run = l->run;
    l->taps.weight = l->weight;
    l->taps.bias = l->bias;
    l->taps.slope = random_below(&seed, 2) ? l->slope : NULL;
    if (random_below(&seed, 2)) {
        l->taps.low = l->low;
        l->taps.high = l->high;
    }
    for (int r = 0; r < l->taps.runs; r++) {
        l->run[r].groups = 1 + (unsigned)random_below(&seed, (1 << groups) - 1);
        l->run[r].taps = random_below(&seed, MOST_TAPS / MOST_RUNS + 1);
        l->total += l->run[r].taps;
    }
    for (int i = 0; i < MOST_TAPS * UP_MAX_OUTS; i++)
        l->weight[i] = random_between(&seed, -1, 1);
    for (int i = 0; i < UP_MAX_OUTS; i++)
        l->bias[i] = random_between(&seed, -100, 100), l->slope[i] = random_between(&seed, -1, 1);
    for (int i = 0; i < UP_MAX_OUTS; i++)
        l->low[i] = random_between(&seed, -200, 0), l->high[i] = random_between(&seed, 0, 200);
    for (int t = 0; t < l->total; t++) {
        l->row[t] = float_row(MARGIN, MARGIN + width);
        float *row = row_start(&l->row[t], MARGIN) + random_below(&seed, MARGIN);
        for (int x = 0; x < width; x++)
            row[x] = random_sample(&seed);
        l->in[t] = row;
    }
    l->magnitude = 100 + 300.0 * l->total;
}

static void free_taps(tap_list *l)
{
    for (int t = 0; t < l->total; t++)
        guarded_free(&l->row[t]);
}

/* As many rows as are stored: the outs, or the pairs of them. */
static void run_taps(const up_kernels *kernels, const tap_list *l, guarded *out, int outs, int x0,
                     int n)
{
    float *to[UP_MAX_OUTS];
    for (int j = 0; j < outs; j++)
        to[j] = (float *)out[j].data + x0;
    kernels->convolve(to, l->in, &l->taps, l->taps.paired ? x0 / 2 : x0, n);
}

static void make_rows(guarded *out, int outs, int n)
{
    for (int j = 0; j < outs; j++)
        out[j] = guarded_make(up_round_up(n, 16) * sizeof(float), 0);
}

static void free_rows(guarded *out, int outs)
{
    for (int j = 0; j < outs; j++) {
        cr_expect(guarded_intact(&out[j]), "a row was overrun");
        guarded_free(&out[j]);
    }
}

static void check_slices(const up_kernels *kernels, const tap_list *l, const guarded *whole,
                         int outs, int n)
{
    guarded out[UP_MAX_OUTS];
    make_rows(out, outs, n);
    for (int x0 = 0; x0 < n; x0 += 48)
        run_taps(kernels, l, out, outs, x0, up_min(48, n - x0));
    for (int j = 0; j < outs; j++)
        cr_expect_arr_eq(out[j].data, whole[j].data, n * sizeof(float), "%s %dx%d in slices, %d",
                         kernels->name, l->taps.groups, l->taps.size, n);
    free_rows(out, outs);
}

static void check_variant(const up_kernels *kernels, const tap_list *l, const guarded *wanted,
                          int outs, int n)
{
    guarded out[UP_MAX_OUTS];
    make_rows(out, outs, n);
    run_taps(kernels, l, out, outs, 0, n);
    for (int j = 0; j < outs; j++) {
        const float *got = out[j].data, *reference = wanted[j].data;
        for (int x = 0; x < n; x++)
            if (!sums_agree(got[x], reference[x], l->total + 1, l->magnitude)) {
                cr_expect(false, "%s %dx%d%s, out %d, width %d: %a instead of %a at %d",
                          kernels->name, l->taps.groups, l->taps.size,
                          l->taps.paired ? " paired" : "", j, n, got[x], reference[x], x);
                break;
            }
    }
    check_slices(kernels, l, out, outs, n);
    free_rows(out, outs);
}

static void check_taps(int groups, int size, bool paired, int n)
{
    tap_list l;
    guarded wanted[UP_MAX_OUTS];
    int outs = groups * size / (paired ? 2 : 1);
    make_taps(&l, groups, size, paired, paired ? (n + 1) / 2 : n);
    make_rows(wanted, outs, n);
    run_taps(kernel_variant(0), &l, wanted, outs, 0, n);
    FOR_EACH_VARIANT(kernels)
    {
        check_variant(kernels, &l, wanted, outs, n);
    }
    free_rows(wanted, outs);
    free_taps(&l);
}

Test(kernels_convolve, taps)
{
    static const struct {
        int groups, most_size;
    } shapes[] = { { 1, 8 }, { 2, 4 }, { 3, 1 }, { 4, 1 } };
    for (int s = 0; s < 4; s++)
        for (int size = 1; size <= shapes[s].most_size; size++)
            for (int paired = 0; paired < 2 - shapes[s].groups % 2; paired++)
                for (int n = 1; n <= MOST_WIDTH; n += n < 40 ? 3 : 17)
                    check_taps(shapes[s].groups, size, paired, n);
}

static void check_interleave(int s, int n)
{
    enum { MOST = 12 };
    guarded row[MOST], wanted = guarded_make(n * sizeof(float), 0);
    const float *in[MOST];
    int columns = (n + s - 1) / s;
    for (int p = 0; p < s; p++) {
        row[p] = guarded_make((columns + 16) * sizeof(float), 4 * random_below(&seed, 16));
        in[p] = row[p].data;
        for (int x = 0; x < columns; x++)
            ((float *)row[p].data)[x] = random_sample(&seed);
    }
    kernel_variant(0)->interleave(wanted.data, in, s, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = guarded_make(up_round_up(n, 16) * sizeof(float), 0);
        kernels->interleave(out.data, in, s, n);
        cr_expect_arr_eq(out.data, wanted.data, n * sizeof(float), "%s interleave %d, %d columns",
                         kernels->name, s, n);
        cr_expect(guarded_intact(&out), "%s interleave %d overran %d columns", kernels->name, s, n);
        guarded_free(&out);
    }
    for (int p = 0; p < s; p++)
        guarded_free(&row[p]);
    guarded_free(&wanted);
}

Test(kernels_convolve, interleave)
{
    for (int s = 1; s <= 12; s++)
        for (int n = 1; n <= MOST_WIDTH; n += n < 140 ? 1 : 23)
            check_interleave(s, n);
}

static void check_every(int s, int n)
{
    guarded in =
        guarded_make(((size_t)(n - 1) * s + 1 + 16) * sizeof(float), 4 * random_below(&seed, 16));
    guarded wanted = guarded_make(n * sizeof(float), 0);
    for (int x = 0; x < (n - 1) * s + 17; x++)
        ((float *)in.data)[x] = random_sample(&seed);
    kernel_variant(0)->every(wanted.data, in.data, s, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = guarded_make(up_round_up(n, 16) * sizeof(float), 0);
        kernels->every(out.data, in.data, s, n);
        cr_expect_arr_eq(out.data, wanted.data, n * sizeof(float), "%s every %d, %d columns",
                         kernels->name, s, n);
        cr_expect(guarded_intact(&out), "%s every %d overran %d columns", kernels->name, s, n);
        guarded_free(&out);
    }
    guarded_free(&in);
    guarded_free(&wanted);
}

Test(kernels_convolve, every)
{
    for (int s = 1; s <= 12; s++)
        for (int n = 1; n <= MOST_WIDTH; n += n < 140 ? 1 : 23)
            check_every(s, n);
    check_every(5000, 50);
}
