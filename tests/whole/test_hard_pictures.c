/* SPDX-License-Identifier: MIT */
/* Learned methods on what no photograph prepares them for: text, dither, codes, single pixels, inks
 * and tensors. Nothing explodes, nothing rings far away, what is flat stays flat. */
#include "support/reference/golden.h"
#include "support/sanitized.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 96, MOST_SCALE = MANY_OR_FEW(4, 2) };

static const char *const learned[] = { "tconv:small", "tconv:large", "tconv:linear" };

#define FOR_EACH_METHOD(method, scale)                                                             \
    for (size_t m_ = 0; m_ < sizeof learned / sizeof *learned; m_++)                               \
        for (int scale = 2; scale <= MOST_SCALE; scale++)                                          \
            for (const char *method = learned[m_]; method; method = NULL)

/* Interleaved 8-bit samples. */
static up_pixels picture(int width, int height, up_color color)
{
    static const int channels[] = { 0, 1, 2, 3, 4, 4 };
    up_pixels p = { .format = { .width = width,
                                .height = height,
                                .channels = channels[color],
                                .frames = 1,
                                .color = color,
                                .depth = 8 } };
    p.data = calloc((size_t)width * (size_t)height, (size_t)p.format.channels);
    cr_assert_not_null(p.data);
    return p;
}

static uint8_t *at(const up_pixels *p, int x, int y)
{
    return (uint8_t *)p->data +
           ((size_t)y * (size_t)p->format.width + (size_t)x) * (size_t)p->format.channels;
}

static up_pixels grey(int (*level)(int x, int y))
{
    up_pixels p = picture(SIDE, SIDE, UP_COLOR_GREY);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            *at(&p, x, y) = (uint8_t)level(x, y);
    return p;
}

static up_pixels upscaled_by(const up_pixels *in, const char *method, int scale)
{
    up_options options = { .method = method, .scale = { scale, scale } };
    up_error error;
    up_pixels out = *in;
    out.format.width *= scale;
    out.format.height *= scale;
    out.data =
        malloc((size_t)out.format.width * (size_t)out.format.height * (size_t)out.format.channels);
    cr_assert_not_null(out.data);
    cr_assert_eq(up_upscale_pixels(in, &out, &options, &error), UP_OK, "%s: %s", method,
                 error.message);
    return out;
}

static double luma(const up_pixels *p, int x, int y)
{
    const uint8_t *pixel = at(p, x, y);
    return p->format.channels < 3 ? pixel[0]
                                  : 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
}

typedef struct {
    double low, high;
} range;

static range around(const up_pixels *p, int x, int y, int radius)
{
    range r = { 255, 0 };
    for (int v = y - radius; v <= y + radius; v++)
        for (int u = x - radius; u <= x + radius; u++)
            if (u >= 0 && v >= 0 && u < p->format.width && v < p->format.height) {
                r.low = fmin(r.low, luma(p, u, v));
                r.high = fmax(r.high, luma(p, u, v));
            }
    return r;
}

/* Luma stays in the range of the 5x5 source samples, and 75 % of that and 16 levels beyond. */
static void check_range(const up_pixels *in, const char *what)
{
    FOR_EACH_METHOD(method, scale)
    {
        up_pixels out = upscaled_by(in, method, scale);
        double worst = 0;
        for (int y = 0; y < in->format.height; y++)
            for (int x = 0; x < in->format.width; x++) {
                range r = around(in, x, y, 2);
                const double margin = 0.75 * (r.high - r.low) + 16;
                for (int i = 0; i < scale * scale; i++) {
                    double v = luma(&out, x * scale + i % scale, y * scale + i / scale);
                    worst = fmax(worst, fmax(r.low - v, v - r.high) - margin);
                }
            }
        cr_expect_leq(worst, 0, "%s, %s x%d: %g levels beyond", what, method, scale, worst);
        free(out.data);
    }
}

static int checkerboard(int x, int y)
{
    return (x + y) % 2 ? 255 : 0;
}

static int noise(int x, int y)
{
    uint32_t v = (uint32_t)x * 374761393u + (uint32_t)y * 668265263u;
    v = (v ^ (v >> 13)) * 1274126177u;
    return (v ^ (v >> 16)) & 1 ? 255 : 0;
}

/* A smooth slope as a screen of dots. */
static int halftone(int x, int y)
{
    return sin(x * 1.1) * sin(y * 1.1) > (x + y) / 96.0 - 1 ? 255 : 0;
}

static int scan_lines(int x, int y)
{
    return y % 2 ? 40 : (x / 9) * 23;
}

