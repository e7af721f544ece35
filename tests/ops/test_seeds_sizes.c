/* SPDX-License-Identifier: MIT */
/* The seeds' claims about sizes, by number; where a claim is wrong, the right statement. */
#include "support/pictures/seeds.h"
#include "support/process.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(seeds_sizes, .init = scratch_init, .fini = scratch_fini);

/* One square layer: input i, kernel k, stride s, padding p, output padding a, output o. */
typedef struct {
    int i, k, s, p, a, o;
} layer;

/* Rows by one layer, columns by another. */
static void expect_sizes(const layer *r, const layer *c, const char *id)
{
    char flags[128];
    snprintf(flags, sizeof flags, "--stride %d,%d --padding %d,%d --output-padding %d,%d", r->s,
             c->s, r->p, c->p, r->a, c->a);
    seed_expect_shape((int[]){ 1, 1, r->i, c->i }, (int[]){ 1, 1, r->k, c->k },
                      (int[]){ 1, 1, r->o, c->o }, flags, id);
}

static int number(const json_t *list, size_t i)
{
    return (int)json_integer_value(json_array_get(list, i));
}

/* conv k5 p2 s3 divides sizes; the same layer transposed gives them back only where (i + 2p - k) is
 * a multiple of s, and always with the remainder as output padding. */
static void check_round_trip(const json_t *item, const seed_check *how)
{
    const json_t *counter = json_data_at(item, how->expected);
    for (size_t n = 0; n < json_array_size(counter); n++) {
        const json_t *sizes = json_array_get(counter, n);
        int in = number(sizes, 0), conv = number(sizes, 1), out = number(sizes, 2);
        cr_expect_neq(in, out);
        cr_expect_eq((in + 4 - 5) / 3 + 1, conv);
        expect_sizes(&(layer){ conv, 5, 3, 2, 0, out }, &(layer){ conv, 5, 3, 2, 0, out }, how->id);
    }
    for (int in = 5; in < 29; in++) {
        layer exact = { (in - 1) / 3 + 1, 5, 3, 2, (in - 1) % 3, in };
        expect_sizes(&exact, &exact, how->id);
    }
}

/* [n, conv(n), tconv(n)] of k5 p2 s3: not n / 3 and 3 n. */
static void check_no_factor(const json_t *item, const seed_check *how)
{
    const json_t *list = json_data_at(item, how->expected);
    for (size_t n = 0; n < json_array_size(list); n++) {
        const json_t *sizes = json_array_get(list, n);
        layer l = { number(sizes, 0), 5, 3, 2, 0, number(sizes, 2) };
        cr_expect_neq(l.o, 3 * l.i);
        expect_sizes(&l, &l, how->id);
    }
}

static void check_multi_channel(const json_t *item, const seed_check *how)
{
    (void)item;
    seed_expect_shape((int[]){ 1, 20, 6, 6 }, (int[]){ 20, 10, 5, 5 }, (int[]){ 1, 10, 16, 16 },
                      "--stride 3 --padding 2", how->id);
}

/* The weight [in, out / groups, rows, columns] makes `out` channels. */
static void check_weight_shape(const json_t *item, const seed_check *how)
{
    int w[4], groups = how->flags[0] ? 2 : 1;
    for (size_t i = 0; i < 4; i++)
        w[i] = number(json_data_at(item, how->expected), i);
    seed_expect_shape((int[]){ 1, w[0], 2, 3 }, w,
                      (int[]){ 1, w[1] * groups, 2 + w[2] - 1, 3 + w[3] - 1 }, how->flags, how->id);
}

/* A transposed convolution need not enlarge. */
static void check_not_larger(const json_t *item, const seed_check *how)
{
    (void)item;
    expect_sizes(&(layer){ 2, 2, 1, 1, 0, 1 }, &(layer){ 4, 3, 1, 1, 0, 4 }, how->id);
}

/* h + k - 1, not h + k. */
static void check_full_size(const json_t *item, const seed_check *how)
{
    const json_t *out = json_data_at(item, how->expected);
    expect_sizes(&(layer){ 2, 2, 1, 0, 0, number(out, 0) },
                 &(layer){ 2, 2, 1, 0, 0, number(out, 1) }, how->id);
}

