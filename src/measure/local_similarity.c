/* SPDX-License-Identifier: MIT */
#include "measure/local_similarity.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "measure/row_bands.h"

#include <math.h>

enum { BAND = 64 };

/* What is averaged under the window. With d = a - b, 2 cov = v_a + v_b - v_d, so that both terms of
 * SSIM are one less a fraction whose numerator is small where the pictures are alike: floats are
 * then enough, all the more as samples count from MIDDLE, which leaves variances as they are. */
enum { MEAN_A, MEAN_B, SQUARES, DIFFERENCE, MOMENTS };
#define MIDDLE 128.0f

typedef struct {
    const up_measured *measured;
    const up_kernels *kernels;
    int level, width, height; /* of this level, in windows */
    float tap[UP_SSIM_WINDOW];
    up_similarity *row_sum; /* [window row][plane] */
} windows;

/* What a band works with: the newest rows, and the moments of the last UP_SSIM_WINDOW, filtered
 * along the columns. */
typedef struct {
    float *a, *b, *lower, *moment[MOMENTS], *mean[MOMENTS], *ring;
} workspace;

static int halved(int size, int level)
{
    for (; level > 0; level--)
        size = size / 2 + size % 2;
    return size;
}

static size_t workspace_floats(const windows *s)
{
    size_t stride = s->measured->stride,
           ring = (size_t)(UP_SSIM_WINDOW * s->measured->planes * MOMENTS);
    return (2 + (size_t)s->level) * up_measured_row_floats(s->measured) +
           (2 * MOMENTS + ring) * stride;
}

static workspace lay_out(const windows *s, float *scratch)
{
    size_t stride = s->measured->stride, row = up_measured_row_floats(s->measured);
    workspace w = { .a = scratch, .b = scratch + row, .lower = scratch + 2 * row };
    float *next = w.lower + (size_t)s->level * row;
    for (int i = 0; i < MOMENTS; i++, next += 2 * stride) {
        w.moment[i] = next;
        w.mean[i] = next + stride;
    }
    w.ring = next;
    return w;
}

/* Row y of a level: the mean of two rows and columns of the level before. `lower` is room for a
 * row per level. */
static void read_row(const up_measured *m, int picture, int level, int y, float *row, float *lower)
{
    if (level == 0) {
        up_measured_row(m, picture, y, row);
        return;
    }
    size_t size = up_measured_row_floats(m);
    int width = halved(m->width, level - 1), height = halved(m->height, level - 1);
    read_row(m, picture, level - 1, 2 * y, row, lower + size);
    read_row(m, picture, level - 1, up_min(2 * y + 1, height - 1), lower, lower + size);
    for (int c = 0; c < m->planes; c++) {
        float *upper = row + (size_t)c * m->stride, *other = lower + (size_t)c * m->stride;
        for (int x = 0; x < halved(width, 1); x++) {
            int next = up_min(2 * x + 1, width - 1);
            upper[x] = 0.25f * (upper[2 * x] + upper[next] + other[2 * x] + other[next]);
        }
    }
}

static void multiply(const workspace *w, const float *a, const float *b, int n)
{
    for (int x = 0; x < n; x++) {
        float p = a[x] - MIDDLE, q = b[x] - MIDDLE;
        w->moment[MEAN_A][x] = p;
        w->moment[MEAN_B][x] = q;
        w->moment[SQUARES][x] = p * p + q * q;
        w->moment[DIFFERENCE][x] = (p - q) * (p - q);
    }
}

static float *ring_row(const windows *s, const workspace *w, int y, int plane, int moment)
{
    size_t at =
        ((size_t)(y % UP_SSIM_WINDOW) * (size_t)s->measured->planes + (size_t)plane) * MOMENTS;
    return w->ring + (at + (size_t)moment) * s->measured->stride;
}

static void filter_columns(const windows *s, const workspace *w, int y, int plane)
{
    const float *shifted[UP_SSIM_WINDOW];
    for (int i = 0; i < MOMENTS; i++) {
        for (int t = 0; t < UP_SSIM_WINDOW; t++)
            shifted[t] = w->moment[i] + t;
        s->kernels->mix_rows(ring_row(s, w, y, plane, i), shifted, s->tap, UP_SSIM_WINDOW,
                             s->width);
    }
}

