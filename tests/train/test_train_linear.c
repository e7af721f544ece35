/* SPDX-License-Identifier: MIT */
/* The least squares of upscale train --kind linear. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/pictures/image_io.h"
#include "support/scratch.h"
#include "train/linear/linear_fit.h"

enum { SCALE = 2, WINDOW = 5, PHASES = SCALE * SCALE, TAPS = WINDOW * WINDOW, CENTRE = TAPS / 2 };

TestSuite(train_linear, .init = scratch_init, .fini = scratch_fini);

static up_train_picture noise(int width, int height, uint32_t seed)
{
    const size_t pixels = (size_t)(width * height);
    up_train_picture p = { .width = width, .height = height };
    p.low = malloc(pixels * sizeof *p.low);
    p.residual = malloc(pixels * PHASES * sizeof *p.residual);
    for (size_t i = 0; i < pixels; i++)
        p.low[i] = (float)(next_random(&seed) % 1000) / 1000;
    for (size_t i = 0; i < pixels * PHASES; i++)
        p.residual[i] = (int16_t)((int)(next_random(&seed) % 8000) - 4000);
    return p;
}

static void drop(up_train_picture *p)
{
    free(p->low);
    free(p->residual);
}

/* Flipped and transposed: bits 0, 1 and 2 of `turn`. */
static up_train_picture turn_picture(const up_train_picture *p, int turn)
{
    up_train_picture t = noise(turn & 4 ? p->height : p->width, turn & 4 ? p->width : p->height, 1);
    for (int y = 0; y < p->height * SCALE; y++)
        for (int x = 0; x < p->width * SCALE; x++) {
            int to_x = turn & 1 ? p->width * SCALE - 1 - x : x;
            int to_y = turn & 2 ? p->height * SCALE - 1 - y : y;
            int row = turn & 4 ? to_x : to_y, column = turn & 4 ? to_y : to_x;
            t.residual[row * t.width * SCALE + column] = p->residual[y * p->width * SCALE + x];
            t.low[row / SCALE * t.width + column / SCALE] =
                p->low[y / SCALE * p->width + x / SCALE];
        }
    return t;
}

static double low_at(const up_train_picture *p, int x, int y)
{
    x = x < 0 ? 0 : x >= p->width ? p->width - 1 : x;
    y = y < 0 ? 0 : y >= p->height ? p->height - 1 : y;
    return (double)p->low[y * p->width + x];
}

/* How much the taps around a pixel differ from it, the centre itself left out. */
static void features(const up_train_picture *p, int x, int y, double f[static TAPS - 1])
{
    for (int tap = 0, i = 0; tap < TAPS; tap++)
        if (tap != CENTRE)
            f[i++] = low_at(p, x + tap % WINDOW - WINDOW / 2, y + tap / WINDOW - WINDOW / 2) -
                     low_at(p, x, y);
}

static double residual_at(const up_train_picture *p, int x, int y, int phase)
{
    const int row = y * SCALE + phase / SCALE, column = x * SCALE + phase % SCALE;
    return p->residual[row * p->width * SCALE + column] / (255.0 * UP_RESIDUAL_UNITS);
}

/* Gauss-Jordan on [n][n + 1], pivots from the diagonal. */
static void eliminate(double *a, int n)
{
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++) {
            const double factor = a[i * (n + 1) + k] / a[k * (n + 1) + k];
            for (int j = k; i != k && j <= n; j++)
                a[i * (n + 1) + j] -= factor * a[k * (n + 1) + j];
        }
    for (int i = 0; i < n; i++)
        a[i * (n + 1) + n] /= a[i * (n + 1) + i];
}

