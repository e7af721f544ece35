#include "train/linear_statistics.h"

#include "base/memory.h"

#include <string.h>

/* The sums of low * low depend on the distance of two taps, but for the borders: the products at
 * one distance (a lag) are made once for each pixel of a row, and summed over the stretch of the
 * row that each of the pairs of taps covers. That is 145 products a pixel for 9 x 9 taps, not 3321.
 * Everything is in double precision: neighbours differ little, and their sums even less. */

enum { BAND = 16 }; /* rows at a time: what is worked on stays in the cache */

typedef struct {
    up_linear_statistics *to;
    size_t width, height, halo; /* of the picture; halo = window - 1 */
    size_t first, rows;         /* of the padded picture, which has height + halo */
    double *low;                /* [rows + halo][width + halo] from `first` on */
    double *residual;           /* [phases][rows][width], where first + row < height */
} band;

up_status up_linear_statistics_init(up_linear_statistics *s, int scale, int window, up_error *error)
{
    *s = (up_linear_statistics){ .scale = scale,
                                 .window = window,
                                 .phases = (size_t)(scale * scale),
                                 .taps = (size_t)(window * window) };
    s->gram = up_alloc_zero(s->taps * s->taps, sizeof *s->gram);
    s->cross = up_alloc_zero(s->phases * s->taps, sizeof *s->cross);
    s->energy = up_alloc_zero(s->phases, sizeof *s->energy);
    if (s->gram && s->cross && s->energy)
        return UP_OK;
    up_linear_statistics_free(s);
    return up_fail_memory(error, "normal equations", s->taps * s->taps * sizeof *s->gram);
}

void up_linear_statistics_clear(up_linear_statistics *s)
{
    memset(s->gram, 0, s->taps * s->taps * sizeof *s->gram);
    memset(s->cross, 0, s->phases * s->taps * sizeof *s->cross);
    memset(s->energy, 0, s->phases * sizeof *s->energy);
    s->pixels = 0;
}

void up_linear_statistics_free(up_linear_statistics *s)
{
    up_free(s->gram);
    up_free(s->cross);
    up_free(s->energy);
    s->gram = s->cross = s->energy = NULL;
}

