/* SPDX-License-Identifier: MIT */
/* Resampling through the program against PyTorch. */
#include "support/pictures/upscaled.h"
#include "support/reference/golden.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define GROUP "interpolate"

TestSuite(golden_interpolate, .init = scratch_init, .fini = scratch_fini);

static void args_resample(process_args *args, const json_t *golden)
{
    const char *mode = golden_text(golden, "mode");
    args_split(args, "--no-antialias --cubic-a -0.75 -m");
    args_add(args, "%s", mode);
    if (json_is_true(json_object_get(golden, "align_corners")))
        args_add(args, "--align-corners");
    args_pair(args, "-s", golden, "scale_factor");
    const json_t *size = json_object_get(golden, "size");
    if (json_is_array(size)) {
        args_add(args, "--size");
        args_add(args, "%dx%d", (int)json_integer_value(json_array_get(size, 1)),
                 (int)json_integer_value(json_array_get(size, 0)));
    }
}

/* Where PyTorch's float index is a rounding error, the exact one is right. */
static ndarray nearest_reference(const json_t *golden, const ndarray *x)
{
    double scale[2];
    int shape[4];
    for (int i = 0; i < 4; i++)
        shape[i] = (int)json_integer_value(json_array_get(json_data_at(golden, "out_shape"), i));
    for (int i = 0; i < 2; i++)
        scale[i] = json_number_value(json_array_get(json_data_at(golden, "scale_factor"), i));
    ndarray out = ndarray_make("f4", 4, shape);
    for (size_t i = 0; i < out.count; i++) {
        size_t column = i % shape[3], row = i / shape[3] % shape[2],
               plane = i / shape[3] / shape[2];
        size_t y = (size_t)floor(row / scale[0]), z = (size_t)floor(column / scale[1]);
        ndarray_set(&out, i, ndarray_get(x, (plane * x->shape[2] + y) * x->shape[3] + z));
    }
    return out;
}

static void check_case(const json_t *golden)
{
    const char *id = golden_text(golden, "id");
    process_args flags = { 0 };
    args_resample(&flags, golden);
    ndarray got = upscaled(golden_path(GROUP, golden, "x").text, &flags, id);
    ndarray reference = golden_load(GROUP, golden, "ref");
    double tolerance = golden_tolerance(golden, &reference);
    if (strcmp(golden_text(golden, "mode"), "nearest") == 0)
        tolerance = 0;
    if (json_array_size(json_object_get(golden, "index_differs_from_exact_arithmetic"))) {
        ndarray x = golden_load(GROUP, golden, "x");
        ndarray_free(&reference);
        reference = nearest_reference(golden, &x);
        ndarray_free(&x);
    }
    if (got.data)
        ndarray_expect(&got, &reference, tolerance, id);
    ndarray_free(&got);
    ndarray_free(&reference);
    args_free(&flags);
}

Test(golden_interpolate, pytorch_cases)
{
    golden_each(GROUP, "cases", check_case);
}
