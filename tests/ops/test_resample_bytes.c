/* SPDX-License-Identifier: MIT */
/* Pictures of 8 bits resampled in whole numbers: how far they are from the definition in double,
 * and that nothing but the definition shows in them. */
#include "upscale.h"

#include "base/memory.h"
#include "ops/resample/byte_weights.h"
#include "ops/resample/resample_bytes.h"
#include "support/ops/op_validator.h"
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double most_off = 0.5 + UP_BYTE_OFF;

typedef enum { NOISE, EXTREMES, STRIPES, FLAT, KINDS } content;

typedef struct {
    const char *method;
    double cubic_a;
    const up_filter *filter;
} filter_case;

static const filter_case filters[] = {
    { "bilinear", 0, &up_filter_triangle },
    { "bicubic", -0.5, &up_filter_cubic },
    { "bicubic", -0.75, &up_filter_cubic },
    { "lanczos", 0, &up_filter_lanczos3 },
};
enum { FILTERS = sizeof filters / sizeof *filters };

static uint32_t seed = 5;

static uint8_t sample_of(content what, int x, int y)
{
    switch (what) {
    case NOISE:
        return (uint8_t)random_below(&seed, 256);
    case EXTREMES:
        return random_below(&seed, 2) ? 255 : 0;
    case STRIPES:
        return (x ^ y) & 1 ? 255 : 0;
    default:
        return 201;
    }
}

static up_pixels picture_of(content what, int width, int height, up_color color, bool planar)
{
    const int channels = color == UP_COLOR_GREY ? 1 : color == UP_COLOR_RGB ? 3 : 4;
    up_pixels p = { .format = { .width = width,
                                .height = height,
                                .channels = channels,
                                .frames = 1,
                                .color = color,
                                .depth = 8,
                                .planar = planar } };
    uint8_t *sample = p.data = up_alloc((size_t)width * height * channels, 1);
    for (int i = 0; i < width * height * channels; i++)
        sample[i] = sample_of(what, i % width, i / width);
    return p;
}

static int at(const up_format *f, int c, int y, int x)
{
    return f->planar ? (c * f->height + y) * f->width + x : (y * f->width + x) * f->channels + c;
}

static double sinc(double x)
{
    return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x);
}

static double kernel_at(const filter_case *f, double x)
{
    const double a = f->cubic_a;
    x = fabs(x);
    if (f->filter == &up_filter_triangle)
        return fmax(0, 1 - x);
    if (f->filter == &up_filter_lanczos3)
        return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    if (x < 1)
        return (a + 2) * x * x * x - (a + 3) * x * x + 1;
    return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0;
}

enum { MOST_WEIGHTS = 40 };

/* weight[i] is that of input first + i. */
static int weights_at(const filter_case *f, int o, double step, double weight[MOST_WEIGHTS])
{
    const double squeeze = fmin(1, 1 / step), centre = (o + 0.5) * step - 0.5;
    const int first = (int)floor(centre - f->filter->support / squeeze);
    double sum = 0;
    for (int i = 0; i < MOST_WEIGHTS; i++)
        sum += weight[i] = kernel_at(f, (first + i - centre) * squeeze);
    for (int i = 0; i < MOST_WEIGHTS; i++)
        weight[i] /= sum;
    return first;
}

static double exact_at(const filter_case *f, const up_pixels *in, double step, int c, int y, int x)
{
    double rows[MOST_WEIGHTS], columns[MOST_WEIGHTS], sum = 0;
    const int top = weights_at(f, y, step, rows), left = weights_at(f, x, step, columns);
    for (int i = 0; i < MOST_WEIGHTS; i++)
        for (int j = 0; j < MOST_WEIGHTS && rows[i] != 0; j++) {
            const int row = up_clamp(top + i, 0, in->format.height - 1);
            const int column = up_clamp(left + j, 0, in->format.width - 1);
            if (columns[j] != 0)
                sum += rows[i] * columns[j] *
                       ((const uint8_t *)in->data)[at(&in->format, c, row, column)];
        }
    return fmin(fmax(sum, 0), 255);
}

