/* SPDX-License-Identifier: MIT */
/* How much noise is found in pictures. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "io/jpeg/jpeg_round_trip.h"
#include "restore/noise.h"
#include "support/shell.h"

TestSuite(noise, .init = scratch_init, .fini = scratch_fini);

enum { WIDTH = 320, HEIGHT = 240 };

typedef struct {
    uint8_t *data;
    int width, height, channels;
} drawn;

static drawn blank(int width, int height, int channels)
{
    drawn d = { malloc((size_t)width * (size_t)height * (size_t)channels), width, height,
                channels };
    cr_assert_not_null(d.data);
    return d;
}

static uint8_t *at(const drawn *d, int x, int y)
{
    return d->data + ((size_t)y * (size_t)d->width + (size_t)x) * (size_t)d->channels;
}

/* Waves from long to short ones, the shorter the weaker: smooth, or like cloth and leaves where
 * they are strong. */
static double waves(int x, int y)
{
    double sum = 0;
    for (int i = 0; i < 24; i++) {
        const double turn = i * 2.4, length = 160 / pow(1.22, i);
        sum += length / 40 * sin(6.2832 * (x * cos(turn) + y * sin(turn)) / length + i * i);
    }
    return sum;
}

static double wave_at(int x, int y)
{
    static double plane[HEIGHT][WIDTH];
    static bool made;
    for (int i = 0; i < WIDTH * HEIGHT && !made; i++)
        plane[i / WIDTH][i % WIDTH] = waves(i % WIDTH, i / WIDTH);
    made = true;
    return plane[y][x];
}

/* Noise of this deviation on what lies between black and white, rounded to 8 bits. */
static drawn photograph(double strength, double deviation, int channels)
{
    drawn d = blank(WIDTH, HEIGHT, channels);
    up_random random = up_random_make(7, (uint64_t)(deviation * 100), (uint64_t)channels);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < channels; c++) {
                const double v =
                    120 + 12 * c + strength * wave_at(x, y) + deviation * up_random_normal(&random);
                at(&d, x, y)[c] = (uint8_t)fmin(fmax(round(v), 0), 255);
            }
    return d;
}

/* Strokes of letters, on a line of so many rows; `soft` ones have grey edges. */
static drawn text(int paper, int ink, int line, bool soft)
{
    drawn d = blank(WIDTH, HEIGHT, 1);
    up_random random = up_random_make(3, (uint64_t)line, soft);
    memset(d.data, paper, WIDTH * HEIGHT);
    for (int top = 2; top + line < HEIGHT; top += line + line / 3)
        for (int x = 3; x + line < WIDTH; x += line / 2 + (int)up_random_below(&random, 5)) {
            const int kind = (int)up_random_below(&random, 4), thick = 1 + line / 12;
            for (int i = 0; i < line; i++)
                for (int k = 0; k < thick; k++) {
                    const int slant = kind == 0 ? i / 2 : kind == 1 ? (line - i) / 3 : 0;
                    uint8_t *v = kind == 3 ? at(&d, x + i / 2, top + line / 2 + k)
                                           : at(&d, x + slant + k, top + i);
                    *v = (uint8_t)ink;
                    if (soft)
                        v[1] = (uint8_t)((ink + v[1] * (1 + i % 3)) / (2 + i % 3));
                }
        }
    return d;
}

static double found(const drawn *d, double unit, double offset)
{
    up_noise *noise;
    up_error error;
    float *row = malloc((size_t)d->width * (size_t)d->channels * sizeof *row);
    const float *rows[3];
    cr_assert_eq(up_noise_open(&noise, d->width, d->height, d->channels, unit, &error), UP_OK);
    for (int y = 0; y < d->height; y++) {
        for (int c = 0; c < d->channels; c++) {
            float *to = row + (size_t)c * (size_t)d->width;
            for (int x = 0; x < d->width; x++)
                to[x] = (float)(at(d, x, y)[c] * unit + offset);
            rows[c] = to;
        }
        up_noise_add_row(noise, rows);
    }
    const double deviation = up_noise_deviation(noise);
    up_noise_close(&noise);
    free(row);
    return deviation;
}

static double found_of(drawn d)
{
    const double deviation = found(&d, 1, 0);
    free(d.data);
    return deviation;
}

