/* SPDX-License-Identifier: MIT */
/* Pictures spoilt as those are that people have, and methods measured on them. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "degrade/degrade_chain.h"
#include "degrade/degrade_samples.h"
#include "io/jpeg/jpeg_round_trip.h"
#include "support/pictures/image_io.h"
#include "support/shell.h"
#include "upscale_measure.h"

enum { SIDE = 48 };

static int texture(int x, int y, int c)
{
    return (x * x / 7 + x * y + 60 * c) % 251;
}

static int levels(int x, int y, int c)
{
    return 30 + (x * 3 + y * 2 + c * 40) % 160;
}

static void set_up(void)
{
    scratch_init();
    up_format f = picture_format(SIDE, SIDE, 3, UP_SAMPLE_U8);
    picture_save("a.png", &f, texture);
    picture_save("b.png", &f, levels);
    f = picture_format(SIDE, SIDE, 4, UP_SAMPLE_U8);
    picture_save("alpha.png", &f, levels);
}

TestSuite(degrade, .init = set_up, .fini = scratch_fini);

static up_pixels spoilt(const up_pixels *original, int scale, const char *spec, uint64_t seed)
{
    up_degrade_chain chain;
    up_pixels result;
    up_error error;
    cr_assert_eq(up_degrade_parse(&chain, spec, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_degrade_run(&result, original, scale, &chain, seed, NULL, &error), UP_OK, "%s",
                 error.message);
    cr_assert_eq(result.format.width, original->format.width / scale);
    return result;
}

static size_t size_of(const up_pixels *pixels)
{
    return (size_t)pixels->format.height * pixels->row_stride;
}

static void expect_same(up_pixels a, up_pixels b, bool same, const char *what)
{
    cr_assert_eq(size_of(&a), size_of(&b));
    cr_expect_eq(memcmp(a.data, b.data, size_of(&a)) == 0, same, "%s", what);
    up_pixels_free(&a);
    up_pixels_free(&b);
}

static int sample(const up_pixels *pixels, int x, int y)
{
    return ((const uint8_t *)pixels->data)[(size_t)y * pixels->row_stride + (size_t)x];
}

static int checkerboard(int x, int y, int c)
{
    (void)c;
    return (x + y) % 2 ? 255 : 0;
}

static int spot(int x, int y, int c)
{
    (void)c;
    return x == SIDE / 2 && y == SIDE / 2 ? 255 : 0;
}

static int edge(int x, int y, int c)
{
    (void)y, (void)c;
    return x < SIDE / 2 ? 80 : 160;
}

/* ---- steps */

Test(degrade, boxes_are_means_of_samples_or_of_light)
{
    up_pixels board = drawn_pixels(SIDE, SIDE, 1, checkerboard);
    up_pixels samples = spoilt(&board, 2, "box", 0), light = spoilt(&board, 2, "linear+box", 0);
    cr_expect_eq(sample(&samples, 3, 5), 128);
    cr_expect_eq(sample(&light, 3, 5), 188); /* half the light, by sRGB's curve */
    up_pixels_free(&samples);
    up_pixels_free(&light);
    up_pixels nearest = spoilt(&board, 2, "nearest", 0);
    cr_expect_eq(sample(&nearest, 7, 7), 0);
    up_pixels_free(&nearest);
    free(board.data);
}

Test(degrade, a_blur_is_a_gaussian)
{
    up_pixels dot = drawn_pixels(SIDE, SIDE, 1, spot);
    const double sigma = 2;
    up_pixels blurred = spoilt(&dot, 1, "blur:2", 0);
    for (int d = 0; d < 6; d++) {
        const double wanted =
            255 / (2 * 3.14159265 * sigma * sigma) * exp(-d * d / (2 * sigma * sigma));
        cr_expect(fabs(sample(&blurred, SIDE / 2 + d, SIDE / 2) - wanted) < 0.6, "at %d", d);
        cr_expect_eq(sample(&blurred, SIDE / 2 + d, SIDE / 2),
                     sample(&blurred, SIDE / 2, SIDE / 2 - d));
    }
    up_pixels_free(&blurred);
    free(dot.data);
}

Test(degrade, sharpening_overshoots_at_edges_alone)
{
    up_pixels step = drawn_pixels(SIDE, SIDE, 3, edge);
    up_pixels sharp = spoilt(&step, 1, "unsharp:0.5", 0);
    cr_expect_eq(sample(&sharp, 0, 9), 80);
    cr_expect_eq(sample(&sharp, 3 * SIDE - 1, 9), 160);
    cr_expect_lt(sample(&sharp, 3 * (SIDE / 2 - 1), 9), 70);
    cr_expect_gt(sample(&sharp, 3 * (SIDE / 2), 9), 170);
    up_pixels_free(&sharp);
    free(step.data);
}

