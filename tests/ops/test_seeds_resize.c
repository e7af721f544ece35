/* SPDX-License-Identifier: MIT */
/* The seeds' examples of unpooling and interpolation, by number. */
#include "support/pictures/seeds.h"
#include "support/pictures/upscaled.h"
#include "support/scratch.h"

#include <criterion/criterion.h>

TestSuite(seeds_resize, .init = scratch_init, .fini = scratch_fini);

static void expect_item(const ndarray *got, const json_t *item, const char *path, const char *id)
{
    ndarray expected = json_data_array(json_data_at(item, path));
    ndarray_expect(got, &expected, 0, id);
    ndarray_free(&expected);
}

/* Pools by k2 s2, looks at maxima and positions, and unpools with the flags. */
static void check_pool_unpool(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    const char *input = scratch_path("%s-x.npy", how->id);
    const char *pooled = scratch_path("%s-p.npy", how->id);
    const char *indices = scratch_path("%s-i.npy", how->id);
    ndarray_save(&x, input);
    process_result result = RUN_UPSCALE("pool", input, "-o", pooled, "--indices", indices,
                                        "--kernel", "2", "--stride", "2");
    cr_assert_eq(result.exit_code, 0, "%s: %s", how->id, result.err);
    process_free(&result);

    ndarray p = ndarray_load(pooled), i = ndarray_load(indices);
    expect_item(&p, item, "computed/pooled", how->id);
    expect_item(&i, item, "computed/indices", how->id);
    process_args args = { 0 };
    args_split(&args, "-m max-unpool --kernel 2 --stride 2 --indices");
    args_add(&args, "%s", indices);
    args_split(&args, how->flags);
    ndarray unpooled = upscaled(pooled, &args, how->id);
    expect_item(&unpooled, item, how->expected, how->id);
    args_free(&args);
    ndarray_free(&x);
    ndarray_free(&p);
    ndarray_free(&i);
    ndarray_free(&unpooled);
}

/* Positions of a 4-wide plane put to use in a 5-wide one: right, and no restoration (S1-06). */
static void check_unpool_elsewhere(const json_t *item, const seed_check *how)
{
    ndarray p = json_data_array(json_data_at(item, how->x));
    ndarray from = json_data_array(json_data_at(item, "inputs/indices"));
    ndarray i = ndarray_make("i8", from.rank, from.shape);
    for (size_t k = 0; k < i.count; k++)
        ndarray_set(&i, k, ndarray_get(&from, k));
    const char *input = scratch_path("p.npy"), *indices = scratch_path("i.npy");
    ndarray_save(&p, input);
    ndarray_save(&i, indices);
    process_args args = { 0 };
    args_split(&args, "-m max-unpool --kernel 2 --stride 2 --indices");
    args_add(&args, "%s", indices);
    args_split(&args, how->flags);
    ndarray unpooled = upscaled(input, &args, how->id);
    expect_item(&unpooled, item, how->expected, how->id);
    args_free(&args);
    ndarray_free(&p);
    ndarray_free(&from);
    ndarray_free(&i);
    ndarray_free(&unpooled);
}

/* Linear along x, then linear along y. */
static void check_separable(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    ndarray wide = seed_run(&x, NULL, "-m bilinear -s 1,2", how->id);
    ndarray both = seed_run(&wide, NULL, "-m bilinear -s 2,1", how->id);
    ndarray once = seed_run(&x, NULL, "-m bilinear -s 2", how->id);
    ndarray_expect(&both, &once, 0, how->id);
    ndarray_free(&x);
    ndarray_free(&wide);
    ndarray_free(&both);
    ndarray_free(&once);
}

#define PRINTED 5.1e-5 /* four decimals */
#define FLOAT 2e-6

static const seed_check checks[] = {
    { "S1-01", seed_check_values, "inputs/X", NULL, "computed/out", "-m nearest -s 2", 0 },
    { "S1-02", seed_check_values, "inputs/X", NULL, "computed/out", "-m bed-of-nails -s 2", 0 },
    { "S1-03", check_pool_unpool, "inputs/X", NULL, "expected_in_text", "", 0 },
    { "S1-04", check_unpool_elsewhere, "inputs/pooled", NULL, "expected_in_text",
      "--output-size 5,5", 0 },
    { "S1-05", check_pool_unpool, "inputs/X", NULL, "computed/unpooled", "--output-size 5,5", 0 },
    { "S1-07", seed_check_values, "inputs/X", NULL, "expected_in_text",
      "-m bilinear --align-corners -s 2", PRINTED },
    { "S1-07", seed_check_values, "inputs/X", NULL, "computed", "-m bilinear --align-corners -s 2",
      FLOAT },
    { "S1-08", seed_check_values, "inputs/X", NULL, "computed/bilinear_ac0", "-m bilinear -s 2",
      FLOAT },
    { "S1-08", seed_check_values, "inputs/X", NULL, "computed/bicubic_ac0",
      "-m bicubic --cubic-a -0.75 -s 2", FLOAT },
    { "S1-08", seed_check_values, "inputs/X", NULL, "computed/bicubic_ac1",
      "-m bicubic --cubic-a -0.75 --align-corners -s 2", FLOAT },
    { "S1-08", seed_check_values, "inputs/X", NULL, "computed/nearest", "-m nearest -s 2", 0 },
    { "S1-09", check_separable, "inputs/X", NULL, NULL, NULL, 0 },
};

Test(seeds_resize, examples)
{
    seeds_run(checks, sizeof checks / sizeof *checks);
}
