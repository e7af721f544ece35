/* SPDX-License-Identifier: MIT */
#include "restore/noise_windows.h"

#include <math.h>
#include <stdbool.h>

enum { SIDE = UP_NOISE_SIDE, FIRST_HIGH = 8, BEHIND_LOW = 6, OCTAVE = 8, LEAST_EXPONENT = -20 };

#define BLACK 0
#define WHITE 255

typedef float window[SIDE][SIDE];

/* cos((2 x + 1) k pi / 16), scaled to be orthonormal. */
static const float basis[SIDE][SIDE] = {
    { 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f, 0.353553391f,
      0.353553391f, 0.353553391f },
    { 0.490392640f, 0.415734806f, 0.277785117f, 0.097545161f, -0.097545161f, -0.277785117f,
      -0.415734806f, -0.490392640f },
    { 0.461939766f, 0.191341716f, -0.191341716f, -0.461939766f, -0.461939766f, -0.191341716f,
      0.191341716f, 0.461939766f },
    { 0.415734806f, -0.097545161f, -0.490392640f, -0.277785117f, 0.277785117f, 0.490392640f,
      0.097545161f, -0.415734806f },
    { 0.353553391f, -0.353553391f, -0.353553391f, 0.353553391f, 0.353553391f, -0.353553391f,
      -0.353553391f, 0.353553391f },
    { 0.277785117f, -0.490392640f, 0.097545161f, 0.415734806f, -0.415734806f, -0.097545161f,
      0.490392640f, -0.277785117f },
    { 0.191341716f, -0.461939766f, 0.461939766f, -0.191341716f, -0.191341716f, 0.461939766f,
      -0.461939766f, 0.191341716f },
    { 0.097545161f, -0.277785117f, 0.415734806f, -0.490392640f, 0.490392640f, -0.415734806f,
      0.277785117f, -0.097545161f },
};

static void transform(window out, const window in)
{
    window half;
    for (int y = 0; y < SIDE; y++)
        for (int k = 0; k < SIDE; k++) {
            half[y][k] = 0;
            for (int x = 0; x < SIDE; x++)
                half[y][k] += basis[k][x] * in[y][x];
        }
    for (int k = 0; k < SIDE; k++)
        for (int x = 0; x < SIDE; x++) {
            out[k][x] = 0;
            for (int y = 0; y < SIDE; y++)
                out[k][x] += basis[k][y] * half[y][x];
        }
}

/* Sums of one window. */
static up_noise_sums measure(const window samples)
{
    window c;
    up_noise_sums sums = { .count = 1 };
    int high = 0;
    double mean = 0;
    transform(c, samples);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            const double square = (double)c[i][j] * c[i][j];
            if (i + j > 0 && i + j < BEHIND_LOW)
                sums.low += square / UP_NOISE_LOW;
            if (i + j < FIRST_HIGH)
                continue;
            sums.high[high++] = square;
            mean += square / UP_NOISE_HIGH;
        }
    sums.mean_squares = mean * mean;
    return sums;
}

/* How many neighbours are equal, as a share. */
static double equal_neighbours(const window w)
{
    int equal = 0;
    for (int i = 0; i < SIDE; i++)
        for (int k = 0; k + 1 < SIDE; k++)
            equal += (w[i][k] == w[i][k + 1]) + (w[k][i] == w[k + 1][i]);
    return equal / (2.0 * SIDE * (SIDE - 1));
}

/* Rounded normal noise of this variance has 1 / sqrt(4 pi variance) of its neighbours equal. */
static bool is_drawn(const window samples, double variance, double unit)
{
    const double noise = unit / sqrt(4 * 3.14159265358979323846 * variance + unit * unit * 1e-6);
    return equal_neighbours(samples) > 2 * fmin(noise, 1) + 0.1;
}

static void add(up_noise_sums *to, const up_noise_sums *from, double share)
{
    to->count += share * from->count;
    to->low += share * from->low;
    to->mean_squares += share * from->mean_squares;
    for (int i = 0; i < UP_NOISE_HIGH; i++)
        to->high[i] += share * from->high[i];
}

static int bin_of(double low)
{
    const double place = floor((log2(fmax(low, 1e-12)) - LEAST_EXPONENT) * OCTAVE);
    return (int)fmin(fmax(place, 0), UP_NOISE_BINS - 1);
}

void up_noise_window_add(up_noise_windows *w, const float *const row[UP_NOISE_SIDE], int x,
                         double unit)
{
    window samples;
    float least = WHITE, most = BLACK;
    for (int i = 0; i < SIDE; i++)
        for (int k = 0; k < SIDE; k++) {
            const float value = row[i][x + k];
            least = value < least ? value : least;
            most = value > most ? value : most;
            samples[i][k] = value;
        }
    w->all++;
    if (!(least > BLACK && most < WHITE)) /* NaN is left out, too */
        return;
    if (least == most) {
        w->flat++;
        return;
    }
    const up_noise_sums sums = measure(samples);
    if (is_drawn(samples, sqrt(sums.mean_squares), unit)) {
        w->drawn++;
        return;
    }
    w->used++;
    add(&w->bin[bin_of(sums.low)], &sums, 1);
}

up_noise_sums up_noise_lowest(const up_noise_windows *w, double first, double last)
{
    up_noise_sums sums = { 0 };
    double before = 0;
    for (int i = 0; i < UP_NOISE_BINS && before < last; i++) {
        const double count = w->bin[i].count, behind = before + count;
        const double taken = fmin(behind, last) - fmax(before, first);
        if (taken > 0)
            add(&sums, &w->bin[i], taken / count);
        before = behind;
    }
    return sums;
}
