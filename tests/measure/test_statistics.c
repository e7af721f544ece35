/* SPDX-License-Identifier: MIT */
/* What is said of numbers of several pictures: as SciPy 1.10.1 says it, and by definition. */
#include "support/pictures/image_io.h"
#include "support/sanitized.h"
#include "upscale_measure.h"

#include <criterion/criterion.h>
#include <math.h>

enum { MOST = 60 };

/* Whole numbers that anybody can make again. */
static void fill(double *value, int count, int modulus, int less)
{
    for (int i = 0; i < count; i++)
        value[i] = (i * i * 37 + 11 * i + 5) % modulus - less;
}

static up_summary summary_of(const double *value, int count, uint64_t seed)
{
    up_error error = { 0 };
    up_summary s;
    cr_assert_eq(up_summarise(&s, value, count, seed, &error), UP_OK, "%s", error.message);
    return s;
}

static up_paired paired_of(const double *value, const double *baseline, int count, bool lower)
{
    up_error error = { 0 };
    up_paired p;
    cr_assert_eq(up_compare_paired(&p, value, baseline, count, lower, 0, &error), UP_OK, "%s",
                 error.message);
    return p;
}

/* scipy.stats.wilcoxon(d, correction=False), mode exact up to 25 and approx above; numpy's mean,
 * median and std(ddof=1); scipy.stats.bootstrap((d,), mean, method='percentile') of 200,000. */
Test(statistics, scipy_says_the_same)
{
    static const struct {
        int count, modulus, less;
        double p, mean, median, deviation, low, high;
    } cases[] = {
        { 5, 97, 30, 0.1875, 25, 29, 30.306764921383476, -0.8, 45 },
        { 10, 211, 80, 0.193359375, 37.3, 60.5, 70.1095175025791, -5.8, 76.1 },
        { 25, 499, 200, 0.17295855283737183, 43.32, -9, 163.30766464968303, -18.92, 106.28 },
        { 26, 499, 200, 0.10138633324386155, 51.30769230769231, 3, 165.11057367249845, -10.346,
          113.538 },
        { 60, 499, 230, 0.03654561634962971, 40.88333333333333, 41.5, 147.09089679821778, 3.7,
          77.55 },
        { 60, 23, 9, 0.6303758091109017, 0.23333333333333334, -2, 6.852852101198739, -1.4667,
          1.9667 },
    };
    static const double zeros[MOST];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value[MOST];
        fill(value, cases[i].count, cases[i].modulus, cases[i].less);
        const up_paired p = paired_of(value, zeros, cases[i].count, false);
        const up_summary *s = &p.difference;
        const double spread = s->high - s->low;
        cr_expect_float_eq(p.p, cases[i].p, 1e-9, "%zu: p is %.12g", i, p.p);
        cr_expect_float_eq(s->mean, cases[i].mean, 1e-9);
        cr_expect_float_eq(s->median, cases[i].median, 1e-9);
        cr_expect_float_eq(s->deviation, cases[i].deviation, 1e-9);
        cr_expect_float_eq(s->low, cases[i].low, 0.03 * spread, "%zu: from %g", i, s->low);
        cr_expect_float_eq(s->high, cases[i].high, 0.03 * spread, "%zu: to %g", i, s->high);
    }
}

/* All choices of signs, one after the other. */
static double p_by_counting(const double *difference, int count)
{
    double rank[16], positive = 0, total = 0;
    int far = 0;
    for (int i = 0; i < count; i++) {
        rank[i] = 0.5;
        for (int k = 0; k < count; k++)
            rank[i] += fabs(difference[k]) < fabs(difference[i])    ? 1
                       : fabs(difference[k]) == fabs(difference[i]) ? 0.5
                                                                    : 0;
        positive += difference[i] > 0 ? rank[i] : 0;
        total += rank[i];
    }
    for (unsigned signs = 0; signs < 1u << count; signs++) {
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += signs >> i & 1 ? rank[i] : 0;
        far += fabs(sum - total / 2) >= fabs(positive - total / 2) - 1e-9;
    }
    return far / pow(2, count);
}

Test(statistics, small_samples_are_exact_with_ties_too)
{
    static const double zeros[MOST];
    for (int count = 1; count <= 12; count++)
        for (int modulus = 3; modulus < 40; modulus += 7) {
            double value[MOST], kept[MOST];
            int n = 0;
            fill(value, count, modulus, modulus / 3);
            for (int i = 0; i < count; i++)
                if (value[i] != 0)
                    kept[n++] = value[i];
            const double p = paired_of(value, zeros, count, false).p;
            cr_expect_float_eq(p, p_by_counting(kept, n), 1e-12, "%d of %d: %g", count, modulus, p);
        }
}

Test(statistics, wins_are_what_is_better)
{
    static const double a[] = { 1, 2, 3, 4, INFINITY }, b[] = { 0, 2, 4, 5, INFINITY };
    const up_paired more = paired_of(a, b, 5, false), less = paired_of(a, b, 5, true);
    cr_expect(more.wins == 1 && more.losses == 2);
    cr_expect(less.wins == 2 && less.losses == 1);
    cr_expect_float_eq(more.difference.mean, -0.2, 1e-12);
    cr_expect_eq(paired_of(a, a, 5, false).p, 1);
}

Test(statistics, what_cannot_be_known_is_not_said)
{
    static const double one[] = { 31.5 }, infinite[] = { 30, INFINITY, 32 }, hole[] = { 1, NAN };
    up_summary s = summary_of(one, 1, 0);
    cr_expect(s.count == 1 && s.mean == 31.5 && s.median == 31.5);
    cr_expect(isnan(s.deviation) && isnan(s.low) && isnan(s.high));
    s = summary_of(infinite, 3, 0);
    cr_expect(isinf(s.mean) && s.median == 32 && isnan(s.low));
    cr_expect_eq(up_summarise(&s, hole, 2, 0, NULL), UP_ERROR_ARGUMENT);
    cr_expect_eq(up_summarise(&s, hole, 0, 0, NULL), UP_ERROR_ARGUMENT);
    up_paired p;
    cr_expect_eq(up_compare_paired(&p, hole, infinite, 2, false, 0, NULL), UP_ERROR_ARGUMENT);
    cr_expect(isnan(p.p) && isnan(p.difference.mean) && p.wins == 0 && p.losses == 0);
}

Test(statistics, seeds_repeat)
{
    double value[MOST];
    fill(value, MOST, 499, 230);
    const up_summary a = summary_of(value, MOST, 7), b = summary_of(value, MOST, 7);
    const up_summary c = summary_of(value, MOST, 8);
    cr_expect(a.low == b.low && a.high == b.high);
    cr_expect(a.low != c.low && a.mean == c.mean);
}

/* Of normal numbers the interval holds the true mean about 19 times in 20. */
Test(statistics, intervals_hold_what_they_promise)
{
    const int trials = MANY_OR_FEW(200, 40);
    uint32_t state = 1;
    int held = 0;
    for (int trial = 0; trial < trials; trial++) {
        double value[40];
        for (int i = 0; i < 40; i++) {
            value[i] = -6;
            for (int k = 0; k < 12; k++)
                value[i] += (next_random(&state) + 0.5) / 0x1p24;
        }
        const up_summary s = summary_of(value, 40, (uint64_t)trial);
        held += s.low <= 0 && s.high >= 0;
    }
    cr_expect(held >= 0.89 * trials, "%d of %d", held, trials);
    cr_expect(held <= 0.99 * trials || SANITIZED, "%d of %d", held, trials);
}