static up_pixels upscaled_by(const filter_case *f, const up_pixels *in, double scale, int threads,
                             int band)
{
    const up_options options = { .method = f->method,
                                 .cubic_a = f->cubic_a,
                                 .scale = { scale, scale },
                                 .threads = threads,
                                 .band = band };
    up_pixels out = { 0 };
    up_error error;
    cr_assert_eq(up_output_format(&in->format, &options, &out.format, &error), UP_OK, "%s",
                 error.message);
    out.format.planar = in->format.planar;
    out.data = up_alloc((size_t)out.format.width * out.format.height * out.format.channels, 1);
    cr_assert_eq(up_upscale_pixels(in, &out, &options, &error), UP_OK, "%s", error.message);
    return out;
}

static void check_picture(const filter_case *f, const up_pixels *in, double scale)
{
    up_pixels out = upscaled_by(f, in, scale, 1, 0);
    const up_format *to = &out.format;
    /* Of large results some samples: what is on the way is prime to all periods. */
    const int samples = to->channels * to->height * to->width, step = samples > 12000 ? 7 : 1;
    for (int i = 0; i < samples; i += step) {
        const int x = i % to->width, y = i / to->width % to->height;
        const int c = i / to->width / to->height;
        const double exact = exact_at(f, in, 1 / scale, c, y, x);
        const int got = ((const uint8_t *)out.data)[at(to, c, y, x)];
        cr_assert(fabs(got - exact) <= most_off,
                  "%s %g x%g of %dx%d with %d channels%s: %d, not %.4f, at %d,%d", f->method,
                  f->cubic_a, scale, in->format.width, in->format.height, to->channels,
                  to->planar ? " as planes" : "", got, exact, x, y);
    }
    up_free(out.data);
}

static void check_filter(int which)
{
    static const int sizes[][2] = { { 1, 1 }, { 1, 9 }, { 6, 1 }, { 2, 3 }, { 37, 11 }, { 67, 5 } };
    static const double scales[] = { 1.5, 2, 2.5, 3, 4, 8, 0.5 };
    static const up_color colors[] = { UP_COLOR_GREY, UP_COLOR_RGB, UP_COLOR_CMYK };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t k = 0; k < sizeof scales / sizeof *scales; k++)
            for (int what = 0; what < KINDS; what++) {
                const filter_case *f = &filters[which];
                /* MATLAB's reduction rounds in between. */
                if (sizes[s][0] * scales[k] < 1 || sizes[s][1] * scales[k] < 1 ||
                    (scales[k] < 1 && f->filter == &up_filter_cubic))
                    continue;
                up_pixels in = picture_of((content)what, sizes[s][0], sizes[s][1],
                                          colors[(s + k + (size_t)what) % 3], (s + k) % 2);
                check_picture(f, &in, scales[k]);
                up_free(in.data);
            }
}

Test(resample_bytes, bilinear)
{
    check_filter(0);
}

Test(resample_bytes, bicubic)
{
    check_filter(1);
    check_filter(2);
}

Test(resample_bytes, lanczos)
{
    check_filter(3);
}

Test(resample_bytes, flat_stays_flat)
{
    for (int f = 0; f < FILTERS; f++)
        for (int scale = 2; scale <= 8; scale++)
            for (int level = 0; level < 256; level += level % 5 ? 7 : 3) {
                up_pixels in = picture_of(FLAT, 9, 4, UP_COLOR_GREY, false);
                memset(in.data, level, 9 * 4);
                up_pixels out = upscaled_by(&filters[f], &in, scale, 1, 0);
                for (int i = 0; i < 9 * 4 * scale * scale; i++)
                    cr_assert_eq(((const uint8_t *)out.data)[i], level, "%s x%d of %d",
                                 filters[f].method, scale, level);
                up_free(in.data);
                up_free(out.data);
            }
}

static void check_runs(const filter_case *f, const up_pixels *in, double scale)
{
    static const int bands[] = { 1, 3, 16, 1000 };
    up_pixels want = upscaled_by(f, in, scale, 1, 0);
    const size_t bytes = (size_t)want.format.width * want.format.height * want.format.channels;
    for (int threads = 1; threads <= 4; threads++)
        for (size_t b = 0; b < sizeof bands / sizeof *bands; b++) {
            up_pixels got = upscaled_by(f, in, scale, threads, bands[b]);
            cr_assert_eq(memcmp(want.data, got.data, bytes), 0,
                         "%s x%g: %d threads and bands of %d make other bits", f->method, scale,
                         threads, bands[b]);
            up_free(got.data);
        }
    up_free(want.data);
}

