/* SPDX-License-Identifier: MIT */
/* Max pooling, max unpooling and bed of nails through the program against PyTorch. */
#include "support/pictures/upscaled.h"
#include "support/reference/golden.h"
#include "support/scratch.h"

#include <criterion/criterion.h>

#define GROUP "maxunpool"

TestSuite(golden_unpool, .init = scratch_init, .fini = scratch_fini);

static void expect_file(const char *path, const json_t *golden, const char *key, const char *id)
{
    ndarray got = ndarray_load(path), reference = golden_load(GROUP, golden, key);
    ndarray_expect(&got, &reference, 0, id);
    ndarray_free(&got);
    ndarray_free(&reference);
}

static void args_window(process_args *args, const json_t *golden)
{
    args_pair(args, "--kernel", golden, "kernel");
    args_pair(args, "--stride", golden, "stride");
    args_pair(args, "--padding", golden, "padding");
}

static void pool(const json_t *golden, const char *pooled, const char *indices)
{
    process_args args = { 0 };
    args_add(&args, "%s", UP_PROGRAM);
    args_add(&args, "pool");
    args_add(&args, "%s", golden_path(GROUP, golden, "x").text);
    args_add(&args, "-o");
    args_add(&args, "%s", pooled);
    args_add(&args, "--indices");
    args_add(&args, "%s", indices);
    args_window(&args, golden);
    args_pair(&args, "--dilation", golden, "dilation");
    if (json_is_true(json_object_get(golden, "ceil_mode")))
        args_add(&args, "--ceil-mode");
    process_result result = process_run((const char *const *)args.item, NULL);
    cr_assert_eq(result.exit_code, 0, "pool %s: %s", golden_text(golden, "id"), result.err);
    process_free(&result);
    args_free(&args);
}

static void check_case(const json_t *golden)
{
    const char *id = golden_text(golden, "id");
    const char *pooled = scratch_path("p%s.npy", id), *indices = scratch_path("i%s.npy", id);
    pool(golden, pooled, indices);
    expect_file(pooled, golden, "pooled", id);
    expect_file(indices, golden, "indices", id);

    process_args flags = { 0 };
    args_split(&flags, "-m max-unpool --indices");
    args_add(&flags, "%s", indices);
    args_window(&flags, golden);
    args_pair(&flags, "--output-size", golden, "output_size");
    ndarray got = upscaled(pooled, &flags, id), reference = golden_load(GROUP, golden, "unpooled");
    if (got.data)
        ndarray_expect(&got, &reference, 0, id);
    ndarray_free(&got);
    ndarray_free(&reference);
    args_free(&flags);
}

Test(golden_unpool, pytorch_cases)
{
    golden_each(GROUP, "cases", check_case);
}

static void check_bed_of_nails(const json_t *golden)
{
    process_args flags = { 0 };
    args_split(&flags, "-m bed-of-nails");
    args_pair(&flags, "-s", golden, "scale");
    const char *id = golden_text(golden, "id");
    ndarray got = upscaled(golden_path(GROUP, golden, "x").text, &flags, id);
    ndarray reference = golden_load(GROUP, golden, "ref");
    if (got.data)
        ndarray_expect(&got, &reference, 0, id);
    ndarray_free(&got);
    ndarray_free(&reference);
    args_free(&flags);
}

Test(golden_unpool, bed_of_nails)
{
    golden_each(GROUP, "bed_of_nails", check_bed_of_nails);
}

/* A 2x2 pooled plane of ones by k2 s2, as PyTorch takes or refuses it. */
static const struct {
    const char *what, *type;
    int index[4];
    const char *output_size;
    int rows, columns; /* 0: refused */
} limits[] = {
    { "output_size 3x3", "i8", { 5, 7, 13, 15 }, "3,3", 0, 0 },
    { "output_size 5x5", "i8", { 5, 7, 13, 15 }, "5,5", 5, 5 },
    { "output_size 2x2", "i8", { 5, 7, 13, 15 }, "2,2", 0, 0 },
    { "output_size 6x6", "i8", { 5, 7, 13, 15 }, "6,6", 0, 0 },
    { "index 16 in a 4x4 output", "i8", { 5, 7, 13, 16 }, NULL, 0, 0 },
    { "negative index", "i8", { 5, -1, 13, 15 }, NULL, 0, 0 },
    { "indices int32", "i4", { 5, 7, 13, 15 }, NULL, 0, 0 },
    { "indices float32", "f4", { 5, 7, 13, 15 }, NULL, 0, 0 },
    { "index written twice", "i8", { 5, 5, 13, 15 }, NULL, 4, 4 },
};

Test(golden_unpool, what_pytorch_refuses)
{
    static const int shape[] = { 1, 1, 2, 2 };
    const char *input = scratch_path("p.npy"), *indices = scratch_path("i.npy");
    ndarray pooled = ndarray_floats(4, shape, (double[]){ 1, 1, 1, 1 });
    ndarray_save(&pooled, input);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int rows = limits[i].rows, columns = limits[i].columns;
        ndarray index = ndarray_make(limits[i].type, 4, shape);
        ndarray reference = ndarray_make("f4", 2, (int[]){ rows, columns });
        for (size_t k = 0; k < 4; k++) {
            ndarray_set(&index, k, limits[i].index[k]);
            if (rows)
                ndarray_set(&reference, limits[i].index[k], 1);
        }
        ndarray_save(&index, indices);
        process_args flags = { 0 };
        args_split(&flags, "-m max-unpool --kernel 2 --stride 2 --indices");
        args_add(&flags, "%s", indices);
        if (limits[i].output_size) {
            args_add(&flags, "--output-size");
            args_add(&flags, "%s", limits[i].output_size);
        }
        if (rows) {
            ndarray got = upscaled(input, &flags, limits[i].what);
            if (got.data)
                ndarray_expect(&got, &reference, 0, limits[i].what);
            ndarray_free(&got);
        } else {
            expect_refused(input, &flags, limits[i].what);
        }
        args_free(&flags);
        ndarray_free(&index);
        ndarray_free(&reference);
    }
    ndarray_free(&pooled);
}