Test(degrade, noise_has_its_deviation_and_follows_the_seed)
{
    up_pixels flat = drawn_pixels(SIDE, SIDE, 3, edge);
    up_pixels noisy = spoilt(&flat, 1, "noise:6", 4);
    double sum = 0;
    for (size_t i = 0; i < size_of(&flat); i++) {
        const double d = ((uint8_t *)noisy.data)[i] - ((uint8_t *)flat.data)[i];
        sum += d * d;
    }
    cr_expect_float_eq(sqrt(sum / (double)size_of(&flat)), 6, 0.25);
    expect_same(spoilt(&flat, 1, "noise:6", 4), noisy, true, "the same seed");
    expect_same(spoilt(&flat, 1, "noise:6", 4), spoilt(&flat, 1, "noise:6", 5), false, "another");
    expect_same(spoilt(&flat, 2, "noise:0", 4), spoilt(&flat, 2, "bicubic", 5), true, "no noise");
    free(flat.data);
}

Test(degrade, jpeg_is_what_libjpeg_leaves)
{
    up_pixels original = drawn_pixels(SIDE, SIDE, 3, texture),
              by_hand = drawn_pixels(SIDE, SIDE, 3, texture);
    up_error error;
    cr_assert_eq(up_jpeg_round_trip(&by_hand, 60, UP_SUBSAMPLING_420, &error), UP_OK);
    up_pixels made = spoilt(&original, 1, "jpeg:60", 0);
    cr_expect_eq(memcmp(made.data, by_hand.data, size_of(&made)), 0);
    expect_same(spoilt(&original, 1, "jpeg:60:420", 0), made, true, "4:2:0 if nothing is said");
    expect_same(spoilt(&original, 1, "jpeg:60:444", 0), spoilt(&original, 1, "jpeg:60", 0), false,
                "4:4:4");
    free(original.data);
    free(by_hand.data);
}

Test(degrade, steps_are_done_in_their_order)
{
    up_pixels original = drawn_pixels(SIDE, SIDE, 3, texture);
    expect_same(spoilt(&original, 2, "jpeg:50+box", 0), spoilt(&original, 2, "box+jpeg:50", 0),
                false, "before and after");
    up_pixels large = spoilt(&original, 1, "jpeg:50", 0);
    expect_same(spoilt(&original, 2, "jpeg:50+box", 0), spoilt(&large, 2, "box", 0), true,
                "one by one");
    up_pixels_free(&large);
    free(original.data);
}

/* ---- the grammar */

Test(degrade, chains_are_parsed_or_refused)
{
    static const char *const good[] = {
        "box",     "linear+lanczos",        "bilinear+blur:0.8",
        "noise:5", "noise:.5+jpeg:100:422", "blur:1+linear+nearest+jpeg:30+jpeg:70:444",
    };
    static const char *const bad[] = {
        "",
        "+",
        "box+",
        "+box",
        "box+lanczos",
        "linear",
        "linear+",
        "box+linear",
        "linear+blur:1",
        "blur",
        "blur:",
        "blur:x",
        "blur:-1",
        "blur:1e3",
        "blur:1.2.3",
        "jpeg:0",
        "jpeg:101",
        "jpeg:7.5",
        "jpeg:75:411",
        "jpeg:75:",
        "noise:101",
        "noise:5:444",
        "box:2",
        "Box",
        "blur:0.123456789",
        "box noise:5",
        "linear+linear+box",
    };
    up_degrade_chain chain;
    up_error error;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect_eq(up_degrade_parse(&chain, good[i], &error), UP_OK, "%s", good[i]);
    cr_expect_eq(chain.jpeg_quality, 70);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(up_degrade_parse(&chain, bad[i], &error), UP_ERROR_ARGUMENT, "'%s'", bad[i]);
    char many[400] = "box";
    for (int i = 0; i < 20; i++)
        strcat(many, "+noise:1");
    cr_expect_eq(up_degrade_parse(&chain, many, &error), UP_ERROR_ARGUMENT);
}

/* ---- measuring */

Test(degrade, eval_measures_on_spoilt_pictures)
{
    static const shell_case tests[] = {
        { "upscale eval a.png -s 2 -m bicubic --csv -q | cut -d, -f1-7 > plain.csv", 0, "", "" },
        { "upscale eval a.png -s 2 -m bicubic --degrade bicubic --csv -q | cut -d, -f1-7 | "
          "cmp - plain.csv",
          0, "", "" },
        { "upscale eval a.png b.png -m bicubic --degrade linear+box+noise:3 --seed 7 -q", 0,
          "spoilt by linear+box+noise:3 (seed 7)", "" },
        { "upscale eval b.png -s 1 -m nearest --degrade jpeg:50 --json", 0,
          "\"reduction\":\"jpeg:50\"", "" },
        { "upscale eval b.png -s 1 -m nearest", 2, "", "with --degrade only" },
        { "upscale eval a.png --degrade sharper", 2, "", "--degrade: 'sharper' is not steps" },
        { "upscale eval alpha.png -m bicubic --degrade noise:5", 1, NULL, "--background white" },
        { "upscale eval alpha.png -m bicubic --degrade noise:5 --background white -q", 0, "PSNR",
          "" },
        { "upscale compare a.png -s 2 --degrade box -o r1", 2, "", "--from-hr" },
        { "upscale compare a.png --from-hr -s 2 -m bicubic --degrade box+jpeg:60 -o r2 -q && "
          "grep -q 'spoilt by box+jpeg:60' r2/results.json",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}
