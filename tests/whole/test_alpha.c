/* SPDX-License-Identifier: MIT */
/* Shapes of one colour on transparency come out in that colour, by every method; alpha that is full
 * changes nothing. */
#include "support/reference/golden.h"
#include "support/sanitized.h"
#include "upscale.h"
#include "weights/embedded.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 40, SEEN = 8, TOLERANCE = 2 }; /* levels of alpha, and of colour */

/* A disc, a thin line, a square of half alpha, and specks. */
static double alpha_at(double x, double y)
{
    double disc = 9.5 - hypot(x - 13, y - 14), line = 1 - fabs(x - y * 0.4 - 22);
    double alpha = fmax(fmin(fmax(disc, 0), 1), fmin(fmax(line, 0), 1));
    if (x >= 24 && x < 34 && y >= 24 && y < 34)
        alpha = fmax(alpha, 0.47);
    return (int)x % 13 == 5 && (int)y % 11 == 7 ? 1 : alpha;
}

static void set(const up_pixels *p, size_t i, double level)
{
    if (p->format.sample == UP_SAMPLE_U8)
        ((uint8_t *)p->data)[i] = (uint8_t)lround(level);
    else
        ((uint16_t *)p->data)[i] = (uint16_t)lround(level * 257);
}

/* Of 0..255. */
static double get(const up_pixels *p, size_t i)
{
    return p->format.sample == UP_SAMPLE_U8 ? ((uint8_t *)p->data)[i]
                                            : ((uint16_t *)p->data)[i] / 257.0;
}

static up_pixels make(up_color color, up_sample sample, int side)
{
    up_pixels p = { .format = { .width = side,
                                .height = side,
                                .channels = color == UP_COLOR_GREY_ALPHA ? 2
                                            : color == UP_COLOR_RGBA     ? 4
                                                                         : 3,
                                .frames = 1,
                                .color = color,
                                .sample = sample,
                                .depth = sample == UP_SAMPLE_U8 ? 8 : 16 } };
    p.data = calloc((size_t)side * (size_t)side * (size_t)p.format.channels, 2);
    cr_assert_not_null(p.data);
    return p;
}

/* `hidden` is the colour where alpha is 0. */
static up_pixels shape(up_color color, up_sample sample, const int *colour, int hidden)
{
    up_pixels p = make(color, sample, SIDE);
    const size_t channels = (size_t)p.format.channels;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        double alpha = round(255 * alpha_at((double)(i % SIDE), (double)(i / SIDE)));
        for (size_t c = 0; c + 1 < channels; c++)
            set(&p, i * channels + c, alpha > 0 ? colour[c] : hidden);
        set(&p, i * channels + channels - 1, alpha);
    }
    return p;
}

static up_pixels upscaled_by(const up_pixels *in, const char *method, int scale)
{
    up_options options = { .method = method, .scale = { scale, scale } };
    up_error error;
    up_pixels out = make(in->format.color, in->format.sample, in->format.width * scale);
    cr_assert_eq(up_upscale_pixels(in, &out, &options, &error), UP_OK, "%s: %s", method,
                 error.message);
    return out;
}

static void check_colour(const up_pixels *in, const int *colour, const char *method, int scale)
{
    up_pixels out = upscaled_by(in, method, scale);
    const size_t channels = (size_t)out.format.channels, side = (size_t)out.format.width;
    double worst = 0, most = 0;
    for (size_t i = 0; i < side * side; i++) {
        const double alpha = get(&out, i * channels + channels - 1);
        most = fmax(most, alpha);
        for (size_t c = 0; alpha >= SEEN && c + 1 < channels; c++)
            worst = fmax(worst, fabs(get(&out, i * channels + c) - colour[c]));
    }
    cr_expect_leq(worst, TOLERANCE, "%s x%d, %zu channels of %d bits: %g levels off", method, scale,
                  channels, out.format.depth, worst);
    cr_expect_eq(most, 255, "%s x%d: alpha goes to %g", method, scale, most);
    free(out.data);
}

static void check_method(const char *method)
{
    static const int colours[][3] = { { 255, 255, 255 }, { 200, 60, 30 }, { 0, 0, 0 } };
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i += MANY_OR_FEW(1, 3))
        for (int kind = 0; kind < 4; kind += MANY_OR_FEW(1, 3)) {
            up_color color = kind % 2 ? UP_COLOR_GREY_ALPHA : UP_COLOR_RGBA;
            up_sample sample = kind / 2 ? UP_SAMPLE_U16 : UP_SAMPLE_U8;
            up_pixels in = shape(color, sample, colours[i], kind % 2 ? 255 : 0);
            for (int scale = 2; scale <= 4; scale++)
                check_colour(&in, colours[i], method, scale);
            free(in.data);
        }
}