/* o = s (i - 1) + k - 2 p over the whole grid, two sizes a run. */
static void check_formula_grid(const json_t *item, const seed_check *how)
{
    layer waiting = { 0 };
    int sizes = 0;
    for (int n = 0; n < 7 * 7 * 4 * 4; n++) {
        layer l = { n % 7 + 1, n / 7 % 7 + 1, n / 49 % 4 + 1, n / 196, 0, 0 };
        l.o = l.s * (l.i - 1) + l.k - 2 * l.p;
        if (l.o < 1)
            continue;
        if (sizes++ % 2)
            expect_sizes(&waiting, &l, how->id);
        waiting = l;
    }
    if (sizes % 2)
        expect_sizes(&waiting, &waiting, how->id);
    cr_expect_eq(sizes, (int)json_integer_value(json_data_at(item, how->expected)));
}

/* o = i' + (k - 1) - 2 p is i' only for p = (k - 1) / 2. */
static void check_half_padding(const json_t *item, const seed_check *how)
{
    const json_t *counter = json_data_at(item, how->expected);
    for (size_t n = 0; n < json_array_size(counter); n++) {
        const json_t *c = json_array_get(counter, n);
        layer l = { number(c, 0), number(c, 1), 1, number(c, 2), 0, number(c, 3) };
        cr_expect_neq(l.o, l.i);
        expect_sizes(&l, &(layer){ 4, 7, 1, 3, 0, 4 }, how->id);
    }
}

/* k 4, s 1: 1, 2, 3, 4 -> 4, 5, 6, 7. */
static void check_small_sizes(const json_t *item, const seed_check *how)
{
    const json_t *out = json_data_at(item, how->expected);
    for (int i = 1; i <= 4; i++) {
        layer l = { i, 4, 1, 0, 0, number(out, (size_t)i - 1) };
        expect_sizes(&l, &l, how->id);
    }
}

static void check_batch(const json_t *item, const seed_check *how)
{
    (void)item;
    seed_expect_shape((int[]){ 4, 3, 4, 4 }, (int[]){ 3, 7, 4, 4 }, (int[]){ 4, 7, 7, 7 }, "",
                      how->id);
}

/* (C, H, W) is taken, too. */
static void check_rank_3(const json_t *item, const seed_check *how)
{
    ndarray x = ndarray_make("f4", 3, (int[]){ 1, 2, 3 });
    ndarray w = ndarray_make("f4", 4, (int[]){ 1, 3, 4, 4 });
    ndarray got = seed_run(&x, &w, "", how->id);
    const json_t *shape = json_data_at(item, how->expected);
    cr_expect_eq(got.rank, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(got.shape[i], number(shape, i));
    ndarray_free(&x);
    ndarray_free(&w);
    ndarray_free(&got);
}

static const seed_check checks[] = {
    { "S0-06", check_multi_channel, NULL, NULL, NULL, NULL, 0 },
    { "S0-07", check_round_trip, NULL, NULL, "computed/counterexamples [in, conv, tconv]", NULL,
      0 },
    { "S0-08", check_weight_shape, NULL, NULL, "computed/weight_shape", "", 0 },
    { "S0-16", check_not_larger, NULL, NULL, NULL, NULL, 0 },
    { "S0-18", check_full_size, NULL, NULL, "computed/shape", NULL, 0 },
    { "S2-06", check_multi_channel, NULL, NULL, NULL, NULL, 0 },
    { "S2-07", check_round_trip, NULL, NULL, "computed/counterexamples [in, conv, tconv]", NULL,
      0 },
    { "S2-08", check_no_factor, NULL, NULL, "computed/[n, conv(n), tconv(n)]", NULL, 0 },
    { "S3-05", check_formula_grid, NULL, NULL, "computed/sizes_checked", NULL, 0 },
    { "S3-06", check_half_padding, NULL, NULL, "computed/counterexamples [i,k,p,o]", NULL, 0 },
    { "S4-03", check_weight_shape, NULL, NULL, "computed/1->3 k4", "", 0 },
    { "S4-03", check_weight_shape, NULL, NULL, "computed/3->7 k4", "", 0 },
    { "S4-03", check_weight_shape, NULL, NULL, "computed/4->8 k4 groups=2", "--groups 2", 0 },
    { "S4-04", check_batch, NULL, NULL, NULL, NULL, 0 },
    { "S4-05", check_small_sizes, NULL, NULL, "computed", NULL, 0 },
    { "S4-07", check_rank_3, NULL, NULL, "computed/shape", NULL, 0 },
};

Test(seeds_sizes, examples)
{
    seeds_run(checks, sizeof checks / sizeof *checks);
}
