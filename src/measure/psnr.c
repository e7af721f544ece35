/* SPDX-License-Identifier: MIT */
/* Mean squared error, PSNR, and the picture of the differences. */

#include <upscale_measure.h>

#include "base/memory.h"
#include "io/pixels.h"
#include "kernels/kernels.h"
#include "measure/measured.h"
#include "measure/row_bands.h"

#include <math.h>

enum { BAND = 16 };

typedef struct {
    const up_measured *measured;
    double *row_sum;
} squares;

static void sum_squares(void *user, int y0, int y1, float *scratch)
{
    const squares *s = user;
    const up_measured *m = s->measured;
    float *a = scratch, *b = scratch + up_measured_row_floats(m);
    for (int y = y0; y < y1; y++) {
        double sum = 0;
        up_measured_row(m, 0, y, a);
        up_measured_row(m, 1, y, b);
        for (size_t c = 0; c < (size_t)m->planes; c++) {
            for (size_t x = c * m->stride; x < c * m->stride + (size_t)m->width; x++) {
                double d = (double)a[x] - (double)b[x];
                sum += d * d;
            }
        }
        s->row_sum[y] = sum;
    }
}

static up_row_bands all_rows(const up_measured *m)
{
    return (up_row_bands){ m->threads, m->height, BAND, 2 * up_measured_row_floats(m), m->cancel };
}

up_status up_mse(double *mse, const up_pixels *a, const up_pixels *b, const up_measuring *how,
                 up_error *error)
{
    up_measured m;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    squares s = { &m, up_alloc((size_t)m.height, sizeof(double)) };
    if (!s.row_sum)
        return up_fail_memory(error, "sums of rows", (size_t)m.height * sizeof(double));
    const up_row_bands bands = all_rows(&m);
    up_status status = up_row_bands_run(&bands, sum_squares, &s, error);
    double sum = 0;
    for (int y = 0; y < m.height && status == UP_OK; y++)
        sum += s.row_sum[y];
    *mse = sum / ((double)m.width * m.height * m.planes);
    up_free(s.row_sum);
    return status;
}

up_status up_psnr(double *psnr, const up_pixels *a, const up_pixels *b, const up_measuring *how,
                  up_error *error)
{
    double mse;
    UP_TRY(up_mse(&mse, a, b, how, error));
    *psnr = mse > 0 ? 10 * log10(255.0 * 255.0 / mse) : (double)INFINITY;
    return UP_OK;
}

typedef struct {
    const up_measured *measured;
    up_pixels map;
    float gain;
} differences;

static void draw_differences(void *user, int y0, int y1, float *scratch)
{
    const differences *d = user;
    const up_measured *m = d->measured;
    float *a = scratch, *b = scratch + up_measured_row_floats(m);
    for (int y = y0; y < y1; y++) {
        up_measured_row(m, 0, y, a);
        up_measured_row(m, 1, y, b);
        const float *plane[3];
        for (size_t c = 0; c < (size_t)m->planes; c++) {
            plane[c] = a + c * m->stride;
            for (size_t x = c * m->stride; x < c * m->stride + (size_t)m->width; x++)
                a[x] = fabsf(a[x] - b[x]) * d->gain;
        }
        uint8_t *row = (uint8_t *)d->map.data + (size_t)y * d->map.row_stride;
        up_kernels_get()->pack_u8(row, plane, m->planes, m->width);
    }
}

up_status up_difference(const up_pixels *map, const up_pixels *a, const up_pixels *b,
                        const up_measuring *how, double gain, up_error *error)
{
    up_measured m;
    differences d = { .measured = &m, .gain = (float)gain };
    const up_format *f = &d.map.format;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_pixels_check(&d.map, map, error));
    if (f->width != m.width || f->height != m.height || f->channels != m.planes ||
        f->sample != UP_SAMPLE_U8 || f->planar)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the differences are %dx%d of 8 bits with %d interleaved channels", m.width,
                       m.height, m.planes);
    if (!(gain >= 0 && gain <= 1e6))
        return up_fail(error, UP_ERROR_ARGUMENT, "a gain of %g makes no sense", gain);
    const up_row_bands bands = all_rows(&m);
    return up_row_bands_run(&bands, draw_differences, &d, error);
}
