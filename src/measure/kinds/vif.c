/* SPDX-License-Identifier: MIT */
/* Visual information fidelity, in the domain of pixels. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "measure/kinds/whole_planes.h"
#include "measure/row_bands.h"

#include <math.h>
#include <string.h>

enum { SCALES = 4, MOST_TAPS = 17, LEAST = 41, BAND = 16 };
enum { MEAN_A, MEAN_B, SQUARE_A, SQUARE_B, PRODUCT, MOMENTS };

#define NOISE 2.0 /* the variance that the eye is taken to add */
#define TINY 1e-10

/* Of what the reference tells, how much comes through, and all of it. */
typedef struct {
    double through, all;
} information;

typedef struct {
    int width, height; /* of the pictures */
    const float *picture[2];
    int taps;
    double tap[MOST_TAPS];
    information *row;  /* of the windows that lie inside as a whole */
    float *reduced[2]; /* or where the next scale goes */
} vif_scale;

static void make_taps(vif_scale *s, int scale)
{
    double sum = 0;
    s->taps = (1 << (SCALES - scale)) + 1;
    for (int i = 0; i < s->taps; i++) {
        const double from_middle = i - s->taps / 2, sigma = s->taps / 5.0;
        s->tap[i] = exp(-from_middle * from_middle / (2 * sigma * sigma));
        sum += s->tap[i];
    }
    for (int i = 0; i < s->taps; i++)
        s->tap[i] /= sum;
}

static int windows(int size, const vif_scale *s)
{
    return size - s->taps + 1;
}

static const float *row_of(const vif_scale *s, int picture, int y)
{
    return s->picture[picture] + (size_t)y * (size_t)s->width;
}

/* -------------------------------------------------------------- the next scale */

static void reduce_rows(void *user, int y0, int y1, float *scratch)
{
    const vif_scale *s = user;
    const int width = (windows(s->width, s) + 1) / 2;
    for (int y = y0; y < y1; y++)
        for (int p = 0; p < 2; p++) {
            memset(scratch, 0, (size_t)s->width * sizeof *scratch);
            for (int t = 0; t < s->taps; t++)
                for (int x = 0; x < s->width; x++)
                    scratch[x] += (float)s->tap[t] * row_of(s, p, 2 * y + t)[x];
            float *to = s->reduced[p] + (size_t)y * (size_t)width;
            for (int x = 0; x < width; x++) {
                double sum = 0;
                for (int t = 0; t < s->taps; t++)
                    sum += s->tap[t] * (double)scratch[2 * x + t];
                to[x] = (float)sum;
            }
        }
}

/* In the place of the pictures of `s`, which the caller frees. */
static up_status reduce(vif_scale *s, const up_measured *m, up_error *error)
{
    const int width = (windows(s->width, s) + 1) / 2, height = (windows(s->height, s) + 1) / 2;
    const size_t count = (size_t)width * (size_t)height;
    for (int p = 0; p < 2; p++)
        s->reduced[p] = up_alloc(count, sizeof(float));
    const up_row_bands bands = { m->threads, height, BAND, (size_t)s->width, m->cancel };
    up_status status = s->reduced[0] && s->reduced[1]
                           ? up_row_bands_run(&bands, reduce_rows, s, error)
                           : up_fail_memory(error, "pictures to measure", count * sizeof(float));
    for (int p = 0; p < 2; p++)
        s->picture[p] = s->reduced[p];
    s->width = width;
    s->height = height;
    return status;
}

/* -------------------------------------------------------------- one scale */

static void add_moments(double *const moment[MOMENTS], const vif_scale *s, int y, double share)
{
    const float *a = row_of(s, 0, y), *b = row_of(s, 1, y);
    for (int x = 0; x < s->width; x++) {
        const double p = (double)a[x], q = (double)b[x];
        moment[MEAN_A][x] += share * p;
        moment[MEAN_B][x] += share * q;
        moment[SQUARE_A][x] += share * p * p;
        moment[SQUARE_B][x] += share * q * q;
        moment[PRODUCT][x] += share * p * q;
    }
}

