/* SPDX-License-Identifier: MIT */
/* Zero is a value, naming a default changes nothing, and structs of other sizes. */
#include "support/shell.h"
#include "upscale_measure.h"
#include "upscale_train.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(options, .init = scratch_init, .fini = scratch_fini);

static uint8_t from[24 * 24], to[12 * 12], other[12 * 12];

static const up_pixels large = {
    .format = { .width = 24, .height = 24, .channels = 1, .frames = 1, .color = UP_COLOR_GREY },
    .data = from
};

static void reduce(uint8_t *result, const up_options *options)
{
    up_pixels small = large;
    up_error error;
    small.format.width = small.format.height = 12;
    small.data = result;
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)(i * i * 37 >> 3);
    up_status status = up_upscale_pixels(&large, &small, options, &error);
    cr_assert_eq(status, UP_OK, "%s", error.message);
}

static up_options halving(void)
{
    up_options options;
    up_options_init(&options);
    options.method = "bicubic";
    options.scale.rows = options.scale.columns = 0.5;
    return options;
}

Test(options, a_parameter_of_zero_is_zero)
{
    up_options options = halving();
    reduce(to, &options);
    options.cubic_a = 0;
    reduce(other, &options);
    cr_assert_arr_neq(to, other, sizeof to);
    options.cubic_a = -1e-9;
    reduce(to, &options);
    cr_assert_arr_eq(to, other, sizeof to);
}

Test(options, naming_a_default_changes_no_bit)
{
    const up_options zeroed = { .method = "bicubic", .scale = { 0.5, 0.5 } };
    up_options options = halving();
    reduce(to, &options);
    options.cubic_a = -0.5;
    reduce(other, &options);
    cr_assert_arr_eq(to, other, sizeof to);
    reduce(other, &zeroed);
    cr_assert_arr_eq(to, other, sizeof to);
}

/* An older header had fewer fields, a newer one has more. */
Test(options, structs_of_other_sizes)
{
    union {
        up_options known;
        char more[sizeof(up_options) + 64];
    } newer;
    const size_t size = offsetof(up_options, cancel);
    up_error error;
    up_options_init_size(&newer.known, sizeof newer);
    cr_assert_eq(newer.known.size, sizeof newer);
    cr_assert_eq(newer.known.cubic_a, -0.5);
    cr_assert_eq(up_upscale_pixels(&large, &large, &newer.known, &error), UP_ERROR_ARGUMENT);
    cr_assert(strstr(error.message, "library"), "%s", error.message);
    up_options options = halving(), older;
    reduce(to, &options);
    memset(&older, 0xa5, sizeof older); /* none of it is to be looked at */
    up_options_init_size(&older, size);
    cr_assert_eq(((unsigned char *)&older)[size], 0xa5);
    older.method = "bicubic";
    older.scale.rows = older.scale.columns = 0.5;
    reduce(other, &older);
    cr_assert_arr_eq(to, other, sizeof to);
}

Test(options, a_gain_of_zero_is_black)
{
    uint8_t map[24 * 24], black[24 * 24] = { 0 };
    up_pixels a = large, b = large, m = large;
    static uint8_t grey[24 * 24];
    memset(grey, 99, sizeof grey);
    memset(map, 7, sizeof map);
    b.data = grey;
    m.data = map;
    cr_assert_eq(up_difference(&m, &a, &b, NULL, 0, NULL), UP_OK);
    cr_assert_arr_eq(map, black, sizeof map);
    cr_assert_eq(up_difference(&m, &a, &b, NULL, 1, NULL), UP_OK);
    cr_assert_arr_neq(map, black, sizeof map);
}

Test(options, training_takes_zeros)
{
    up_train_options options;
    up_train_options_init(&options);
    cr_assert_eq(options.size, sizeof options);
    cr_assert_eq(options.ridge, 1e-7);
    cr_assert_eq(options.rate, UP_RATE_BY_RECIPE);
    static const shell_case tests[] = {
        { "upscale train *.ppm -q -o a.safetensors && upscale info a.safetensors", 0,
          "--ridge 1e-07", "" },
        { "upscale train *.ppm -q --ridge 0 -o b.safetensors && upscale info b.safetensors", 0,
          "--ridge 0", "" },
        { "cmp a.safetensors b.safetensors", 1, NULL, NULL },
        { "upscale train *.ppm -q --ridge 1e-7 --seed 0 --support 9 -s 2 --kind linear "
          "-o c.safetensors && cmp a.safetensors c.safetensors",
          0, "", "" },
        { "upscale train *.ppm -q --kind net --channels 4 --layers 1 --steps 2 --batch 4 --rate 0 "
          "-o d.safetensors && upscale info d.safetensors",
          0, "--rate 0 ", NULL },
        { "upscale train *.ppm -q --kind net --channels 4 --layers 1 --steps 2 --batch 4 --rate 0 "
          "--from d.safetensors -o e.safetensors && upscale a.ppm -w d.safetensors -o d.npy && "
          "upscale a.ppm -w e.safetensors -o e.npy && cmp d.npy e.npy",
          0, "", NULL },
    };
    write_ppm("a.ppm", 80, 70);
    write_ppm("b.ppm", 70, 80);
    SHELL_EXPECT_ALL(tests);
}

Test(options, flags_of_zero_and_defaults_by_name)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -m bicubic -s 0.5 -o a.npy && upscale a.ppm -m bicubic -s 0.5 "
          "--cubic-a -0.5 -o b.npy && cmp a.npy b.npy",
          0, "", NULL },
        { "upscale a.ppm -m bicubic -s 0.5 --cubic-a 0 -o c.npy && cmp a.npy c.npy", 1, NULL,
          NULL },
        { "upscale a.ppm -m bicubic -o d.npy && upscale a.ppm -m bicubic --cubic-a=-0.5 --scale 2 "
          "-o e.npy && cmp d.npy e.npy",
          0, "", NULL },
        { "upscale eval a.ppm -m bicubic -s 2 --border 0 --json -q", 0, "\"border\":0", "" },
        { "upscale eval a.ppm -m bicubic -s 2 --json -q > f; upscale eval a.ppm -m bicubic -s 2 "
          "--border 2 --channel y --json -q | grep -o psnr.:[0-9.]* | grep -qFf - f",
          0, "", "" },
        { "upscale a.ppm -s 2 -m nearest --quality 0 -o o.jpg", 2, "", "--quality" },
        { "upscale a.ppm -s 2 -m nearest --threads 0 -o o.jpg", 2, "", "--threads" },
        { "upscale a.ppm -s 2 -m nearest --max-memory 0 -o o.jpg", 2, "", "--max-memory" },
        { "upscale train a.ppm --kind net --steps 0 -o o.safetensors", 2, "", "--steps" },
        { "upscale train a.ppm --kind net --layers 0 -o o.safetensors", 2, "", "--layers" },
    };
    write_ppm("a.ppm", 80, 70);
    SHELL_EXPECT_ALL(tests);
}