Test(hard_pictures, nothing_explodes)
{
    up_pixels text;
    up_error error;
    cr_assert_eq(up_read_pixels(&text, UP_GOLDEN_DIR "/cases/text.png", NULL, &error), UP_OK, "%s",
                 error.message);
    check_range(&text, "text");
    up_pixels_free(&text);
    int (*const patterns[])(int, int) = { checkerboard, noise, halftone, scan_lines };
    static const char *const names[] = { "checkerboard", "noise", "halftone", "scan lines" };
    for (int i = 0; i < 4; i++) {
        up_pixels p = grey(patterns[i]);
        check_range(&p, names[i]);
        free(p.data);
    }
}

/* -------------------------------------------------------------- small things on flat paper */

static int ink = 0, paper = 255, part;

static int one_pixel(int x, int y)
{
    return x == SIDE / 2 && y == SIDE / 2 ? ink : paper;
}

/* One pixel wide, through the middle; `part` of eight half turns. */
static int line(int x, int y)
{
    const double a = part * acos(-1) / 8;
    return fabs((x - SIDE / 2) * sin(a) - (y - SIDE / 2) * cos(a)) < 0.5 ? ink : paper;
}

static int one_scan_line(int x, int y)
{
    (void)x;
    return y == SIDE / 2 ? ink : paper;
}

/* More than 3 pixels away from everything, the paper is what it was. */
static void check_paper(int (*level)(int, int), const char *what)
{
    up_pixels in = grey(level);
    FOR_EACH_METHOD(method, scale)
    {
        up_pixels out = upscaled_by(&in, method, scale);
        double worst = 0;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                range r = around(&in, x, y, 3);
                for (int i = 0; r.low == r.high && i < scale * scale; i++)
                    worst =
                        fmax(worst, fabs(luma(&out, x * scale + i % scale, y * scale + i / scale) -
                                         paper));
            }
        cr_expect_leq(worst, 3, "%s, %s x%d: %g levels off", what, method, scale, worst);
        free(out.data);
    }
    free(in.data);
}

Test(hard_pictures, nothing_rings_far_away)
{
    for (int turn = 0; turn < 2; turn++) {
        ink = turn ? 255 : 0;
        paper = 255 - ink;
        check_paper(one_pixel, "one pixel");
        check_paper(one_scan_line, "a scan line");
        for (part = 0; part < 8; part += MANY_OR_FEW(1, 3))
            check_paper(line, "a line");
    }
}

/* -------------------------------------------------------------- codes */

enum { MODULE = 2 };

/* Modules of 2x2 pixels as in a QR code: three finders, noise elsewhere, a quiet zone. */
static bool is_dark(int column, int row)
{
    enum { MODULES = SIDE / MODULE, QUIET = 4 };
    column -= QUIET;
    row -= QUIET;
    const int last = MODULES - 2 * QUIET - 1;
    if (column < 0 || row < 0 || column > last || row > last)
        return false;
    for (int corner = 0; corner < 3; corner++) {
        int u = abs(column - (corner == 1 ? last - 3 : 3)),
            v = abs(row - (corner == 2 ? last - 3 : 3));
        int ring = u > v ? u : v;
        if (ring <= 4)
            return ring == 3 || ring <= 1;
    }
    return noise(column, row) == 0;
}

static int code(int x, int y)
{
    return is_dark(x / MODULE, y / MODULE) ? 0 : 255;
}

Test(hard_pictures, no_module_of_a_code_changes_side)
{
    up_pixels in = grey(code);
    FOR_EACH_METHOD(method, scale)
    {
        up_pixels out = upscaled_by(&in, method, scale);
        const int size = MODULE * scale;
        int turned = 0;
        for (int row = 0; row < SIDE / MODULE; row++)
            for (int column = 0; column < SIDE / MODULE; column++) {
                double sum = 0;
                for (int i = 0; i < size * size; i++)
                    sum += luma(&out, column * size + i % size, row * size + i / size);
                turned += (sum / (size * size) < 128) != is_dark(column, row);
            }
        cr_expect_eq(turned, 0, "%s x%d: %d modules", method, scale, turned);
        free(out.data);
    }
    free(in.data);
}

/* -------------------------------------------------------------- inks */

static void fill(up_pixels *p, const uint8_t *pixel)
{
    for (int y = 0; y < p->format.height; y++)
        for (int x = 0; x < p->format.width; x++)
            memcpy(at(p, x, y), pixel, (size_t)p->format.channels);
}

Test(hard_pictures, flat_inks_stay)
{
    static const uint8_t inks[][4] = { { 0, 255, 255, 0 },
                                       { 255, 255, 255, 255 },
                                       { 0, 0, 0, 0 },
                                       { 3, 9, 14, 200 },
                                       { 77, 0, 251, 16 } };
    up_pixels in = picture(24, 20, UP_COLOR_CMYK);
    for (size_t i = 0; i < sizeof inks / sizeof *inks; i++) {
        fill(&in, inks[i]);
        FOR_EACH_METHOD(method, scale)
        {
            up_pixels out = upscaled_by(&in, method, scale);
            for (int k = 0; k < 24 * 20 * scale * scale; k++)
                for (int c = 0; c < 4; c++)
                    if (abs(((uint8_t *)out.data)[4 * k + c] - inks[i][c]) > 1) {
                        cr_expect(false, "%s x%d: ink %d is %d, not %d", method, scale, c,
                                  ((uint8_t *)out.data)[4 * k + c], inks[i][c]);
                        k = 24 * 20 * scale * scale;
                        break;
                    }
            free(out.data);
        }
    }
    free(in.data);
}

