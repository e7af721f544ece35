/* SPDX-License-Identifier: MIT */
/* PSNR, SSIM, MS-SSIM and the picture of differences: by definition, and as others compute them. */
#include "support/pictures/image_io.h"
#include "support/pictures/measured_pair.h"
#include "support/reference/golden.h"
#include "support/reference/measure_reference.h"

#include "base/memory.h"
#include "io/pixels.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static up_pixels pixels_of(up_format format, size_t padding)
{
    up_pixels p = { .format = format };
    cr_assert(up_row_size(&format, &p.row_stride));
    p.row_stride += padding * up_sample_size(format.sample);
    p.plane_stride = p.row_stride * (size_t)format.height;
    p.data = calloc(p.plane_stride, format.planar ? (size_t)format.channels : 1);
    return p;
}

static void put(const up_pixels *p, size_t i, double value)
{
    switch (p->format.sample) {
    case UP_SAMPLE_U8:
        ((uint8_t *)p->data)[i] = (uint8_t)(255 * value + 0.5);
        break;
    case UP_SAMPLE_U16:
        ((uint16_t *)p->data)[i] = (uint16_t)(65535 * value + 0.5);
        break;
    default:
        ((float *)p->data)[i] = (float)(1.2 * value - 0.1); /* some of it outside 0..1 */
    }
}

/* Slopes and noise, so that windows are alike in part. */
static void fill(const up_pixels *p, uint32_t seed)
{
    size_t bytes = p->plane_stride * (size_t)(p->format.planar ? p->format.channels : 1);
    size_t count = bytes / up_sample_size(p->format.sample);
    for (size_t i = 0; i < count; i++) {
        double slope = (double)(i % 97) / 96, noise = (double)(next_random(&seed) % 1024) / 1023;
        put(p, i, 0.7 * slope + 0.3 * noise);
    }
}

/* -------------------------------------------------------------- definitions */

typedef struct {
    up_color color;
    up_sample sample;
    bool planar;
} layout;

static up_pixels picture(const layout *l, int width, int height, uint32_t seed)
{
    int channels = l->color == UP_COLOR_TENSOR ? 3 : up_color_channels(l->color);
    up_format f = picture_format(width, height, channels, l->sample);
    f.color = l->color;
    f.planar = l->planar;
    up_pixels p = pixels_of(f, 3);
    fill(&p, seed);
    return p;
}

static bool is_grey(const layout *l)
{
    return l->color == UP_COLOR_GREY || l->color == UP_COLOR_GREY_ALPHA;
}

static void expect_definitions(const layout *l, const layout *k, int width, int height, int border)
{
    for (int channel = UP_CHANNEL_Y; channel <= UP_CHANNEL_RGB; channel++) {
        up_error error = { 0 };
        const up_measuring how = { .channel = (up_channel)channel, .border = border, .threads = 2 };
        bool colour = !is_grey(l) || !is_grey(k);
        up_pixels a = picture(l, width, height, 1), b = picture(k, width, height, 2);
        measured_picture p = measured_reference(&a, colour, &how);
        measured_picture q = measured_reference(&b, colour, &how);
        double mse, psnr, ssim, wanted = mse_reference(&p, &q);
        cr_assert_eq(up_mse(&mse, &a, &b, &how, &error), UP_OK, "%s", error.message);
        cr_assert_eq(up_psnr(&psnr, &a, &b, &how, &error), UP_OK, "%s", error.message);
        cr_assert_eq(up_ssim(&ssim, &a, &b, &how, &error), UP_OK, "%s", error.message);
        /* A tie that is rounded the other way moves a single level. */
        double tie = l->sample == UP_SAMPLE_U8 && k->sample == UP_SAMPLE_U8 ? 1e-7 : 2e-4;
        cr_expect_float_eq(mse, wanted, tie * wanted, "%dx%d: mse %.9g, not %.9g", width, height,
                           mse, wanted);
        cr_expect_float_eq(psnr, 10 * log10(65025 / wanted), 1e-3);
        cr_expect_float_eq(ssim, ssim_reference(&p, &q), 1e-6, "%dx%d: ssim %.9g, not %.9g", width,
                           height, ssim, ssim_reference(&p, &q));
        measured_free(&p), measured_free(&q);
        free(a.data), free(b.data);
    }
}

Test(measures, every_kind_of_picture)
{
    static const layout kinds[] = {
        { UP_COLOR_RGB, UP_SAMPLE_U8, false },    { UP_COLOR_GREY, UP_SAMPLE_U8, false },
        { UP_COLOR_RGBA, UP_SAMPLE_U8, false },   { UP_COLOR_GREY_ALPHA, UP_SAMPLE_U16, false },
        { UP_COLOR_CMYK, UP_SAMPLE_U8, false },   { UP_COLOR_RGB, UP_SAMPLE_U16, false },
        { UP_COLOR_TENSOR, UP_SAMPLE_F32, true }, { UP_COLOR_RGB, UP_SAMPLE_F32, false },
        { UP_COLOR_GREY, UP_SAMPLE_F32, false },  { UP_COLOR_TENSOR, UP_SAMPLE_U8, true },
    };
    enum { KINDS = sizeof kinds / sizeof *kinds };
    for (int i = 0; i < KINDS; i++) {
        expect_definitions(&kinds[i], &kinds[i], 37, 29, 2);
        expect_definitions(&kinds[i], &kinds[(i + 1) % KINDS], 23, 31, 0);
    }
}

