/* SPDX-License-Identifier: MIT */
/* The seeds' examples of transposed convolution, by number. */
#include "support/pictures/seeds.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(seeds_tconv, .init = scratch_init, .fini = scratch_fini);

static ndarray rotated(const ndarray *w)
{
    ndarray r = ndarray_make("f4", w->rank, w->shape);
    for (size_t i = 0; i < w->count; i++)
        ndarray_set(&r, i, ndarray_get(w, w->count - 1 - i));
    return r;
}

/* What comes of every single input value alone, in row-major order; `x` of ones gives the rows of
 * the convolution's matrix. */
static void expect_units(const ndarray *x, const ndarray *w, const json_t *rows, const char *id)
{
    cr_assert_eq(json_array_size(rows), x->count);
    for (size_t i = 0; i < x->count; i++) {
        ndarray unit = ndarray_make("f4", x->rank, x->shape);
        ndarray_set(&unit, i, ndarray_get(x, i));
        ndarray got = seed_run(&unit, w, "", id), row = json_data_array(json_array_get(rows, i));
        row.rank = got.rank;
        memcpy(row.shape, got.shape, sizeof row.shape);
        cr_assert_eq(row.count, got.count, "%s", id);
        ndarray_expect(&got, &row, 1e-6, id);
        ndarray_free(&unit);
        ndarray_free(&got);
        ndarray_free(&row);
    }
}

static void check_intermediates(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    ndarray w = seed_weights(json_data_at(item, how->w));
    expect_units(&x, &w, json_data_at(item, how->expected), how->id);
    ndarray_free(&x);
    ndarray_free(&w);
}

/* W^T y is the transposed convolution of y: the rows of W are those of unit vectors. */
static void check_matrix(const json_t *item, const seed_check *how)
{
    ndarray ones = ndarray_floats(2, (int[]){ 2, 2 }, (double[]){ 1, 1, 1, 1 });
    ndarray w = seed_weights(json_data_at(item, how->w));
    expect_units(&ones, &w, json_data_at(item, how->expected), how->id);
    ndarray_free(&ones);
    ndarray_free(&w);
}

/* A cross-correlation is the transposed convolution with the kernel turned by 180 degrees and k - 1
 * cropped; how->flags, if any, go back with the kernel as it is. */
static void check_correlation(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    ndarray w = seed_weights(json_data_at(item, how->w)), turned = rotated(&w);
    ndarray y = seed_run(&x, &turned, "--padding 1", how->id), z = { 0 };
    if (how->flags)
        z = seed_run(&y, &w, how->flags, how->id);
    ndarray expected = json_data_array(json_data_at(item, how->expected));
    ndarray_expect(how->flags ? &z : &y, &expected, 0, how->id);
    ndarray_free(&x);
    ndarray_free(&w);
    ndarray_free(&turned);
    ndarray_free(&y);
    ndarray_free(&z);
    ndarray_free(&expected);
}

/* Ones through a kernel of ones. */
static void check_ones(const json_t *item, const seed_check *how)
{
    int k = how->w[0] - '0';
    ndarray x = ndarray_make("f4", 2, (int[]){ 2, 2 });
    ndarray w = ndarray_make("f4", 4, (int[]){ 1, 1, k, k });
    for (size_t i = 0; i < x.count; i++)
        ndarray_set(&x, i, 1);
    for (size_t i = 0; i < w.count; i++)
        ndarray_set(&w, i, 1);
    ndarray got = seed_run(&x, &w, how->flags, how->id);
    ndarray expected = json_data_array(json_data_at(item, how->expected));
    ndarray_expect(&got, &expected, 0, how->id);
    ndarray_free(&x);
    ndarray_free(&w);
    ndarray_free(&got);
    ndarray_free(&expected);
}

/* The text's kernel (its picture is lost) is 0.1, 0.2 ... 1.6. */
static void check_linspace(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    ndarray w = ndarray_make("f4", 4, (int[]){ 1, 1, 4, 4 });
    for (size_t i = 0; i < w.count; i++)
        ndarray_set(&w, i, 0.1 * (double)(i + 1));
    expect_units(&x, &w, json_data_at(item, how->expected), how->id);
    ndarray_free(&x);
    ndarray_free(&w);
}

/* Two ways: scatter, or insert zeros first; p' = k - 1 - p on the second is a crop of p. */
static void check_zero_insertion(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    ndarray w = seed_weights(json_data_at(item, how->w));
    int rows = x.shape[2], columns = x.shape[3];
    ndarray spread = ndarray_make("f4", 2, (int[]){ 2 * rows - 1, 2 * columns - 1 });
    for (int i = 0; i < rows * columns; i++) {
        int row = i / columns * 2, column = i % columns * 2;
        ndarray_set(&spread, (size_t)(row * spread.shape[1] + column), ndarray_get(&x, (size_t)i));
    }
    static const char *const strided[] = { "--stride 2", "--stride 2 --padding 1",
                                           "--stride 2 --padding 2" };
    static const char *const plain[] = { "", "--padding 1", "--padding 2" };
    for (int p = 0; p < 3; p++) {
        ndarray a = seed_run(&x, &w, strided[p], how->id);
        ndarray b = seed_run(&spread, &w, plain[p], how->id);
        ndarray_expect(&a, &b, 0, how->id);
        ndarray_free(&a);
        ndarray_free(&b);
    }
    ndarray_free(&x);
    ndarray_free(&w);
    ndarray_free(&spread);
}