Test(resample_bytes, same_bits_however_it_is_run)
{
    static const double scales[] = { 1.5, 2, 3, 4 };
    for (int f = 0; f < FILTERS; f++)
        for (int s = 0; s < 4; s++)
            for (int planar = 0; planar < 2; planar++) {
                up_pixels in = picture_of(NOISE, 523, 19, UP_COLOR_RGB, planar);
                check_runs(&filters[f], &in, scales[s]);
                up_free(in.data);
            }
}

Test(resample_bytes, planes_are_what_pixels_are)
{
    for (int f = 0; f < FILTERS; f++) {
        up_pixels pixels = picture_of(NOISE, 131, 17, UP_COLOR_RGB, false);
        up_pixels planes = picture_of(NOISE, 131, 17, UP_COLOR_RGB, true);
        for (int i = 0; i < 131 * 17 * 3; i++)
            ((uint8_t *)planes.data)[i % 3 * 131 * 17 + i / 3] = ((uint8_t *)pixels.data)[i];
        up_pixels a = upscaled_by(&filters[f], &pixels, 3, 1, 0);
        up_pixels b = upscaled_by(&filters[f], &planes, 3, 1, 0);
        const int count = a.format.width * a.format.height;
        for (int i = 0; i < 3 * count; i++)
            cr_assert_eq(((uint8_t *)a.data)[i], ((uint8_t *)b.data)[i % 3 * count + i / 3]);
        up_free(pixels.data);
        up_free(planes.data);
        up_free(a.data);
        up_free(b.data);
    }
}

static up_op *planned(const filter_case *f, const up_shape *in, up_ratio rows, up_ratio columns,
                      bool past)
{
    up_axis axis[2];
    up_op *op = NULL;
    const int high = up_max(1, (int)(in->height * rows.den / rows.num));
    const int wide = up_max(1, (int)(in->width * columns.den / columns.num));
    up_axis_init(&axis[0], up_positions_make(in->height, high, rows, UP_HALF_PIXEL), f->filter,
                 f->cubic_a, true, false);
    up_axis_init(&axis[1], up_positions_make(in->width, wide, columns, UP_HALF_PIXEL), f->filter,
                 f->cubic_a, true, false);
    cr_assert_eq(up_resample_bytes_plan(&op, in, &axis[0], &axis[1], past, NULL), UP_OK);
    return op;
}

/* Of what people ask for most, nothing falls back on floats. */
Test(resample_bytes, whole_scales_are_made_in_whole_numbers)
{
    const up_shape in = { 40, 30, 1, 3, true };
    for (int f = 0; f < FILTERS; f++)
        for (int scale = 2; scale <= 8; scale++) {
            up_op *op =
                planned(&filters[f], &in, up_ratio_make(1, scale), up_ratio_make(1, scale), false);
            cr_expect_not_null(op, "%s x%d", filters[f].method, scale);
            up_op_destroy(&op);
        }
}

Test(resample_bytes, ops_keep_the_contract)
{
    static const up_ratio steps[] = { { 1, 1 }, { 1, 2 }, { 1, 3 }, { 2, 3 },
                                      { 1, 4 }, { 5, 7 }, { 1, 8 } };
    static const int sizes[][2] = { { 1, 1 }, { 7, 5 }, { 65, 9 }, { 200, 3 } };
    int turn = 0;
    for (int f = 0; f < FILTERS; f++)
        for (int s = 0; s < 7; s++)
            for (int size = 0; size < 4; size++, turn++) {
                char label[100];
                const up_shape in = { sizes[size][0], sizes[size][1], 1 + turn % 2, 1 + turn % 4,
                                      true };
                up_op *op = planned(&filters[f], &in, steps[(s + turn) % 7], steps[s], turn % 2);
                snprintf(label, sizeof label, "%s of %dx%d, turn %d", filters[f].method, in.width,
                         in.height, turn);
                if (op)
                    validate_op(op, label);
            }
}
