/* SPDX-License-Identifier: MIT */
#include "measure/kinds/colour_difference.h"

#include "base/memory.h"
#include "measure/kinds/light_rows.h"
#include "measure/kinds/measure_kind.h"
#include "measure/row_bands.h"

#include <math.h>

/* -------------------------------------------------------------- CIELAB */

static double root(double t)
{
    const double edge = 6.0 / 29;
    return t > edge * edge * edge ? cbrt(t) : t / (3 * edge * edge) + 4.0 / 29;
}

/* Of sRGB (IEC 61966-2-1), 0..255 each, under D65 (0.95047, 1, 1.08883). */
static up_lab lab_of_srgb(double r, double g, double b)
{
    r = up_light_of_level(r), g = up_light_of_level(g), b = up_light_of_level(b);
    const double x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const double y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    const double z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return (up_lab){ 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

/* -------------------------------------------------------------- the difference of two colours */

static double degrees(double radians)
{
    return radians * 180 / M_PI;
}

static double cosine(double angle)
{
    return cos(angle * M_PI / 180);
}

static double hue(double a, double b)
{
    if (a == 0 && b == 0)
        return 0;
    const double h = degrees(atan2(b, a));
    return h < 0 ? h + 360 : h;
}

/* Going round the shorter way. */
static double hue_step(double from, double to)
{
    const double d = to - from;
    return d > 180 ? d - 360 : d < -180 ? d + 360 : d;
}

static double mean_hue(double p, double q, bool coloured)
{
    if (!coloured)
        return p + q;
    if (fabs(p - q) <= 180)
        return (p + q) / 2;
    return p + q < 360 ? (p + q + 360) / 2 : (p + q - 360) / 2;
}

static double seventh(double chroma)
{
    const double c7 = pow(chroma, 7);
    return sqrt(c7 / (c7 + pow(25, 7)));
}

double up_colour_difference(const up_lab *p, const up_lab *q)
{
    const double grey = 0.5 * (1 - seventh((hypot(p->a, p->b) + hypot(q->a, q->b)) / 2));
    const double a1 = (1 + grey) * p->a, a2 = (1 + grey) * q->a;
    const double c1 = hypot(a1, p->b), c2 = hypot(a2, q->b);
    const double h1 = hue(a1, p->b), h2 = hue(a2, q->b);
    const bool coloured = c1 * c2 != 0;
    const double turn = coloured ? hue_step(h1, h2) : 0;
    const double dl = q->l - p->l, dc = c2 - c1;
    const double dh = 2 * sqrt(c1 * c2) * sin(turn / 2 * M_PI / 180);

    const double l = (p->l + q->l) / 2, c = (c1 + c2) / 2, h = mean_hue(h1, h2, coloured);
    const double t = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) -
                     0.20 * cosine(4 * h - 63);
    const double off = (l - 50) * (l - 50), blue = (h - 275) / 25;
    const double sl = 1 + 0.015 * off / sqrt(20 + off), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
    const double rotation = -2 * seventh(c) * sin(60 * exp(-blue * blue) * M_PI / 180);
    const double x = dl / sl, y = dc / sc, z = dh / sh;
    return sqrt(fmax(x * x + y * y + z * z + rotation * y * z, 0));
}

/* -------------------------------------------------------------- of two pictures */

typedef struct {
    const up_measured *measured;
    double *row_sum;
} colours;

static up_lab colour_at(const float *row, size_t stride, int x)
{
    return lab_of_srgb((double)row[x], (double)row[stride + (size_t)x],
                       (double)row[2 * stride + (size_t)x]);
}

static void compare_rows(void *user, int y0, int y1, float *scratch)
{
    const colours *c = user;
    const up_measured *m = c->measured;
    float *a = scratch, *b = scratch + up_measured_row_floats(m);
    for (int y = y0; y < y1; y++) {
        up_measured_row(m, 0, y, a);
        up_measured_row(m, 1, y, b);
        c->row_sum[y] = 0;
        for (int x = 0; x < m->width; x++) {
            const up_lab p = colour_at(a, m->stride, x), q = colour_at(b, m->stride, x);
            c->row_sum[y] += up_colour_difference(&p, &q);
        }
    }
}

static up_status ciede2000(double *value, const up_pixels *a, const up_pixels *b,
                           const up_measuring *how, up_error *error)
{
    up_measured m;
    up_measuring coloured = how ? *how : (up_measuring){ 0 };
    coloured.channel = UP_CHANNEL_RGB;
    UP_TRY(up_measured_init(&m, a, b, &coloured, error));
    colours c = { &m, up_alloc((size_t)m.height, sizeof(double)) };
    if (!c.row_sum)
        return up_fail_memory(error, "sums of rows", (size_t)m.height * sizeof(double));
    const up_row_bands bands = { m.threads, m.height, 16, 2 * up_measured_row_floats(&m),
                                 m.cancel };
    up_status status = up_row_bands_run(&bands, compare_rows, &c, error);
    *value = 0;
    for (int y = 0; y < m.height && status == UP_OK; y++)
        *value += c.row_sum[y] / ((double)m.width * m.height);
    up_free(c.row_sum);
    return status;
}

const up_measure_kind up_kind_ciede2000 = {
    { "ciede2000", "CIEDE2000", "mean colour difference", true, 3, false, false },
    ciede2000,
    NULL,
};