/* The plain way: all turns of the picture, every pixel by itself. */
static void fit_densely(const up_train_picture *picture, int phase, double weight[static TAPS - 1])
{
    enum { N = TAPS - 1 };
    static double a[N * (N + 1)];
    memset(a, 0, sizeof a);
    for (int turn = 0; turn < 8; turn++) {
        up_train_picture p = turn_picture(picture, turn);
        for (int at = 0; at < p.width * p.height; at++) {
            double f[N], target = residual_at(&p, at % p.width, at / p.width, phase);
            features(&p, at % p.width, at / p.width, f);
            for (int i = 0; i < N; i++) {
                for (int k = 0; k < N; k++)
                    a[i * (N + 1) + k] += f[i] * f[k];
                a[i * (N + 1) + N] += f[i] * target;
            }
        }
        drop(&p);
    }
    eliminate(a, N);
    for (int i = 0; i < N; i++)
        weight[i] = a[i * (N + 1) + N];
}

static up_linear_statistics sums_of(const up_train_picture *pictures, size_t count, int threads)
{
    up_error error;
    up_linear_statistics s;
    const up_linear_gathering how = { .threads = threads };
    cr_assert_eq(up_linear_statistics_init(&s, SCALE, WINDOW, &error), UP_OK);
    cr_assert_eq(up_linear_statistics_add(&s, pictures, count, &how, &error), UP_OK);
    return s;
}

Test(train_linear, agrees_with_dense_least_squares)
{
    up_error error;
    double weight[PHASES * TAPS], dense[TAPS - 1];
    up_train_picture picture = noise(23, 37, 7);
    up_linear_statistics s = sums_of(&picture, 1, 1);
    cr_assert_eq(up_linear_fit(weight, &s, 0, &error), UP_OK, "%s", error.message);
    for (int phase = 0; phase < PHASES; phase++) {
        fit_densely(&picture, phase, dense);
        for (int i = 0; i < TAPS - 1; i++)
            cr_expect_float_eq(weight[phase * TAPS + i + (i >= CENTRE)], dense[i], 1e-10,
                               "phase %d, unknown %d", phase, i);
    }
    up_linear_statistics_free(&s);
    drop(&picture);
}

Test(train_linear, error_is_what_the_weights_leave)
{
    double weight[PHASES * TAPS], sum = 0;
    up_train_picture p = noise(140, 150, 3); /* more than one piece of rows */
    up_linear_statistics s = sums_of(&p, 1, 2);
    for (int i = 0; i < PHASES * TAPS; i++)
        weight[i] = (i * 37 % 101 - 50) / 500.0;
    for (int at = 0; at < p.width * p.height; at++)
        for (int phase = 0; phase < PHASES; phase++) {
            const int x = at % p.width, y = at / p.width;
            double left = residual_at(&p, x, y, phase);
            for (int tap = 0; tap < TAPS; tap++)
                left -= weight[phase * TAPS + tap] *
                        low_at(&p, x + tap % WINDOW - WINDOW / 2, y + tap / WINDOW - WINDOW / 2);
            sum += left * left;
        }
    cr_expect_float_eq(up_linear_error(weight, &s) / (sum / (PHASES * p.width * p.height)), 1,
                       1e-10);
    up_linear_statistics_free(&s);
    drop(&p);
}

