/* SPDX-License-Identifier: MIT */
/* Gradient magnitude similarity deviation. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "measure/kinds/whole_planes.h"
#include "measure/row_bands.h"

#include <math.h>

enum { LEAST = 4 };

typedef struct {
    double sum, squares;
} moments;

typedef struct {
    const up_whole_planes *halved;
    moments *row; /* [row][plane] */
} deviation;

/* Zero beyond the edges, as MATLAB's conv2 has it. */
static float at(const up_whole_planes *w, int picture, int plane, int y, int x)
{
    if (y < 0 || y >= w->height || x < 0 || x >= w->width)
        return 0;
    return up_whole_row(w, picture, plane, y)[x];
}

static double gradient(const up_whole_planes *w, int picture, int plane, int y, int x)
{
    double across = 0, down = 0;
    for (int i = -1; i <= 1; i++) {
        across +=
            (double)(at(w, picture, plane, y + i, x + 1) - at(w, picture, plane, y + i, x - 1));
        down += (double)(at(w, picture, plane, y + 1, x + i) - at(w, picture, plane, y - 1, x + i));
    }
    return sqrt(across * across + down * down) / 3;
}

static void compare_rows(void *user, int y0, int y1, float *scratch)
{
    (void)scratch;
    const deviation *d = user;
    const up_whole_planes *w = d->halved;
    for (int y = y0; y < y1; y++)
        for (int c = 0; c < w->planes; c++) {
            moments m = { 0 };
            for (int x = 0; x < w->width; x++) {
                const double g = gradient(w, 0, c, y, x), h = gradient(w, 1, c, y, x);
                const double alike = (2 * g * h + 170) / (g * g + h * h + 170);
                m.sum += alike;
                m.squares += alike * alike;
            }
            d->row[y * w->planes + c] = m;
        }
}

static double deviation_of(const deviation *d, int plane)
{
    const up_whole_planes *w = d->halved;
    const double count = (double)w->width * w->height;
    moments m = { 0 };
    for (int y = 0; y < w->height; y++) {
        m.sum += d->row[y * w->planes + plane].sum;
        m.squares += d->row[y * w->planes + plane].squares;
    }
    return sqrt(fmax(m.squares - m.sum * m.sum / count, 0) / (count - 1));
}

static up_status gmsd(double *value, const up_pixels *a, const up_pixels *b,
                      const up_measuring *how, up_error *error)
{
    up_measured m;
    up_whole_planes halved;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, up_kind_gmsd.info.title, LEAST, error));
    UP_TRY(up_whole_planes_read(&halved, &m, 2, error));
    const size_t rows = (size_t)halved.height * (size_t)halved.planes;
    deviation d = { &halved, up_alloc(rows, sizeof(moments)) };
    const up_row_bands bands = { m.threads, halved.height, 16, 1, m.cancel };
    up_status status = d.row ? up_row_bands_run(&bands, compare_rows, &d, error)
                             : up_fail_memory(error, "sums of rows", rows * sizeof(moments));
    *value = 0;
    for (int c = 0; c < halved.planes && status == UP_OK; c++)
        *value += deviation_of(&d, c) / halved.planes;
    up_free(d.row);
    up_whole_planes_clear(&halved);
    return status;
}

const up_measure_kind up_kind_gmsd = {
    { "gmsd", "GMSD", "gradient magnitude similarity deviation", true, 4, false, false },
    gmsd,
    NULL,
};