/* padding p and output_padding extend at the bottom and right: out = full[p : p + o']. */
static void check_crop(const json_t *item, const seed_check *how)
{
    ndarray x = json_data_array(json_data_at(item, how->x));
    ndarray w = seed_weights(json_data_at(item, how->w));
    ndarray full = seed_run(&x, &w, "--stride 2", how->id);
    ndarray got = seed_run(&x, &w, how->flags, how->id);
    cr_assert_eq(full.count, 49);
    ndarray crop = ndarray_make("f4", 2, (int[]){ 6, 6 });
    for (size_t i = 0; i < 36; i++)
        ndarray_set(&crop, i, ndarray_get(&full, (i / 6 + 1) * 7 + i % 6 + 1));
    ndarray_expect(&got, &crop, 0, how->id);
    ndarray_free(&x);
    ndarray_free(&w);
    ndarray_free(&full);
    ndarray_free(&got);
    ndarray_free(&crop);
}

static const seed_check checks[] = {
    { "S0-01", seed_check_values, "inputs/X", "inputs/K", "expected_in_text", "", 0 },
    { "S0-02", seed_check_values, "inputs/X", "inputs/W", "expected_in_text", "", 0 },
    { "S0-03", seed_check_values, "inputs/X", "inputs/W", "expected_in_text", "--padding 1", 0 },
    { "S0-04", seed_check_values, "inputs/X", "inputs/W", "expected_in_text", "--stride 2", 0 },
    { "S0-05", check_intermediates, "inputs/X", "inputs/K", "computed/intermediate", NULL, 0 },
    { "S0-05", seed_check_values, "inputs/X", "inputs/K", "computed/sum", "", 0 },
    { "S0-09", check_correlation, "inputs/X", "inputs/K", "expected_in_text", NULL, 0 },
    { "S0-10", check_matrix, NULL, "inputs/K", "expected_in_text", NULL, 0 },
    { "S0-12", seed_check_values, "inputs/input", "inputs/K", "computed/Z", "", 0 },
    { "S0-13", seed_check_values, "inputs/grad_y", "inputs/K", "computed/grad_x", "", 0 },
    { "S1-10", seed_check_values, "inputs/X", "inputs/W", "computed/scatter", "--stride 2", 0 },
    { "S1-10", check_zero_insertion, "inputs/X", "inputs/W", NULL, NULL, 0 },
    { "S1-11", check_ones, NULL, "3", "computed/values_with_W_of_ones_no_bias", "--stride 2", 0 },
    { "S1-12", check_matrix, NULL, "inputs/K", "computed/C", NULL, 0 },
    { "S1-12", seed_check_values, "inputs/Y", "inputs/K", "computed/C_T_y", "", 0 },
    { "S1-14", check_correlation, "inputs/X", "inputs/K", "computed/tconv(conv(X))", "--padding 0",
      0 },
    { "S2-01", seed_check_values, "inputs/X", "inputs/K", "expected_in_text", "", 0 },
    { "S2-02", seed_check_values, "inputs/X", "inputs/W", "expected_in_text", "", 0 },
    { "S2-03", seed_check_values, "inputs/X", "inputs/W", "expected_in_text", "--padding 1", 0 },
    { "S2-04", seed_check_values, "inputs/X", "inputs/W", "expected_in_text", "--stride 2", 0 },
    { "S2-09", check_correlation, "inputs/X", "inputs/K", "expected_in_text", NULL, 0 },
    { "S2-10", check_matrix, NULL, "inputs/K", "expected_in_text", NULL, 0 },
    { "S2-12", seed_check_values, "inputs/input", "inputs/K", "computed/Z", "", 0 },
    { "S3-02", check_zero_insertion, "inputs/X", "inputs/W", NULL, NULL, 0 },
    { "S3-03", seed_check_values, "inputs/X", "inputs/W", "computed/values", "", 0 },
    { "S3-04", seed_check_values, "inputs/X", "inputs/W", "computed/values", "--stride 2", 0 },
    { "S3-07", seed_check_values, "inputs/X", "inputs/W",
      "computed/PyTorch padding=1 output_padding=1", "--stride 2 --padding 1 --output-padding 1",
      0 },
    { "S3-07", seed_check_values, "inputs/X", "inputs/W", "computed/full (padding 0)", "--stride 2",
      0 },
    { "S3-08", check_crop, "inputs/X", "inputs/W", NULL,
      "--stride 2 --padding 1 --output-padding 1", 0 },
    { "S4-01", seed_check_values, "inputs/X", "inputs/W", "computed/values_float64", "", 2e-5 },
    { "S4-02", check_linspace, "inputs/X", NULL, "computed/intermediate", NULL, 0 },
    { "S4-06", check_ones, NULL, "2", "computed/stride 1 (overlap)", "", 0 },
    { "S4-06", check_ones, NULL, "2", "computed/stride 2", "--stride 2", 0 },
    { "S4-06", check_ones, NULL, "2", "computed/stride 3 (gap of zeros)", "--stride 3", 0 },
};

Test(seeds_tconv, examples)
{
    seeds_run(checks, sizeof checks / sizeof *checks);
}
