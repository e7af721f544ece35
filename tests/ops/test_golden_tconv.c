/* SPDX-License-Identifier: MIT */
/* Transposed convolution through the program against PyTorch. */
#include "support/pictures/upscaled.h"
#include "support/reference/golden.h"
#include "support/scratch.h"

#include <criterion/criterion.h>

#define GROUP "conv_transpose2d"

TestSuite(golden_tconv, .init = scratch_init, .fini = scratch_fini);

static void args_tconv(process_args *args, const char *weights)
{
    args_split(args, "-m tconv -w");
    args_add(args, "%s", weights);
}

static void save_weights(const json_t *golden, const char *path)
{
    ndarray w = golden_load(GROUP, golden, "w"), b = { 0 };
    bool bias = json_is_true(json_object_get(golden, "bias"));
    if (bias)
        b = golden_load(GROUP, golden, "b");
    safetensors_save(path, (named_array[]){ { "weight", &w }, { "bias", &b } }, 1 + bias, NULL);
    ndarray_free(&w);
    ndarray_free(&b);
}

static void check_case(const json_t *golden)
{
    const char *id = golden_text(golden, "id"), *weights = scratch_path("w.safetensors");
    save_weights(golden, weights);
    process_args flags = { 0 };
    args_tconv(&flags, weights);
    args_pair(&flags, "--stride", golden, "stride");
    args_pair(&flags, "--padding", golden, "padding");
    args_pair(&flags, "--output-padding", golden, "output_padding");
    args_pair(&flags, "--dilation", golden, "dilation");
    args_add(&flags, "--groups");
    args_add(&flags, "%d", (int)json_integer_value(json_object_get(golden, "groups")));

    ndarray got = upscaled(golden_path(GROUP, golden, "x").text, &flags, id);
    ndarray reference = golden_load(GROUP, golden, "ref");
    bool exact = json_is_true(json_object_get(golden, "integer_valued"));
    if (got.data)
        ndarray_expect(&got, &reference, exact ? 0 : golden_tolerance(golden, &reference), id);
    ndarray_free(&got);
    ndarray_free(&reference);
    args_free(&flags);
}

Test(golden_tconv, pytorch_cases)
{
    golden_each(GROUP, "cases", check_case);
}

/* What PyTorch refuses, and the neighbours of it that PyTorch accepts. */
static const struct {
    const char *what;
    int x[4], w[4];
    const char *flags;
    int out[4]; /* {0}: refused */
} limits[] = {
    { "output_padding 1, stride 1, dilation 1",
      { 1, 2, 3, 3 },
      { 2, 2, 3, 3 },
      "--output-padding 1",
      { 0 } },
    { "output_padding 1, stride 1, dilation 2",
      { 1, 2, 3, 3 },
      { 2, 2, 3, 3 },
      "--output-padding 1 --dilation 2",
      { 1, 2, 8, 8 } },
    { "dilation 0", { 1, 2, 3, 3 }, { 2, 2, 3, 3 }, "--dilation 0", { 0 } },
    { "negative output_padding",
      { 1, 2, 3, 3 },
      { 2, 2, 3, 3 },
      "--output-padding -1 --stride 2",
      { 0 } },
    { "input channels 3, weight for 2", { 1, 3, 3, 3 }, { 2, 2, 3, 3 }, "", { 0 } },
    { "groups 0", { 1, 2, 3, 3 }, { 2, 2, 3, 3 }, "--groups 0", { 0 } },
    { "zero-size kernel", { 1, 2, 3, 3 }, { 2, 2, 0, 3 }, "", { 0 } },
    { "stride 0", { 1, 2, 3, 3 }, { 2, 2, 3, 3 }, "--stride 0", { 0 } },
    { "negative padding", { 1, 2, 3, 3 }, { 2, 2, 3, 3 }, "--padding -1", { 0 } },
    { "nothing left after padding", { 1, 1, 2, 2 }, { 1, 1, 2, 2 }, "--padding 2", { 0 } },
    { "groups 3 of 4 channels", { 1, 4, 3, 3 }, { 4, 1, 3, 3 }, "--groups 3", { 0 } },
    { "output_size below k3 s2 (7..8)",
      { 1, 1, 3, 3 },
      { 1, 1, 3, 3 },
      "--stride 2 --output-size 6,6",
      { 0 } },
    { "output_size above k3 s2 (7..8)",
      { 1, 1, 3, 3 },
      { 1, 1, 3, 3 },
      "--stride 2 --output-size 9,9",
      { 0 } },
    { "largest output_size of k3 s2 (7..8)",
      { 1, 1, 3, 3 },
      { 1, 1, 3, 3 },
      "--stride 2 --output-size 8,7",
      { 1, 1, 8, 7 } },
    { "batch 0", { 0, 2, 3, 3 }, { 2, 5, 3, 3 }, "", { 0, 5, 5, 5 } },
};

Test(golden_tconv, what_pytorch_refuses)
{
    const char *input = scratch_path("x.npy"), *weights = scratch_path("w.safetensors");
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        ndarray x = ndarray_make("f4", 4, limits[i].x), w = ndarray_make("f4", 4, limits[i].w);
        ndarray_save(&x, input);
        safetensors_save(weights, &(named_array){ "weight", &w }, 1, NULL);
        process_args flags = { 0 };
        args_tconv(&flags, weights);
        args_split(&flags, limits[i].flags);
        if (limits[i].out[1]) {
            ndarray reference = ndarray_make("f4", 4, limits[i].out);
            ndarray got = upscaled(input, &flags, limits[i].what);
            if (got.data)
                ndarray_expect(&got, &reference, 0, limits[i].what);
            ndarray_free(&got);
            ndarray_free(&reference);
        } else {
            expect_refused(input, &flags, limits[i].what);
        }
        args_free(&flags);
        ndarray_free(&x);
        ndarray_free(&w);
    }
}
