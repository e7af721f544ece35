/* SPDX-License-Identifier: MIT */
/* What is done to the inputs of training before they are learned from. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/pictures/image_io.h"
#include "support/scratch.h"
#include "train/data/degrade.h"

TestSuite(train_degrade, .init = scratch_init, .fini = scratch_fini);

enum { WIDTH = 3 * UP_DEGRADE_TILE, HEIGHT = UP_DEGRADE_TILE + 37 };

static int grey(int x, int y, int c)
{
    (void)x, (void)y, (void)c;
    return 128;
}

static int texture(int x, int y, int c)
{
    (void)c;
    return (int)lround(128 + 60 * sin(x * y * 0.01) + 60 * cos(0.7 * x));
}

static void degrade(const up_pixels *pixels, up_degradation how, uint64_t seed, uint64_t place)
{
    up_error error;
    cr_assert_eq(up_degrade(pixels, &how, seed, place, &error), UP_OK, "%s", error.message);
}

/* Of columns `from` to before `to`: the root of the mean squared difference. */
static double distance(const up_pixels *a, const up_pixels *b, int from, int to)
{
    const int channels = a->format.channels;
    double sum = 0;
    for (int y = 0; y < a->format.height; y++) {
        const uint8_t *p = (const uint8_t *)a->data + (size_t)y * a->row_stride;
        const uint8_t *q = (const uint8_t *)b->data + (size_t)y * b->row_stride;
        for (int i = from * channels; i < to * channels; i++)
            sum += (p[i] - q[i]) * (p[i] - q[i]);
    }
    return sqrt(sum / (a->format.height * (to - from) * channels));
}

Test(train_degrade, noise_has_the_stated_deviation)
{
    for (int channels = 1; channels <= 3; channels += 2) {
        up_pixels flat = drawn_pixels(WIDTH, HEIGHT, channels, grey);
        up_pixels noisy = drawn_pixels(WIDTH, HEIGHT, channels, grey);
        degrade(&noisy, (up_degradation){ .noise = { 5, 5 } }, 1, 0);
        cr_expect_float_eq(distance(&flat, &noisy, 0, WIDTH), sqrt(25 + 1.0 / 12), 0.1);
        free(flat.data), free(noisy.data);
    }
}

Test(train_degrade, tiles_have_deviations_of_their_own_in_the_range)
{
    up_pixels flat = drawn_pixels(WIDTH, UP_DEGRADE_TILE, 3, grey);
    up_pixels noisy = drawn_pixels(WIDTH, UP_DEGRADE_TILE, 3, grey);
    degrade(&noisy, (up_degradation){ .noise = { 2, 20 } }, 1, 0);
    double before = 0;
    for (int x = 0; x < WIDTH; x += UP_DEGRADE_TILE) {
        double deviation = distance(&flat, &noisy, x, x + UP_DEGRADE_TILE);
        cr_expect(deviation > 1.9 && deviation < 20.4, "%g", deviation);
        cr_expect_gt(fabs(deviation - before), 0.5, "%g twice", deviation);
        before = deviation;
    }
    free(flat.data), free(noisy.data);
}

Test(train_degrade, lower_quality_is_further_from_the_original)
{
    static const int qualities[] = { 100, 90, 60, 30, 5 };
    up_pixels original = drawn_pixels(WIDTH, HEIGHT, 3, texture);
    double before = 0;
    for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++) {
        up_pixels spoiled = drawn_pixels(WIDTH, HEIGHT, 3, texture);
        const up_range quality = { qualities[i], qualities[i] };
        degrade(&spoiled, (up_degradation){ .jpeg = quality }, 1, 0);
        double after = distance(&original, &spoiled, 0, WIDTH);
        cr_expect_gt(after, before, "quality %d", qualities[i]);
        before = after;
        free(spoiled.data);
    }
    free(original.data);
}

/* Tiles join to what a file of one quality holds; of colour only a single tile, as chroma is
 * enlarged across what lies beside it. */