/* A filter of zero sum and all symmetries made the residuals. */
Test(train_linear, recovers_a_filter)
{
    up_error error;
    double weight[PHASES * TAPS];
    up_train_picture p = noise(90, 80, 5);
    for (int at = 0; at < p.width * p.height; at++)
        for (int phase = 0; phase < PHASES; phase++) {
            const int x = at % p.width, y = at / p.width;
            const int down = phase / SCALE ? 1 : -1, right = phase % SCALE ? 1 : -1;
            const double made = 0.2 * (low_at(&p, x + right, y + down) - low_at(&p, x, y)) +
                                0.1 * (low_at(&p, x + 2 * right, y) - low_at(&p, x, y - down)) +
                                0.1 * (low_at(&p, x, y + 2 * down) - low_at(&p, x - right, y));
            const int row = y * SCALE + phase / SCALE, column = x * SCALE + phase % SCALE;
            p.residual[row * p.width * SCALE + column] =
                (int16_t)lround(made * 255 * UP_RESIDUAL_UNITS);
        }
    up_linear_statistics s = sums_of(&p, 1, 1);
    cr_assert_eq(up_linear_fit(weight, &s, 0, &error), UP_OK, "%s", error.message);
    static const double last[TAPS] = {
        [7] = -0.1, [11] = -0.1, [12] = -0.2, [14] = 0.1, [18] = 0.2, [22] = 0.1
    };
    for (int tap = 0; tap < TAPS; tap++)
        cr_expect_float_eq(weight[3 * TAPS + tap], last[tap], 1e-5, "tap %d: %g", tap,
                           weight[3 * TAPS + tap]);
    cr_expect_lt(up_linear_error(weight, &s), 1e-9);
    up_linear_statistics_free(&s);
    drop(&p);
}

Test(train_linear, kernel_has_all_symmetries_and_leaves_flat_areas_flat)
{
    for (int scale = 2; scale <= 5; scale++) {
        enum { BIG = 7 };
        const int side = BIG * scale, phases = scale * scale;
        up_error error;
        up_linear_statistics s;
        const up_linear_gathering how = { .threads = 1 };
        up_train_picture p = noise(40 * scale, 30 * scale, 9);
        p.width = 40, p.height = 30;
        double *weight = malloc((size_t)(phases * BIG * BIG) * sizeof *weight);
        float *kernel = malloc((size_t)(side * side) * sizeof *kernel);
        cr_assert_eq(up_linear_statistics_init(&s, scale, BIG, &error), UP_OK);
        cr_assert_eq(up_linear_statistics_add(&s, &p, 1, &how, &error), UP_OK);
        cr_assert_eq(up_linear_fit(weight, &s, 1e-6, &error), UP_OK, "%s", error.message);
        up_linear_kernel(kernel, weight, scale, BIG);
        for (int i = 0; i < side * side; i++) {
            const int y = i / side, x = i % side;
            cr_expect_eq(kernel[i], kernel[x * side + y], "x%d, %d,%d", scale, y, x);
            cr_expect_eq(kernel[i], kernel[y * side + side - 1 - x], "x%d, %d,%d", scale, y, x);
        }
        for (int phase = 0; phase < phases; phase++) {
            double sum = 0;
            for (int tap = 0; tap < BIG * BIG; tap++)
                sum += (double)kernel[(tap / BIG * scale + phase / scale) * side +
                                      tap % BIG * scale + phase % scale];
            cr_expect_float_eq(sum, 1, 1e-6, "x%d, phase %d: %.9f", scale, phase, sum);
        }
        up_linear_statistics_free(&s);
        free(weight);
        free(kernel);
        drop(&p);
    }
}

Test(train_linear, sums_are_the_same_for_every_number_of_threads)
{
    up_train_picture pictures[] = { noise(140, 300, 1), noise(20, 16, 2), noise(30, 131, 3) };
    up_linear_statistics one = sums_of(pictures, 3, 1), three = sums_of(pictures, 3, 3);
    cr_expect_arr_eq(one.gram, three.gram, TAPS * TAPS * sizeof *one.gram);
    cr_expect_arr_eq(one.cross, three.cross, PHASES * TAPS * sizeof *one.cross);
    cr_expect_arr_eq(one.energy, three.energy, PHASES * sizeof *one.energy);
    cr_expect_eq(one.pixels, 140 * 300 + 20 * 16 + 30 * 131);
    up_linear_statistics_free(&one);
    up_linear_statistics_free(&three);
    for (int i = 0; i < 3; i++)
        drop(&pictures[i]);
}