/* Always in this order, whatever the vectors: the same bits everywhere. */
static double dot(const double *a, const double *b, size_t n)
{
    enum { LANES = 16 };
    double part[LANES] = { 0 }, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            part[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum += a[i] * b[i];
    for (size_t k = 0; k < LANES; k++)
        sum += part[k];
    return sum;
}

/* ---------------------------------------------------------------- a band of rows */

static void fill_low(const band *b, const up_train_picture *picture, size_t row)
{
    const int radius = (int)b->halo / 2;
    const int y = up_clamp((int)(b->first + row) - radius, 0, picture->height - 1);
    const float *from = picture->low + (size_t)y * b->width;
    double *to = b->low + row * (b->width + b->halo);
    for (size_t x = 0; x < b->width + b->halo; x++)
        to[x] = (double)from[up_clamp((int)x - radius, 0, picture->width - 1)];
}

static void fill_residual(const band *b, const up_train_picture *picture, size_t row)
{
    const size_t scale = (size_t)b->to->scale, stride = b->width * scale;
    const int16_t *from = picture->residual + (b->first + row) * scale * stride;
    for (size_t phase = 0; phase < b->to->phases; phase++) {
        double *to = b->residual + (phase * b->rows + row) * b->width;
        const int16_t *at = from + phase / scale * stride + phase % scale;
        for (size_t x = 0; x < b->width; x++)
            to[x] = at[x * scale] * (1.0 / (255 * UP_RESIDUAL_UNITS));
    }
}

static void fill(const band *b, const up_train_picture *picture, int threads)
{
    const size_t rows = b->rows + b->halo, padded = b->height + b->halo;
#pragma omp parallel for num_threads(threads)
    for (size_t row = 0; row < rows; row++) {
        if (b->first + row < padded)
            fill_low(b, picture, row);
        if (row < b->rows && b->first + row < b->height)
            fill_residual(b, picture, row);
    }
}

/* Pairs of taps (row, column) and (row + down, column + right). */
static void add_lag(const band *b, size_t down, ptrdiff_t right)
{
    const size_t window = b->halo + 1, stride = b->width + b->halo;
    const size_t left = right < 0 ? (size_t)-right : 0, over = right > 0 ? (size_t)right : 0;
    for (size_t row = 0; row < b->rows; row++) {
        const size_t y = b->first + row;
        if (y + down >= b->height + b->halo)
            return;
        const size_t low = y < b->height ? 0 : y - b->height + 1;
        const size_t high = y < b->halo - down ? y : b->halo - down;
        const double *p = b->low + row * stride, *q = p + down * stride;
        double sum = dot(p + left, q + (ptrdiff_t)left + right, b->width);
        for (size_t column = left; column < window - over; column++) {
            const size_t other = (size_t)((ptrdiff_t)column + right);
            for (size_t tap = low; tap <= high; tap++)
                b->to
                    ->gram[(tap * window + column) * b->to->taps + (tap + down) * window + other] +=
                    sum;
            if (column + 1 < window - over)
                sum += p[column + b->width] * q[other + b->width] - p[column] * q[other];
        }
    }
}

/* Residuals of one phase with the taps of one row. */
static void add_cross(const band *b, size_t phase, size_t tap_row)
{
    const size_t window = b->halo + 1, stride = b->width + b->halo;
    double *cross = b->to->cross + phase * b->to->taps + tap_row * window;
    for (size_t row = 0; row < b->rows && b->first + row < b->height; row++) {
        const double *residual = b->residual + (phase * b->rows + row) * b->width;
        const double *low = b->low + (row + tap_row) * stride;
        for (size_t column = 0; column < window; column++)
            cross[column] += dot(residual, low + column, b->width);
        if (tap_row == 0)
            b->to->energy[phase] += dot(residual, residual, b->width);
    }
}

/* Every item has sums of its own, so that they may be added to at the same time. */
static void add_item(const band *b, size_t item, size_t lags)
{
    const size_t window = b->halo + 1, across = 2 * window - 1;
    if (item >= lags)
        add_cross(b, (item - lags) / window, (item - lags) % window);
    else if (item < window)
        add_lag(b, 0, (ptrdiff_t)item);
    else
        add_lag(b, 1 + (item - window) / across,
                (ptrdiff_t)((item - window) % across) - (ptrdiff_t)b->halo);
}

static void add_bands(band *b, const up_train_picture *picture, int threads)
{
    const size_t window = b->halo + 1, lags = window + b->halo * (2 * window - 1);
    const size_t items = lags + b->to->phases * window;
    for (b->first = 0; b->first < b->height + b->halo; b->first += b->rows) {
        fill(b, picture, threads);
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads)
        for (size_t item = 0; item < items; item++)
            add_item(b, item, lags);
    }
    b->to->pixels += (double)b->width * (double)b->height;
}

up_status up_linear_statistics_add(up_linear_statistics *s, const up_train_picture *picture,
                                   int threads, up_error *error)
{
    band b = { .to = s,
               .width = (size_t)picture->width,
               .height = (size_t)picture->height,
               .halo = (size_t)s->window - 1,
               .rows = BAND };
    const size_t low = (b.rows + b.halo) * (b.width + b.halo);
    const size_t residual = s->phases * b.rows * b.width;
    b.low = up_alloc(low, sizeof *b.low);
    b.residual = up_alloc(residual, sizeof *b.residual);
    const bool fine = b.low && b.residual;
    if (fine)
        add_bands(&b, picture, threads);
    up_free(b.low);
    up_free(b.residual);
    return fine ? UP_OK
                : up_fail_memory(error, "rows of a picture", (low + residual) * sizeof *b.low);
}