Test(measures, every_size)
{
    static const layout rgb = { UP_COLOR_RGB, UP_SAMPLE_U8, false };
    static const int sizes[][3] = { { 11, 11, 0 }, { 12, 11, 0 }, { 15, 15, 2 }, { 16, 90, 0 },
                                    { 90, 16, 1 }, { 27, 75, 0 }, { 26, 160, 3 } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        expect_definitions(&rgb, &rgb, sizes[i][0], sizes[i][1], sizes[i][2]);
}

Test(measures, several_scales)
{
    static const layout rgb = { UP_COLOR_RGB, UP_SAMPLE_U8, false };
    static const int sizes[][3] = { { 176, 176, 0 }, { 191, 178, 1 }, { 205, 181, 0 } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        up_error error = { 0 };
        double ms_ssim;
        const up_measuring how = { .channel = i == 2 ? UP_CHANNEL_RGB : UP_CHANNEL_Y,
                                   .border = sizes[i][2],
                                   .threads = 2 };
        up_pixels a = picture(&rgb, sizes[i][0], sizes[i][1], 1);
        up_pixels b = picture(&rgb, sizes[i][0], sizes[i][1], 2);
        measured_picture p = measured_reference(&a, true, &how);
        measured_picture q = measured_reference(&b, true, &how);
        cr_assert_eq(up_ms_ssim(&ms_ssim, &a, &b, &how, &error), UP_OK, "%s", error.message);
        cr_expect_float_eq(ms_ssim, ms_ssim_reference(&p, &q), 1e-6, "%.9g, not %.9g", ms_ssim,
                           ms_ssim_reference(&p, &q));
        measured_free(&p), measured_free(&q);
        free(a.data), free(b.data);
    }
}

/* -------------------------------------------------------------- what others compute */

static double wanted(const json_t *golden, const char *key)
{
    return json_number_value(json_data_at(golden, key));
}

static void expect_golden(const json_t *golden)
{
    up_error error = { 0 };
    const char *name = golden_text(golden, "a"), *other = golden_text(golden, "b");
    up_pixels a = sample_picture(name);
    bool is_distorted = strcmp(other, "distorted") == 0;
    up_pixels b = is_distorted ? distorted_picture(&a) : sample_picture(other);
    a.format.width = b.format.width = up_min(a.format.width, b.format.width);
    a.format.height = b.format.height = up_min(a.format.height, b.format.height);
    const up_measuring how = { .channel = strcmp(golden_text(golden, "channel"), "rgb") == 0
                                              ? UP_CHANNEL_RGB
                                              : UP_CHANNEL_Y,
                               .border = (int)wanted(golden, "border") };
    static up_status (*const measure[])(double *, const up_pixels *, const up_pixels *,
                                        const up_measuring *,
                                        up_error *) = { up_mse, up_psnr, up_ssim, up_ms_ssim };
    static const char *const key[] = { "mse", "psnr", "ssim", "ms_ssim" };
    for (int i = 0; i < 4; i++) {
        double got;
        cr_assert_eq(measure[i](&got, &a, &b, &how, &error), UP_OK, "%s", error.message);
        double tolerance = i < 2 ? 1e-5 * wanted(golden, key[i]) : 1e-5; /* ties of luma */
        cr_expect_float_eq(got, wanted(golden, key[i]), tolerance, "%s, %s: %s is %.9g, not %.9g",
                           name, other, key[i], got, wanted(golden, key[i]));
    }
    up_pixels_free(&a), up_pixels_free(&b);
}

Test(measures, scikit_image_says_the_same)
{
    golden_each("measures", "cases", expect_golden);
}

/* -------------------------------------------------------------- properties */

Test(measures, equal_pictures)
{
    static const layout rgb = { UP_COLOR_RGB, UP_SAMPLE_U8, false };
    up_pixels a = picture(&rgb, 180, 180, 5);
    double mse, psnr, ssim, ms_ssim;
    cr_assert_eq(up_mse(&mse, &a, &a, NULL, NULL), UP_OK);
    cr_assert_eq(up_psnr(&psnr, &a, &a, NULL, NULL), UP_OK);
    cr_assert_eq(up_ssim(&ssim, &a, &a, NULL, NULL), UP_OK);
    cr_assert_eq(up_ms_ssim(&ms_ssim, &a, &a, NULL, NULL), UP_OK);
    cr_expect(mse == 0 && isinf(psnr) && psnr > 0);
    cr_expect_float_eq(ssim, 1, 1e-6);
    cr_expect_float_eq(ms_ssim, 1, 1e-6);
    free(a.data);
}

/* Flat pictures are where differences of large means would lose what little variance there is. */
Test(measures, flat_and_bright)
{
    up_pixels a = pixels_of(picture_format(64, 64, 1, UP_SAMPLE_U8), 0), b = a;
    b.data = malloc(64 * 64);
    memset(a.data, 250, 64 * 64);
    for (int i = 0; i < 64 * 64; i++)
        ((uint8_t *)b.data)[i] = (uint8_t)(250 + (i % 64 + i / 64) % 2);
    const up_measuring how = { 0 };
    measured_picture p = measured_reference(&a, false, &how);
    measured_picture q = measured_reference(&b, false, &how);
    double ssim;
    cr_assert_eq(up_ssim(&ssim, &a, &b, &how, NULL), UP_OK);
    cr_expect_float_eq(ssim, ssim_reference(&p, &q), 1e-6, "%.9g", ssim);
    measured_free(&p), measured_free(&q);
    free(a.data), free(b.data);
}

Test(measures, threads_change_nothing)
{
    static const layout real = { UP_COLOR_RGB, UP_SAMPLE_F32, false };
    up_pixels a = picture(&real, 200, 300, 1), b = picture(&real, 200, 300, 2);
    double first[3];
    for (int threads = 1; threads <= 5; threads++) {
        const up_measuring how = { .channel = UP_CHANNEL_RGB, .border = 1, .threads = threads };
        double got[3];
        cr_assert_eq(up_mse(&got[0], &a, &b, &how, NULL), UP_OK);
        cr_assert_eq(up_ssim(&got[1], &a, &b, &how, NULL), UP_OK);
        cr_assert_eq(up_ms_ssim(&got[2], &a, &b, &how, NULL), UP_OK);
        if (threads == 1)
            memcpy(first, got, sizeof first);
        cr_expect_arr_eq(first, got, sizeof first, "%d threads", threads);
    }
    free(a.data), free(b.data);
}

Test(measures, differences)
{
    static const layout rgb = { UP_COLOR_RGB, UP_SAMPLE_U8, false };
    up_pixels a = picture(&rgb, 20, 30, 1), b = picture(&rgb, 20, 30, 2);
    for (int channel = UP_CHANNEL_Y; channel <= UP_CHANNEL_RGB; channel++) {
        const up_measuring how = { .channel = (up_channel)channel, .border = 3, .threads = 2 };
        measured_picture p = measured_reference(&a, true, &how);
        measured_picture q = measured_reference(&b, true, &how);
        up_error error = { 0 };
        up_pixels map = pixels_of(picture_format(14, 24, p.planes, UP_SAMPLE_U8), 5);
        cr_assert_eq(up_difference(&map, &a, &b, &how, 2, &error), UP_OK, "%s", error.message);
        for (int i = 0; i < 14 * 24 * p.planes; i++) {
            int x = i / p.planes % 14, y = i / p.planes / 14, c = i % p.planes;
            size_t at = (size_t)((c * 24 + y) * 14 + x);
            double d = fmin(2 * fabs(p.value[at] - q.value[at]), 255);
            const uint8_t *row = (uint8_t *)map.data + (size_t)y * map.row_stride;
            cr_assert_eq(row[x * p.planes + c], (int)d, "%d, %d", x, y);
        }
        measured_free(&p), measured_free(&q);
        free(map.data);
    }
    free(a.data), free(b.data);
}

Test(measures, what_makes_no_sense)
{
    static const layout rgb = { UP_COLOR_RGB, UP_SAMPLE_U8, false };
    up_pixels a = picture(&rgb, 20, 30, 1), b = picture(&rgb, 20, 31, 2), c = a;
    double value;
    up_error error;
    cr_expect_eq(up_psnr(&value, &a, &b, NULL, &error), UP_ERROR_ARGUMENT);
    cr_expect_str_eq(error.message, "pictures of 20x30 and 20x31 cannot be compared");
    cr_expect_eq(up_mse(&value, &a, &a, &(up_measuring){ .border = -1 }, &error),
                 UP_ERROR_ARGUMENT);
    cr_expect_eq(up_mse(&value, &a, &a, &(up_measuring){ .border = 10 }, &error),
                 UP_ERROR_UNSUPPORTED);
    cr_expect_eq(up_ssim(&value, &a, &a, &(up_measuring){ .border = 5 }, &error),
                 UP_ERROR_UNSUPPORTED);
    cr_expect_eq(up_ms_ssim(&value, &a, &a, NULL, &error), UP_ERROR_UNSUPPORTED);
    cr_expect_eq(up_difference(&c, &a, &a, &(up_measuring){ .border = 1 }, 1, &error),
                 UP_ERROR_ARGUMENT);
    c.data = NULL;
    cr_expect_eq(up_psnr(&value, &a, &c, NULL, &error), UP_ERROR_ARGUMENT);
    c = a;
    c.format.color = UP_COLOR_TENSOR;
    c.format.channels = 2;
    cr_expect_eq(up_psnr(&value, &a, &c, NULL, &error), UP_ERROR_ARGUMENT);
    free(a.data), free(b.data);
}
