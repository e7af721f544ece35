/* SPDX-License-Identifier: MIT */
/* PSNR as it is seen: differences of cosine transforms, weighted, and less what is masked. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "io/jpeg/jpeg_quality.h"
#include "measure/row_bands.h"

#include <math.h>

enum { SIDE = 8, BLOCK = SIDE * SIDE, HALF = SIDE / 2 };

typedef struct {
    const up_measured *measured;
    bool masked;
    double cosine[SIDE][SIDE]; /* [frequency][place] */
    double sensitivity[BLOCK], masking[BLOCK];
    double *row_sum; /* of each row of blocks */
} weighting;

typedef struct {
    double value[BLOCK], transform[BLOCK];
} block;

static void prepare(weighting *w)
{
    for (int k = 0; k < SIDE; k++)
        for (int i = 0; i < SIDE; i++)
            w->cosine[k][i] = sqrt((k ? 2.0 : 1.0) / SIDE) * cos((2 * i + 1) * k * M_PI / 16);
    for (int i = 0; i < BLOCK; i++) {
        w->sensitivity[i] = 25.735089 / up_jpeg_luminance[i];
        w->masking[i] = 100.0 / (up_jpeg_luminance[i] * up_jpeg_luminance[i]);
    }
}

static void transform(const weighting *w, block *b)
{
    double half[BLOCK];
    for (int y = 0; y < SIDE; y++)
        for (int k = 0; k < SIDE; k++) {
            half[y * SIDE + k] = 0;
            for (int i = 0; i < SIDE; i++)
                half[y * SIDE + k] += w->cosine[k][i] * b->value[y * SIDE + i];
        }
    for (int k = 0; k < SIDE; k++)
        for (int x = 0; x < SIDE; x++) {
            b->transform[k * SIDE + x] = 0;
            for (int i = 0; i < SIDE; i++)
                b->transform[k * SIDE + x] += w->cosine[k][i] * half[i * SIDE + x];
        }
}

/* The sum of squared deviations, as the sample's variance times the count, of side x side values.
 */
static double scatter(const double *value, int side)
{
    const int count = side * side;
    double mean = 0, sum = 0;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            mean += value[y * SIDE + x] / count;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            sum += (value[y * SIDE + x] - mean) * (value[y * SIDE + x] - mean);
    return sum * count / (count - 1);
}

/* How much a block hides: less where its quarters are smoother than the whole, as at an edge. */
static double mask(const weighting *w, const block *b)
{
    const double *v = b->value, whole = scatter(v, SIDE);
    double energy = 0, quarters = 0;
    for (int i = 1; i < BLOCK; i++)
        energy += b->transform[i] * b->transform[i] * w->masking[i];
    for (int i = 0; i < 4; i++)
        quarters += scatter(v + (i / 2) * HALF * SIDE + (i % 2) * HALF, HALF);
    return whole > 0 ? sqrt(energy * quarters / whole) / 32 : 0;
}

static double compare(const weighting *w, block *a, block *b)
{
    double sum = 0;
    transform(w, a);
    transform(w, b);
    const double hidden = w->masked ? fmax(mask(w, a), mask(w, b)) : 0;
    for (int i = 0; i < BLOCK; i++) {
        double d = fabs(a->transform[i] - b->transform[i]);
        if (i > 0)
            d = fmax(d - hidden / w->masking[i], 0);
        sum += d * w->sensitivity[i] * d * w->sensitivity[i];
    }
    return sum;
}

static void take(block *b, const float *rows, size_t row_floats, size_t at)
{
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++)
            b->value[y * SIDE + x] = (double)rows[y * row_floats + at + x];
}

static void compare_rows(void *user, int y0, int y1, float *scratch)
{
    const weighting *w = user;
    const up_measured *m = w->measured;
    const size_t size = up_measured_row_floats(m);
    float *rows[2] = { scratch, scratch + SIDE * size };
    for (int y = y0; y < y1; y++) {
        double sum = 0;
        for (int i = 0; i < 2 * SIDE; i++)
            up_measured_row(m, i / SIDE, y * SIDE + i % SIDE, scratch + (size_t)i * size);
        for (size_t c = 0; c < (size_t)m->planes; c++)
            for (int x = 0; x + SIDE <= m->width; x += SIDE) {
                block a, b;
                take(&a, rows[0], size, c * m->stride + (size_t)x);
                take(&b, rows[1], size, c * m->stride + (size_t)x);
                sum += compare(w, &a, &b);
            }
        w->row_sum[y] = sum;
    }
}

static up_status measure(double *value, const up_pixels *a, const up_pixels *b,
                         const up_measuring *how, const char *title, bool masked, up_error *error)
{
    up_measured m;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, title, SIDE, error));
    const int rows = m.height / SIDE;
    weighting w = { .measured = &m, .masked = masked, .row_sum = up_alloc((size_t)rows, 8) };
    if (!w.row_sum)
        return up_fail_memory(error, "sums of rows", (size_t)rows * sizeof(double));
    prepare(&w);
    const up_row_bands bands = { m.threads, rows, 4, 2 * SIDE * up_measured_row_floats(&m),
                                 m.cancel };
    up_status status = up_row_bands_run(&bands, compare_rows, &w, error);
    double sum = 0;
    for (int y = 0; y < rows && status == UP_OK; y++)
        sum += w.row_sum[y];
    const double mse = sum / ((double)rows * SIDE * (m.width / SIDE * SIDE) * m.planes);
    *value = mse > 0 ? 10 * log10(255.0 * 255.0 / mse) : (double)INFINITY;
    up_free(w.row_sum);
    return status;
}

static up_status psnr_hvs(double *value, const up_pixels *a, const up_pixels *b,
                          const up_measuring *how, up_error *error)
{
    return measure(value, a, b, how, up_kind_psnr_hvs.info.title, false, error);
}

static up_status psnr_hvs_m(double *value, const up_pixels *a, const up_pixels *b,
                            const up_measuring *how, up_error *error)
{
    return measure(value, a, b, how, up_kind_psnr_hvs_m.info.title, true, error);
}

const up_measure_kind up_kind_psnr_hvs = {
    { "psnr-hvs", "PSNR-HVS", "PSNR of cosine transforms as the eye weighs them, in dB", false, 2,
      false, false },
    psnr_hvs,
    NULL,
};

const up_measure_kind up_kind_psnr_hvs_m = {
    { "psnr-hvs-m", "PSNR-HVS-M", "the same less what is masked by detail, in dB", false, 2, false,
      false },
    psnr_hvs_m,
    NULL,
};