static drawn squeezed(drawn d, int quality)
{
    up_error error;
    const up_pixels pixels = { .format = { .width = d.width,
                                           .height = d.height,
                                           .channels = d.channels,
                                           .frames = 1,
                                           .depth = 8 },
                               .data = d.data,
                               .row_stride = (size_t)d.width * (size_t)d.channels };
    cr_assert_eq(up_jpeg_round_trip(&pixels, quality, UP_SUBSAMPLING_420, &error), UP_OK);
    return d;
}

Test(noise, is_found_on_smooth_and_on_textured_pictures)
{
    const double deviations[] = { 0, 1, 2, 5, 10, 15 };
    for (double strength = 0.5; strength < 9; strength *= 2)
        for (size_t i = 0; i < sizeof deviations / sizeof *deviations; i++)
            for (int channels = 1; channels <= 3; channels += 2) {
                const double told = deviations[i];
                const double got = found_of(photograph(strength, told, channels));
                cr_expect(fabs(got - told) <= fmax(0.2 * told, 0.7),
                          "noise %g on texture %g in %d channels: found %.2f", told, strength,
                          channels, got);
            }
}

Test(noise, is_not_what_text_and_drawings_are_made_of)
{
    for (int line = 7; line < 30; line += 5)
        for (int soft = 0; soft < 2; soft++) {
            const int pairs[][2] = { { 255, 0 }, { 250, 30 }, { 40, 205 }, { 128, 90 } };
            for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
                const int paper = pairs[i][0], ink = pairs[i][1];
                double got = found_of(text(paper, ink, line, soft));
                cr_expect_lt(got, 0.7, "text %d on %d, lines of %d: %.2f", ink, paper, line, got);
                for (int quality = 90; quality >= 50; quality -= 20) {
                    got = found_of(squeezed(text(paper, ink, line, soft), quality));
                    cr_expect_lt(got, 2, "text %d on %d, lines of %d, JPEG %d: %.2f", ink, paper,
                                 line, quality, got);
                }
            }
        }
}

static int pattern(int kind, int x, int y)
{
    static const int bayer[4][4] = {
        { 0, 8, 2, 10 }, { 12, 4, 14, 6 }, { 3, 11, 1, 9 }, { 15, 7, 13, 5 }
    };
    switch (kind) {
    case 0:
        return 90;
    case 1:
        return (x + y) % 2 ? 60 : 200;
    case 2:
        return (x + y) % 5 == 0 ? 60 : 200;
    case 3:
        return x * 16 / WIDTH > bayer[y % 4][x % 4] ? 64 : 192;
    case 4:
        return 20 + x * 200 / WIDTH;
    case 5:
        return (x / 40 * 37 + y / 30 * 53) % 200 + 20;
    default:
        return (int)hypot(x - 160, y - 120);
    }
}

Test(noise, is_not_in_patterns_and_flat_graphics)
{
    for (int kind = 0; kind <= 6; kind++) {
        drawn d = blank(WIDTH, HEIGHT, 1);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                *at(&d, x, y) = (uint8_t)pattern(kind, x, y);
        const double got = found_of(d);
        cr_expect_lt(got, 0.5, "pattern %d: %.2f", kind, got);
    }
}

Test(noise, is_found_beside_borders_that_have_none)
{
    const int colours[] = { 0, 255, 16, 128 };
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        drawn d = photograph(2, 5, 1);
        for (int y = 0; y < HEIGHT; y++)
            if (y < 60 || y >= HEIGHT - 60)
                memset(at(&d, 0, y), colours[i], WIDTH);
        const double got = found_of(d);
        cr_expect(fabs(got - 5) < 1, "borders of %d: %.2f", colours[i], got);
    }
}

Test(noise, of_16_bits_is_in_levels_of_255)
{
    drawn d = photograph(0, 10, 1); /* a tenth of the range, around mid-grey */
    const double got = found(&d, 1.0 / 257, 100);
    cr_expect(fabs(got - 10.0 / 257) < 0.2 * 10 / 257, "%.4f", got);
    free(d.data);
}

Test(noise, of_next_to_nothing_is_nothing)
{
    for (int side = 1; side < 20; side += 3) {
        drawn d = blank(side, side, 1);
        for (int i = 0; i < side * side; i++)
            d.data[i] = (uint8_t)(100 + i * 31 % 17);
        cr_expect_eq(found_of(d), 0);
    }
}
