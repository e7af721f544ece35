/* SPDX-License-Identifier: MIT */
#include "support/reference/measure_reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 11 };

static double sample(const up_pixels *p, int x, int y, int c)
{
    const up_format *f = &p->format;
    size_t size = f->sample == UP_SAMPLE_U8 ? 1 : f->sample == UP_SAMPLE_U16 ? 2 : 4;
    size_t at = (size_t)x;
    const char *row = (const char *)p->data + (size_t)y * p->row_stride;
    if (f->planar)
        row += (size_t)c * p->plane_stride;
    else
        at = at * (size_t)f->channels + (size_t)c;
    uint16_t word;
    float real;
    if (size == 1)
        return (unsigned char)row[at];
    memcpy(size == 2 ? (void *)&word : (void *)&real, row + at * size, size);
    return size == 2 ? word / 257.0 : 255 * fmin(fmax((double)real, 0), 1);
}

/* Red, green and blue as they are seen. */
static void seen(const up_pixels *p, int x, int y, double rgb[3])
{
    const up_format *f = &p->format;
    bool alpha = f->color == UP_COLOR_RGBA || f->color == UP_COLOR_GREY_ALPHA;
    bool ink = f->color == UP_COLOR_CMYK;
    int colours = f->channels - (alpha || ink);
    double last = sample(p, x, y, f->channels - 1) / 255;
    for (int c = 0; c < 3; c++) {
        double v = sample(p, x, y, colours == 1 ? 0 : c);
        rgb[c] = alpha ? v * last + 255 * (1 - last) : ink ? (255 - v) * (1 - last) : v;
    }
}

measured_picture measured_reference(const up_pixels *pixels, bool colour, const up_measuring *how)
{
    const up_format *f = &pixels->format;
    int width = f->width - 2 * how->border, height = f->height - 2 * how->border;
    measured_picture m = { width, height, how->channel == UP_CHANNEL_RGB ? 3 : 1, NULL };
    size_t plane = (size_t)width * (size_t)height;
    m.value = malloc((size_t)m.planes * plane * sizeof(double));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double rgb[3];
            seen(pixels, x + how->border, y + how->border, rgb);
            double luma = 16 + (65.481 * rgb[0] + 128.553 * rgb[1] + 24.966 * rgb[2]) / 255;
            double *to = m.value + (size_t)y * (size_t)width + (size_t)x;
            if (m.planes == 1)
                *to = floor((colour ? luma : rgb[0]) + 0.5);
            for (int c = 0; c < 3 && m.planes == 3; c++)
                to[(size_t)c * plane] = rgb[c];
        }
    return m;
}

void measured_free(measured_picture *picture)
{
    free(picture->value);
    picture->value = NULL;
}

static const double *plane_of(const measured_picture *m, int plane)
{
    return m->value + (size_t)plane * (size_t)m->width * (size_t)m->height;
}

double mse_reference(const measured_picture *a, const measured_picture *b)
{
    double sum = 0;
    size_t count = (size_t)a->planes * (size_t)a->width * (size_t)a->height;
    for (size_t i = 0; i < count; i++)
        sum += (a->value[i] - b->value[i]) * (a->value[i] - b->value[i]);
    return sum / (double)count;
}

static double window(int i, int j)
{
    double sum = 0, r = SIDE / 2;
    for (int k = 0; k < SIDE * SIDE; k++)
        sum += exp(-(pow(k / SIDE - r, 2) + pow(k % SIDE - r, 2)) / 4.5);
    return exp(-(pow(i - r, 2) + pow(j - r, 2)) / 4.5) / sum;
}

typedef struct {
    double ssim, contrast;
} similarity;

static similarity at(const double *a, const double *b, int stride, double weight[SIDE][SIDE])
{
    double ma = 0, mb = 0, va = 0, vb = 0, cov = 0, c1 = 6.5025, c2 = 58.5225;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            ma += weight[i][j] * a[i * stride + j];
            mb += weight[i][j] * b[i * stride + j];
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            double p = a[i * stride + j] - ma, q = b[i * stride + j] - mb;
            va += weight[i][j] * p * p;
            vb += weight[i][j] * q * q;
            cov += weight[i][j] * p * q;
        }
    double contrast = (2 * cov + c2) / (va + vb + c2);
    return (similarity){ contrast * (2 * ma * mb + c1) / (ma * ma + mb * mb + c1), contrast };
}

static similarity mean_of(const measured_picture *a, const measured_picture *b, int plane)
{
    double weight[SIDE][SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        weight[i / SIDE][i % SIDE] = window(i / SIDE, i % SIDE);
    similarity sum = { 0, 0 };
    int rows = a->height - SIDE + 1, columns = a->width - SIDE + 1;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            size_t first = (size_t)y * (size_t)a->width + (size_t)x;
            similarity s =
                at(plane_of(a, plane) + first, plane_of(b, plane) + first, a->width, weight);
            sum.ssim += s.ssim / rows / columns;
            sum.contrast += s.contrast / rows / columns;
        }
    return sum;
}

double ssim_reference(const measured_picture *a, const measured_picture *b)
{
    double sum = 0;
    for (int c = 0; c < a->planes; c++)
        sum += mean_of(a, b, c).ssim;
    return sum / a->planes;
}

static measured_picture halved(const measured_picture *m, int plane)
{
    measured_picture half = { (m->width + 1) / 2, (m->height + 1) / 2, 1, NULL };
    half.value = malloc((size_t)half.width * (size_t)half.height * sizeof(double));
    const double *from = plane_of(m, plane);
    for (int i = 0; i < half.width * half.height; i++) {
        double sum = 0;
        for (int k = 0; k < 4; k++) {
            int y = 2 * (i / half.width) + k / 2, x = 2 * (i % half.width) + k % 2;
            y = y < m->height ? y : m->height - 1;
            x = x < m->width ? x : m->width - 1;
            sum += from[y * m->width + x];
        }
        half.value[i] = sum / 4;
    }
    return half;
}

static double product_from(const measured_picture *a, const measured_picture *b, int plane,
                           int level)
{
    static const double power[] = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
    similarity s = mean_of(a, b, plane);
    if (level == 4)
        return pow(fmax(s.ssim, 0), power[level]);
    measured_picture p = halved(a, plane), q = halved(b, plane);
    double rest = product_from(&p, &q, 0, level + 1);
    measured_free(&p);
    measured_free(&q);
    return pow(fmax(s.contrast, 0), power[level]) * rest;
}

double ms_ssim_reference(const measured_picture *a, const measured_picture *b)
{
    double sum = 0;
    for (int c = 0; c < a->planes; c++)
        sum += product_from(a, b, c, 0);
    return sum / a->planes;
}
