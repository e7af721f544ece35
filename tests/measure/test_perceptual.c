/* SPDX-License-Identifier: MIT */
/* Measures that follow the eye, beside the programs of their authors: see tests/golden/perceptual.
 */
#include "base/memory.h"
#include "measure/kinds/colour_difference.h"
#include "measure/kinds/fourier.h"
#include "support/pictures/image_io.h"
#include "support/pictures/measured_pair.h"
#include "support/reference/golden.h"
#include "support/sanitized.h"
#include "upscale_measure.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_golden(const json_t *golden)
{
    json_t *kept = json_copy((json_t *)golden);
    const bool rgb = strcmp(golden_text(golden, "channel"), "rgb") == 0;
    json_object_del(kept, rgb ? "fsim" : "fsimc"); /* one does what the other does as well */
    cr_expect_eq(expect_measures(kept, 1e-3), 8);
    json_decref(kept);
}

Test(perceptual, authors_say_the_same)
{
    golden_each("perceptual", "cases", expect_golden);
}

static void expect_in_xyb(const json_t *golden)
{
    measured_pair p = measured_pair_open(golden);
    double got, authors = json_number_value(json_data_at(golden, "authors"));
    cr_assert_eq(up_measure(&got, "ssimulacra2", &p.a, &p.b, &p.how, NULL), UP_OK);
    cr_expect_float_eq(got, authors, 1e-3 * fabs(authors), "%.7g, not %.7g", got, authors);
    measured_pair_free(&p);
    cr_expect_geq(expect_measures(golden, 5e-5), 1); /* Butteraugli is not in every build */
}

Test(perceptual, in_xyb)
{
    golden_each("ssimulacra", "cases", expect_in_xyb);
}

Test(perceptual, cancelled)
{
    up_pixels p = sample_picture("drawing.png");
    const volatile int set = 1;
    const up_measuring how = { .cancel = &set };
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++) {
        up_error error = { 0 };
        double value;
        if (!info->weights)
            cr_expect_eq(up_measure(&value, info->name, &p, &p, &how, &error), UP_ERROR_INTERRUPTED,
                         "%s: %s", info->name, error.message);
    }
    up_pixels_free(&p);
}

static void expect_blind(const json_t *golden)
{
    cr_expect_eq(expect_measures(golden, 1e-3), 1);
}

Test(perceptual, without_reference)
{
    golden_each("niqe", "cases", expect_blind);
    up_pixels p = sample_picture("drawing.png");
    memset(p.data, 200, 3 * 100 * 100);
    p.format.width = p.format.height = 100;
    p.row_stride = 300;
    up_error error;
    double value;
    cr_expect_eq(up_measure(&value, "niqe", &p, &p, NULL, &error), UP_ERROR_UNSUPPORTED);
    cr_expect_str_eq(error.message, "NIQE needs detail, and the picture is flat");
    const up_measuring little = { .max_memory = 10000 };
    cr_expect_eq(up_measure(&value, "niqe", &p, &p, &little, &error), UP_ERROR_LIMIT);
    up_pixels_free(&p);
}

/* -------------------------------------------------------------- colours */

/* The 34 pairs of Sharma, Wu and Dalal 2005, table 1. */
Test(perceptual, published_pairs_of_ciede2000)
{
    static const double pairs[][7] = {
        { 50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425 },
        { 50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615 },
        { 50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412 },
        { 50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000 },
        { 50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000 },
        { 50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000 },
        { 50, 0, 0, 50, -1, 2, 2.3669 },
        { 50, -1, 2, 50, 0, 0, 2.3669 },
        { 50, 2.4900, -0.0010, 50, -2.4900, 0.0009, 7.1792 },
        { 50, 2.4900, -0.0010, 50, -2.4900, 0.0010, 7.1792 },
        { 50, 2.4900, -0.0010, 50, -2.4900, 0.0011, 7.2195 },
        { 50, 2.4900, -0.0010, 50, -2.4900, 0.0012, 7.2195 },
        { 50, -0.0010, 2.4900, 50, 0.0009, -2.4900, 4.8045 },
        { 50, -0.0010, 2.4900, 50, 0.0010, -2.4900, 4.8045 },
        { 50, -0.0010, 2.4900, 50, 0.0011, -2.4900, 4.7461 },
        { 50, 2.5000, 0, 50, 0, -2.5000, 4.3065 },
        { 50, 2.5000, 0, 73, 25, -18, 27.1492 },
        { 50, 2.5000, 0, 61, -5, 29, 22.8977 },
        { 50, 2.5000, 0, 56, -27, -3, 31.9030 },
        { 50, 2.5000, 0, 58, 24, 15, 19.4535 },
        { 50, 2.5000, 0, 50, 3.1736, 0.5854, 1.0000 },
        { 50, 2.5000, 0, 50, 3.2972, 0, 1.0000 },
        { 50, 2.5000, 0, 50, 1.8634, 0.5757, 1.0000 },
        { 50, 2.5000, 0, 50, 3.2592, 0.3350, 1.0000 },
        { 60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644 },
        { 63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630 },
        { 61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731 },
        { 35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645 },
        { 22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373 },
        { 36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146 },
        { 90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441 },
        { 90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381 },
        { 6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377 },
        { 2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082 },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const double *p = pairs[i];
        const up_lab a = { p[0], p[1], p[2] }, b = { p[3], p[4], p[5] };
        cr_expect_float_eq(up_colour_difference(&a, &b), p[6], 5e-5, "pair %zu: %.5f", i + 1,
                           up_colour_difference(&a, &b));
        cr_expect_float_eq(up_colour_difference(&b, &a), p[6], 5e-5, "pair %zu, turned", i + 1);
    }
}