static void add_window(information *sum, const double m[MOMENTS])
{
    double a = fmax(m[SQUARE_A] - m[MEAN_A] * m[MEAN_A], 0);
    const double b = fmax(m[SQUARE_B] - m[MEAN_B] * m[MEAN_B], 0);
    const double both = m[PRODUCT] - m[MEAN_A] * m[MEAN_B];
    double gain = both / (a + TINY), rest = b - gain * both;
    if (a < TINY) {
        gain = a = 0;
        rest = b;
    }
    if (b < TINY)
        gain = rest = 0;
    if (gain < 0) {
        gain = 0;
        rest = b;
    }
    sum->through += log10(1 + gain * gain * a / (fmax(rest, TINY) + NOISE));
    sum->all += log10(1 + a / NOISE);
}

static void compare_rows(void *user, int y0, int y1, float *scratch)
{
    const vif_scale *s = user;
    double *moment[MOMENTS];
    for (int i = 0; i < MOMENTS; i++)
        moment[i] = (double *)(void *)scratch + (size_t)i * (size_t)s->width;
    for (int y = y0; y < y1; y++) {
        information sum = { 0 };
        memset(moment[0], 0, MOMENTS * (size_t)s->width * sizeof(double));
        for (int t = 0; t < s->taps; t++)
            add_moments(moment, s, y + t, s->tap[t]);
        for (int x = 0; x < windows(s->width, s); x++) {
            double m[MOMENTS] = { 0 };
            for (int t = 0; t < s->taps; t++)
                for (int i = 0; i < MOMENTS; i++)
                    m[i] += s->tap[t] * moment[i][x + t];
            add_window(&sum, m);
        }
        s->row[y] = sum;
    }
}

static up_status add_scale(information *sum, vif_scale *s, const up_measured *m, up_error *error)
{
    const int rows = windows(s->height, s);
    const size_t scratch = 2 * MOMENTS * (size_t)s->width;
    s->row = up_alloc((size_t)rows, sizeof *s->row);
    if (!s->row)
        return up_fail_memory(error, "sums of rows", (size_t)rows * sizeof *s->row);
    const up_row_bands bands = { m->threads, rows, BAND, scratch, m->cancel };
    up_status status = up_row_bands_run(&bands, compare_rows, s, error);
    for (int y = 0; y < rows && status == UP_OK; y++) {
        sum->through += s->row[y].through;
        sum->all += s->row[y].all;
    }
    up_free(s->row);
    return status;
}

/* -------------------------------------------------------------- a plane */

static up_status plane_fidelity(double *value, const up_whole_planes *whole, int plane,
                                const up_measured *m, up_error *error)
{
    vif_scale s = { .width = whole->width, .height = whole->height };
    information sum = { 0 };
    float *owned[2] = { NULL, NULL };
    up_status status = UP_OK;
    for (int p = 0; p < 2; p++)
        s.picture[p] = up_whole_row(whole, p, plane, 0);
    for (int scale = 0; scale < SCALES && status == UP_OK; scale++) {
        make_taps(&s, scale);
        if (scale > 0) {
            status = reduce(&s, m, error);
            for (int p = 0; p < 2; p++) {
                up_free(owned[p]);
                owned[p] = s.reduced[p];
            }
        }
        if (status == UP_OK)
            status = add_scale(&sum, &s, m, error);
    }
    for (int p = 0; p < 2; p++)
        up_free(owned[p]);
    *value = sum.all > 0 ? sum.through / sum.all : 1;
    return status;
}

static up_status vifp(double *value, const up_pixels *a, const up_pixels *b,
                      const up_measuring *how, up_error *error)
{
    up_measured m;
    up_whole_planes whole;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, up_kind_vifp.info.title, LEAST, error));
    UP_TRY(up_whole_planes_read(&whole, &m, 1, error));
    up_status status = UP_OK;
    *value = 0;
    for (int c = 0; c < m.planes && status == UP_OK; c++) {
        double one = 0;
        status = plane_fidelity(&one, &whole, c, &m, error);
        *value += one / m.planes;
    }
    up_whole_planes_clear(&whole);
    return status;
}

const up_measure_kind up_kind_vifp = {
    { "vifp", "VIFp", "visual information fidelity, in the domain of pixels", false, 4, false,
      false },
    vifp,
    NULL,
};