static void expect_as_in_a_file(int width, int height, int channels)
{
    up_pixels tiled = drawn_pixels(width, height, channels, texture);
    up_encoding encoding = plain_encoding();
    up_error error;
    image file;
    encoding.quality = 40;
    encoding.subsampling = UP_SUBSAMPLING_420;
    const char *path = scratch_path("%d.jpg", channels);
    cr_assert_eq(image_save(path, &tiled.format, tiled.data, &encoding, 1, 16, &error), UP_OK, "%s",
                 error.message);
    cr_assert_eq(image_load(&file, path, 16, &error), UP_OK, "%s", error.message);
    degrade(&tiled, (up_degradation){ .jpeg = { 40, 40 } }, 1, 0);
    cr_expect(memcmp(tiled.data, file.data, file.size) == 0, "%d channels", channels);
    image_free(&file);
    free(tiled.data);
}

Test(train_degrade, jpeg_is_as_in_a_file)
{
    expect_as_in_a_file(WIDTH, HEIGHT, 1);
    expect_as_in_a_file(UP_DEGRADE_TILE - 3, 50, 3);
}

/* What does not compress is the most that a buffer must hold. */
Test(train_degrade, takes_noise_at_the_best_quality)
{
    up_pixels original = drawn_pixels(WIDTH, HEIGHT, 3, texture),
              spoiled = drawn_pixels(WIDTH, HEIGHT, 3, texture);
    degrade(&spoiled, (up_degradation){ .noise = { 100, 100 }, .jpeg = { 100, 100 } }, 1, 0);
    cr_expect_gt(distance(&original, &spoiled, 0, WIDTH), 30);
    free(original.data), free(spoiled.data);
}

Test(train_degrade, depends_on_seed_and_place_only)
{
    static const struct {
        uint64_t seed, place;
        bool same;
    } cases[] = { { 1, 0, true }, { 2, 0, false }, { 1, 1, false } };
    const up_degradation both = { .noise = { 1, 4 }, .jpeg = { 30, 90 } };
    up_pixels first = drawn_pixels(WIDTH, HEIGHT, 3, texture);
    degrade(&first, both, 1, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_pixels other = drawn_pixels(WIDTH, HEIGHT, 3, texture);
        degrade(&other, both, cases[i].seed, cases[i].place);
        cr_expect_eq(distance(&first, &other, 0, WIDTH) == 0, cases[i].same, "case %zu", i);
        free(other.data);
    }
    free(first.data);
}

Test(train_degrade, nothing_changes_nothing)
{
    char text[UP_DEGRADATION_TEXT];
    up_pixels original = drawn_pixels(WIDTH, HEIGHT, 3, texture),
              same = drawn_pixels(WIDTH, HEIGHT, 3, texture);
    degrade(&same, (up_degradation){ 0 }, 1, 0);
    cr_expect_eq(distance(&original, &same, 0, WIDTH), 0);
    up_degradation_text(text, &(up_degradation){ 0 });
    cr_expect_str_empty(text);
    free(original.data), free(same.data);
}

Test(train_degrade, refuses_what_is_out_of_range)
{
    static const up_degradation fine[] = { { .jpeg = { 0, 0 } },
                                           { .noise = { 0, 100 } },
                                           { .jpeg = { 1, 100 } },
                                           { .jpeg = { 30, 30 } } };
    static const up_degradation wrong[] = {
        { .noise = { -1, 5 } },       { .noise = { 5, 4 } },   { .noise = { 0, 101 } },
        { .noise = { NAN, 5 } },      { .jpeg = { 0, 90 } },   { .jpeg = { 90, 30 } },
        { .jpeg = { 30.5, 40 } },     { .jpeg = { 30, 101 } }, { .jpeg = { 30, NAN } },
        { .jpeg = { 30, INFINITY } },
    };
    up_error error;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        cr_expect_eq(up_degradation_check(&fine[i], &error), UP_OK, "case %zu", i);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_eq(up_degradation_check(&wrong[i], &error), UP_ERROR_ARGUMENT, "case %zu", i);
        cr_expect(strstr(error.message, "--degrade"), "%s", error.message);
    }
}