/* Bed-of-nails and max-unpooling put zeros between samples, by definition, and deconvolution needs
 * to be told what to undo. */
Test(alpha, colours_stay_in_every_method)
{
    const up_method_info *info;
    for (int i = 0; (info = up_method_at(i)); i++)
        if (strcmp(info->name, "bed-of-nails") != 0 && strcmp(info->name, "max-unpool") != 0 &&
            strcmp(info->name, "deconvolve") != 0)
            check_method(info->name);
}

Test(alpha, colours_stay_in_all_weights_inside)
{
    check_method("tconv:large");
    check_method("tconv:linear");
    check_method("tconv:bicubic");
}

/* A network from a file, which knows no limit: colours bleed far enough. */
Test(alpha, colours_stay_in_networks_from_files)
{
    up_pixels in = shape(UP_COLOR_RGBA, UP_SAMPLE_U8, (const int[]){ 240, 240, 240 }, 0);
    up_options options = { .method = "tconv",
                           .weights = golden_name("nets", "fsrcnn_x2/weights.safetensors").text,
                           .scale = { 2, 2 } };
    up_error error;
    up_pixels out = make(UP_COLOR_RGBA, UP_SAMPLE_U8, 2 * SIDE);
    up_pixels flat = make(UP_COLOR_RGBA, UP_SAMPLE_U8, SIDE), wanted = out;
    wanted.data = calloc(4 * 4 * SIDE, SIDE);
    memset(flat.data, 240, (size_t)SIDE * SIDE * 4);
    cr_assert_eq(up_upscale_pixels(&in, &out, &options, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_upscale_pixels(&flat, &wanted, &options, &error), UP_OK, "%s", error.message);
    /* These weights were made up, and make another colour of a flat one: in the middle of the disc
     * it must be that of a picture without edges. */
    for (size_t c = 0; c < 3; c++) {
        const size_t i = 4 * (28 * 2 * SIDE + 26) + c, middle = 4 * (SIDE * 2 * SIDE + SIDE) + c;
        cr_expect_float_eq(get(&out, i), get(&wanted, middle), TOLERANCE);
    }
    free(in.data), free(out.data), free(flat.data), free(wanted.data);
}

static double texture(size_t x, size_t y, size_t c)
{
    return 128 + 90 * sin((double)(x * (c + 2)) * 0.37) * cos((double)y * 0.61 - (double)c);
}

/* RGBA with one alpha everywhere, and the same without. */
static void check_uniform(double alpha, const char *method)
{
    up_pixels with = make(UP_COLOR_RGBA, UP_SAMPLE_U8, SIDE);
    up_pixels without = make(UP_COLOR_RGB, UP_SAMPLE_U8, SIDE);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        for (size_t c = 0; c < 3; c++) {
            set(&with, 4 * i + c, texture(i % SIDE, i / SIDE, c));
            set(&without, 3 * i + c, texture(i % SIDE, i / SIDE, c));
        }
        set(&with, 4 * i + 3, alpha);
    }
    up_pixels out = upscaled_by(&with, method, 3), wanted = upscaled_by(&without, method, 3);
    for (size_t i = 0; i < 9 * SIDE * SIDE; i++) {
        cr_assert_eq(get(&out, 4 * i + 3), alpha, "%s", method);
        for (size_t c = 0; c < 3; c++)
            cr_assert_eq(get(&out, 4 * i + c), get(&wanted, 3 * i + c), "%s: pixel %zu", method, i);
    }
    free(with.data), free(without.data), free(out.data), free(wanted.data);
}

Test(alpha, that_is_the_same_everywhere_changes_no_colour)
{
    static const char *const methods[] = { "tconv:small", "tconv:large", "tconv:linear" };
    for (size_t i = 0; i < 3; i++) {
        check_uniform(255, methods[i]);
        check_uniform(128, methods[i]);
        check_uniform(17, methods[i]);
    }
}

Test(alpha, an_icon_in_a_file)
{
    up_pixels icon;
    up_error error;
    cr_assert_eq(up_read_pixels(&icon, UP_GOLDEN_DIR "/cases/white-icon-alpha.png", NULL, &error),
                 UP_OK, "%s", error.message);
    const int white[] = { 255, 255, 255 };
    for (int scale = 2; scale <= 4; scale++)
        check_colour(&icon, white, "tconv", scale);
    up_pixels_free(&icon);
}