Test(train_linear, flat_pictures_tell_nothing)
{
    up_error error;
    double weight[PHASES * TAPS];
    up_train_picture p = noise(30, 30, 1);
    for (int i = 0; i < 30 * 30; i++)
        p.low[i] = 0.3f;
    up_linear_statistics s = sums_of(&p, 1, 1);
    cr_expect_eq(up_linear_fit(weight, &s, 1e-7, &error), UP_ERROR_INPUT);
    up_linear_statistics_free(&s);
    drop(&p);
}

/* ---------------------------------------------------------------- whole */

static uint32_t level_state;

static int noise_level(int x, int y, int c)
{
    (void)x, (void)y, (void)c;
    return (int)(next_random(&level_state) >> 8 & 255);
}

static const char *save_noise(const char *name, int side, uint32_t seed)
{
    const up_format format = picture_format(side, side, 1, UP_SAMPLE_U8);
    level_state = seed;
    return picture_save(name, &format, noise_level);
}

static void train(const char *output, const char *const *pictures, size_t count, int scale,
                  int threads)
{
    up_error error;
    const up_train_options options = { .scale = scale,
                                       .pictures = pictures,
                                       .picture_count = count,
                                       .threads = threads,
                                       .data = "noise",
                                       .license = "CC0-1.0" };
    cr_assert_eq(up_train(output, &options, &error), UP_OK, "%s", error.message);
}

/* Also where a value is clipped, at the borders, and in every channel. */
Test(train_linear, flat_pictures_stay_flat)
{
    static const uint8_t colors[][3] = { { 0, 0, 0 }, { 255, 255, 255 }, { 255, 0, 7 } };
    const char *picture = save_noise("noise.png", 160, 1);
    for (int scale = 2; scale <= 4; scale++) {
        const char *file = scratch_path("x%d.safetensors", scale);
        train(file, &picture, 1, scale, 0);
        for (size_t c = 0; c < sizeof colors / sizeof *colors; c++) {
            uint8_t in[6 * 6 * 3], out[24 * 24 * 3];
            up_error error;
            for (size_t i = 0; i < sizeof in; i++)
                in[i] = colors[c][i % 3];
            const int side = 6 * scale;
            const up_pixels from = { .format = picture_format(6, 6, 3, UP_SAMPLE_U8), .data = in };
            const up_pixels to = { .format = picture_format(side, side, 3, UP_SAMPLE_U8),
                                   .data = out };
            const up_options options = { .method = "tconv",
                                         .weights = file,
                                         .scale = { scale, scale } };
            cr_assert_eq(up_upscale_pixels(&from, &to, &options, &error), UP_OK, "%s",
                         error.message);
            for (int i = 0; i < side * side * 3; i++)
                cr_expect_eq(out[i], colors[c][i % 3], "x%d, sample %d: %d", scale, i, out[i]);
        }
    }
}

Test(train_linear, file_is_the_same_for_every_run)
{
    const char *const pictures[] = { save_noise("a.png", 150, 1), save_noise("b.png", 90, 2),
                                     save_noise("c.png", 333, 3) };
    const char *const files[] = { scratch_path("1.safetensors"), scratch_path("2.safetensors") };
    for (int i = 0; i < 2; i++)
        train(files[i], pictures, 3, 3, 1 + i);
    expect_same_file(files[0], files[1]);
}

Test(train_linear, options_that_make_no_sense_are_refused)
{
    const char *picture = save_noise("noise.png", 100, 1);
    const up_train_options wrong[] = {
        { .scale = 1 },  { .scale = 9 },   { .support = 3 },  { .support = 8 }, { .support = 23 },
        { .ridge = -1 }, { .ridge = NAN }, { .threads = -1 }, { .kind = 7 },    { .kind = -1 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        up_error error;
        up_train_options options = wrong[i];
        options.pictures = &picture;
        options.picture_count = 1;
        cr_expect_eq(up_train(scratch_path("no.safetensors"), &options, &error), UP_ERROR_ARGUMENT,
                     "%zu: %s", i, error.message);
        cr_expect_not(file_exists(scratch_path("no.safetensors")));
    }
}