static uint8_t ink_level(int x, int y, int c, int size)
{
    const double u = (x + 0.5) / size, v = (y + 0.5) / size;
    const double level = c == 3 ? 0.2 * u : 0.5 + 0.5 * sin(5 * u + 3 * c) * cos(4 * v - c);
    return (uint8_t)lround(255 * level);
}

static up_pixels inks(int size)
{
    up_pixels p = picture(size, size, UP_COLOR_CMYK);
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            for (int c = 0; c < 4; c++)
                at(&p, x, y)[c] = ink_level(x, y, c, size);
    return p;
}

static double squared_error(const up_pixels *a, const up_pixels *b)
{
    const size_t count = (size_t)a->format.width * (size_t)a->format.height * 4;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pow(((uint8_t *)a->data)[i] - ((uint8_t *)b->data)[i], 2);
    return sum / (double)count;
}

/* Reduced by bicubic and enlarged again. Rounding alone makes a mean squared error of 1/12. */
Test(hard_pictures, gradients_of_inks_are_no_worse_than_by_bicubic)
{
    for (int scale = 2; scale <= MOST_SCALE; scale++) {
        up_pixels original = inks(SIDE * scale), reduced = picture(SIDE, SIDE, UP_COLOR_CMYK);
        const up_options down = { .method = "bicubic", .width = SIDE, .height = SIDE };
        cr_assert_eq(up_upscale_pixels(&original, &reduced, &down, NULL), UP_OK);
        up_pixels plain = upscaled_by(&reduced, "bicubic", scale);
        const double bicubic = squared_error(&plain, &original);
        for (size_t m = 0; m < sizeof learned / sizeof *learned; m++) {
            up_pixels out = upscaled_by(&reduced, learned[m], scale);
            const double error = squared_error(&out, &original);
            cr_expect_leq(error, 1.02 * bicubic, "%s x%d: %g, bicubic %g", learned[m], scale, error,
                          bicubic);
            free(out.data);
        }
        free(plain.data);
        free(reduced.data);
        free(original.data);
    }
}

/* -------------------------------------------------------------- tensors */

Test(hard_pictures, flat_tensors_stay)
{
    enum { WIDTH = 20, HEIGHT = 18 };
    static const float levels[] = { 0, 1, 0.5f, -3, 255, 1e6f };
    float in[2 * WIDTH * HEIGHT], out[2 * WIDTH * HEIGHT * MOST_SCALE * MOST_SCALE];
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        for (int k = 0; k < 2 * WIDTH * HEIGHT; k++)
            in[k] = levels[i];
        FOR_EACH_METHOD(method, scale)
        {
            up_pixels from = { .format = { .width = WIDTH,
                                           .height = HEIGHT,
                                           .channels = 2,
                                           .frames = 1,
                                           .sample = UP_SAMPLE_F32,
                                           .depth = 32,
                                           .planar = true },
                               .data = in };
            up_pixels to = from;
            up_error error;
            to.format.width *= scale;
            to.format.height *= scale;
            to.data = out;
            up_options options = { .method = method, .scale = { scale, scale } };
            cr_assert_eq(up_upscale_pixels(&from, &to, &options, &error), UP_OK, "%s",
                         error.message);
            float worst = 0;
            for (int k = 0; k < 2 * WIDTH * HEIGHT * scale * scale; k++)
                worst = fmaxf(worst, fabsf(out[k] - levels[i]));
            cr_expect_leq(worst, 1e-5f + 1e-6f * fabsf(levels[i]), "%s x%d of %g: %g off", method,
                          scale, (double)levels[i], (double)worst);
        }
    }
}

Test(hard_pictures, zeros_in_a_file)
{
    ndarray zeros = ndarray_load(UP_GOLDEN_DIR "/cases/zeros.npy");
    cr_expect_eq(ndarray_max_abs(&zeros), 0);
    ndarray_free(&zeros);
    process_result r = RUN_UPSCALE(UP_GOLDEN_DIR "/cases/zeros.npy", "-f", "npy", "-q", "-o", "-");
    cr_assert_eq(r.exit_code, 0, "%s", r.err);
    size_t header = 10 + (unsigned char)r.out[8] + 256 * (size_t)(unsigned char)r.out[9];
    for (size_t i = header; i + sizeof(float) <= r.out_size; i += sizeof(float)) {
        float v;
        memcpy(&v, r.out + i, sizeof v);
        cr_assert_leq(fabsf(v), 0.02f);
    }
    process_free(&r);
}