/* -------------------------------------------------------------- transforms */

static up_complex given(int i, int lane)
{
    return (up_complex){ (i * i * 7 + 3 + lane) % 11 - 5, (i * 5 + 1) % 13 - 6 + lane * i };
}

static void expect_transformed(const up_complex_lanes *value, int k, int n, int lane)
{
    up_complex sum = { 0 };
    for (int i = 0; i < n; i++) {
        const double angle = -2 * M_PI * (i * k % n) / n;
        const up_complex v = up_complex_mul(given(i, lane), (up_complex){ cos(angle), sin(angle) });
        sum.re += v.re;
        sum.im += v.im;
    }
    cr_assert_float_eq(value[k].re[lane], sum.re, 1e-10, "%d of %d", k, n);
    cr_assert_float_eq(value[k].im[lane], sum.im, 1e-10, "%d of %d", k, n);
}

Test(perceptual, transforms_of_every_length)
{
    for (int n = 1; n <= 64; n++) {
        up_fourier *f;
        up_complex_lanes in[64], out[64];
        cr_assert_eq(up_fourier_open(&f, n, NULL), UP_OK);
        up_complex_lanes *scratch = malloc((up_fourier_scratch(f) + 1) * sizeof *scratch);
        for (int i = 0; i < n; i++)
            for (int lane = 0; lane < UP_FOURIER_LANES; lane++) {
                in[i].re[lane] = given(i, lane).re;
                in[i].im[lane] = given(i, lane).im;
            }
        up_fourier_run(f, out, in, scratch);
        for (int k = 0; k < n; k++)
            for (int lane = 0; lane < UP_FOURIER_LANES; lane++)
                expect_transformed(out, k, n, lane);
        free(scratch);
        up_fourier_close(&f);
    }
}

/* -------------------------------------------------------------- what must hold for all */

static up_pixels noise(int width, int height, int channels, uint32_t seed)
{
    up_pixels p = { .format = picture_format(width, height, channels, UP_SAMPLE_U8) };
    p.data = up_alloc((size_t)(width * height * channels), 1);
    for (int i = 0; i < width * height * channels; i++)
        ((uint8_t *)p.data)[i] = (uint8_t)(128 + 60 * sin(i * 0.3) + next_random(&seed) % 40);
    return p;
}

Test(perceptual, equal_pictures_grey_and_coloured_and_every_thread)
{
    for (int channels = 1; channels <= 3; channels += 2) {
        up_pixels a = noise(180, 176, channels, 1), b = noise(180, 176, channels, 2);
        const up_measure_info *info;
        for (int i = 0; (info = up_measure_at(i)); i++) {
            double same, one, three;
            if (info->weights || strcmp(info->name, "fsim") == 0 ||
                (strcmp(info->name, "fsimc") == 0 && (channels == 1 || SANITIZED)))
                continue; /* one is the other as well, and they take longest */
            cr_assert_eq(up_measure(&same, info->name, &a, &a, NULL, NULL), UP_OK);
            cr_assert_eq(
                up_measure(&one, info->name, &a, &b, &(up_measuring){ .threads = 1 }, NULL), UP_OK);
            cr_assert_eq(
                up_measure(&three, info->name, &a, &b, &(up_measuring){ .threads = 3 }, NULL),
                UP_OK);
            cr_expect_eq(one, three, "%s", info->name);
            if (!info->alone)
                cr_expect(info->lower_is_better ? same < 1e-7 && one > same
                                                : same >= 1 - 1e-6 && one < same,
                          "%s: %g, and %g", info->name, same, one);
        }
        up_pixels_free(&a);
        up_pixels_free(&b);
    }
}

Test(perceptual, flat_small_and_unknown)
{
    up_pixels flat = noise(64, 48, 3, 1), tiny = noise(3, 3, 3, 1);
    memset(flat.data, 100, 64 * 48 * 3);
    const up_measure_info *info;
    double value;
    up_error error;
    for (int i = 0; (info = up_measure_at(i)); i++) {
        if (info->weights)
            continue;
        const up_status status = up_measure(&value, info->name, &flat, &flat, NULL, &error);
        cr_expect(status == UP_ERROR_UNSUPPORTED || (status == UP_OK && !isnan(value)), "%s: %g",
                  info->name, value);
        cr_expect(up_measure(&value, info->name, &tiny, &tiny, NULL, &error) != UP_OK ||
                      !isnan(value),
                  "%s", info->name);
    }
    cr_expect_eq(up_measure(&value, "vifp", &tiny, &tiny, NULL, &error), UP_ERROR_UNSUPPORTED);
    cr_expect_str_eq(error.message, "VIFp needs 41x41 pixels, and 3x3 lie inside the border");
    cr_expect_eq(up_measure(&value, "none", &flat, &flat, NULL, &error), UP_ERROR_ARGUMENT);
    up_pixels_free(&flat);
    up_pixels_free(&tiny);
}