static void filter_rows(const windows *s, const workspace *w, int y, int plane)
{
    const float *rows[UP_SSIM_WINDOW];
    for (int i = 0; i < MOMENTS; i++) {
        for (int t = 0; t < UP_SSIM_WINDOW; t++)
            rows[t] = ring_row(s, w, y + t, plane, i);
        s->kernels->mix_rows(w->mean[i], rows, s->tap, UP_SSIM_WINDOW, s->width);
    }
}

static up_similarity sum_row(const workspace *w, int n)
{
    static const float c1 = 0.01f * 255 * 0.01f * 255, c2 = 0.03f * 255 * 0.03f * 255;
    up_similarity sum = { 0 };
    float *ssim = w->moment[0], *contrast = w->moment[1];
    for (int x = 0; x < n; x++) {
        float a = w->mean[MEAN_A][x], b = w->mean[MEAN_B][x], d = a - b;
        float variances = w->mean[SQUARES][x] - a * a - b * b;
        contrast[x] = 1 - (w->mean[DIFFERENCE][x] - d * d) / (variances + c2);
        a += MIDDLE;
        b += MIDDLE;
        ssim[x] = (1 - d * d / (a * a + b * b + c1)) * contrast[x];
    }
    for (int x = 0; x < n; x++) {
        sum.ssim += (double)ssim[x];
        sum.contrast += (double)contrast[x];
    }
    return sum;
}

static void compare_band(void *user, int y0, int y1, float *scratch)
{
    const windows *s = user;
    const up_measured *m = s->measured;
    const workspace w = lay_out(s, scratch);
    for (int y = y0; y < y1 + UP_SSIM_WINDOW - 1; y++) {
        int top = y - (UP_SSIM_WINDOW - 1);
        read_row(m, 0, s->level, y, w.a, w.lower);
        read_row(m, 1, s->level, y, w.b, w.lower);
        for (int c = 0; c < m->planes; c++) {
            size_t at = (size_t)c * m->stride;
            multiply(&w, w.a + at, w.b + at, s->width + UP_SSIM_WINDOW - 1);
            filter_columns(s, &w, y, c);
            if (top < y0)
                continue;
            filter_rows(s, &w, top, c);
            s->row_sum[(size_t)top * (size_t)m->planes + (size_t)c] = sum_row(&w, s->width);
        }
    }
}

static void make_taps(float tap[UP_SSIM_WINDOW])
{
    double weight[UP_SSIM_WINDOW], sum = 0;
    for (int t = 0; t < UP_SSIM_WINDOW; t++) {
        double from_middle = t - UP_SSIM_WINDOW / 2;
        weight[t] = exp(-from_middle * from_middle / (2 * 1.5 * 1.5));
        sum += weight[t];
    }
    for (int t = 0; t < UP_SSIM_WINDOW; t++)
        tap[t] = (float)(weight[t] / sum);
}

static void average(up_similarity similarity[3], const windows *s)
{
    size_t planes = (size_t)s->measured->planes;
    double count = (double)s->width * s->height;
    for (size_t c = 0; c < planes; c++) {
        similarity[c] = (up_similarity){ 0 };
        for (size_t y = 0; y < (size_t)s->height; y++) {
            similarity[c].ssim += s->row_sum[y * planes + c].ssim / count;
            similarity[c].contrast += s->row_sum[y * planes + c].contrast / count;
        }
    }
}

up_status up_local_similarity(up_similarity similarity[3], const up_measured *m, int level,
                              up_error *error)
{
    windows s = {
        .measured = m,
        .kernels = up_kernels_get(),
        .level = level,
        .width = halved(m->width, level) - (UP_SSIM_WINDOW - 1),
        .height = halved(m->height, level) - (UP_SSIM_WINDOW - 1),
    };
    size_t sums = (size_t)s.height * (size_t)m->planes;
    make_taps(s.tap);
    s.row_sum = up_alloc(sums, sizeof *s.row_sum);
    if (!s.row_sum)
        return up_fail_memory(error, "sums of rows", sums * sizeof *s.row_sum);
    const up_row_bands bands = { m->threads, s.height, BAND, workspace_floats(&s), m->cancel };
    up_status status = up_row_bands_run(&bands, compare_band, &s, error);
    if (status == UP_OK)
        average(similarity, &s);
    up_free(s.row_sum);
    return status;
}
