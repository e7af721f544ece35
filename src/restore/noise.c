/* SPDX-License-Identifier: MIT */
#include "restore/noise.h"

#include "base/memory.h"
#include "restore/noise_windows.h"

#include <math.h>
#include <string.h>

enum {
    MOST_WINDOWS = 40000, /* of a channel: the error from chance is then 1 % */
    LEAST_STEP = 3,       /* odd, so that windows lie everywhere in the blocks of a JPEG */
    LEAST_WINDOWS = 64,   /* to measure by */
    QUARTILE = UP_NOISE_HIGH / 4,
};

#define FLATTEST 0.01
#define MOST_FLATTEST 0.05 /* where that is too few windows */
#define NEXT 0.05
#define MOST_SLOPE 0.5

/* Spreads, as shares of the mean: of white noise among frequencies 0.1 to 0.25, among windows 0.25
 * to 0.4; after JPEG 0.5 and 0.6 to 1.1; of patterns among frequencies 1.5 to 3.6; of text that
 * went through JPEG among windows 0.4 to 3. */
#define MOST_PATTERN 1.3
#define WHITE_FREQUENCIES 0.4
#define WHITE_WINDOWS 0.5
#define FLAT_AREAS 0.0005 /* as a share of all windows; noise leaves none */
#define FEW 0.05          /* the same: of an object on white there is little but edges */

struct up_noise {
    int width, height, channels, step, row;
    double unit;
    float *rows; /* [channels][UP_NOISE_SIDE][width]: the last ones */
    up_noise_windows windows[];
};

static int step_of(int width, int height)
{
    const double apart = sqrt((double)width * height / MOST_WINDOWS);
    return apart <= LEAST_STEP ? LEAST_STEP : (int)ceil(apart) | 1;
}

up_status up_noise_open(up_noise **noise, int width, int height, int channels, double unit,
                        up_error *error)
{
    const size_t row = (size_t)width * (size_t)channels;
    up_noise *n = up_alloc_zero(1, sizeof *n + (size_t)channels * sizeof *n->windows);
    if (n)
        n->rows = up_alloc(row, UP_NOISE_SIDE * sizeof *n->rows);
    *noise = n;
    if (!n || !n->rows) {
        up_noise_close(noise);
        return up_fail_memory(error, "measuring noise", row * UP_NOISE_SIDE * sizeof(float));
    }
    n->width = width;
    n->height = height;
    n->channels = channels;
    n->unit = unit;
    n->step = step_of(width, height);
    return UP_OK;
}

void up_noise_close(up_noise **noise)
{
    if (*noise)
        up_free((*noise)->rows);
    up_free(*noise);
    *noise = NULL;
}

static float *row_at(const up_noise *n, int channel, int y)
{
    return n->rows +
           ((size_t)channel * UP_NOISE_SIDE + (size_t)(y % UP_NOISE_SIDE)) * (size_t)n->width;
}

void up_noise_add_row(up_noise *n, const float *const *row)
{
    const int y = n->row++, top = y - UP_NOISE_SIDE + 1;
    for (int c = 0; c < n->channels; c++)
        memcpy(row_at(n, c, y), row[c], (size_t)n->width * sizeof *row[c]);
    if (top < 0 || top % n->step != 0)
        return;
    for (int c = 0; c < n->channels; c++) {
        const float *rows[UP_NOISE_SIDE];
        for (int i = 0; i < UP_NOISE_SIDE; i++)
            rows[i] = row_at(n, c, top + i);
        for (int x = 0; x + UP_NOISE_SIDE <= n->width; x += n->step)
            up_noise_window_add(&n->windows[c], rows, x, n->unit);
    }
}

/* ---- from windows to noise */

static void sort(double *value, int count)
{
    for (int i = 1; i < count; i++)
        for (int k = i; k > 0 && value[k] < value[k - 1]; k--) {
            const double swapped = value[k];
            value[k] = value[k - 1];
            value[k - 1] = swapped;
        }
}

/* The lower quartile over frequencies, and what it falls below the mean by chance made good: under
 * noise each mean of `count` squares has a relative deviation of sqrt(2 / count). */
static double floor_of(const up_noise_sums *sums)
{
    double high[UP_NOISE_HIGH];
    memcpy(high, sums->high, sizeof high);
    sort(high, UP_NOISE_HIGH);
    return high[QUARTILE] / sums->count / (1 - 0.674 * sqrt(2 / sums->count));
}

static double spread(double squares, double sum, double count)
{
    const double mean = sum / count;
    return mean > 0 ? sqrt(fmax(squares / count - mean * mean, 0)) / mean : 0;
}

static bool is_noise(const up_noise_windows *w, const up_noise_sums *flattest)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < UP_NOISE_HIGH; i++) {
        const double mean = flattest->high[i] / flattest->count;
        sum += mean;
        squares += mean * mean;
    }
    const double frequencies = spread(squares, sum, UP_NOISE_HIGH);
    const double windows =
        spread(flattest->mean_squares, sum / UP_NOISE_HIGH * flattest->count, flattest->count);
    if (w->flat > FLAT_AREAS * w->all || w->used < FEW * w->all)
        return frequencies < WHITE_FREQUENCIES && windows < WHITE_WINDOWS;
    return frequencies < MOST_PATTERN;
}

/* Of one channel; 0 if there is none. */
static double variance(const up_noise_windows *w)
{
    if (w->used < LEAST_WINDOWS || w->used < w->drawn)
        return 0;
    const double count = fmax(FLATTEST * w->used, fmin(MOST_FLATTEST * w->used, LEAST_WINDOWS));
    const up_noise_sums flattest = up_noise_lowest(w, 0, count);
    const up_noise_sums next = up_noise_lowest(w, count, count * (1 + NEXT / FLATTEST));
    if (!is_noise(w, &flattest))
        return 0;
    const double high = floor_of(&flattest), low = flattest.low / flattest.count;
    if (low <= high || next.count < count || next.low / next.count <= low)
        return high;
    double slope = (floor_of(&next) - high) / (next.low / next.count - low);
    slope = fmin(fmax(slope, 0), MOST_SLOPE);
    return fmax((high - slope * low) / (1 - slope), 0); /* where low and high are the same */
}

double up_noise_deviation(const up_noise *n)
{
    const double rounding = n->unit * n->unit / 12;
    double sum = 0, used = 0;
    for (int c = 0; c < n->channels; c++) {
        sum += variance(&n->windows[c]) * n->windows[c].used;
        used += n->windows[c].used;
    }
    return used > 0 ? sqrt(fmax(sum / used - rounding, 0)) : 0;
}
