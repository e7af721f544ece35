/* SPDX-License-Identifier: MIT */
#include "measure/kinds/niqe/niqe_features.h"

#include "base/memory.h"

#include <math.h>

enum { REACH = 3, TAPS = 2 * REACH + 1, MOST = UP_NIQE_SIDE, WIDE = MOST + 2 * REACH };

/* A block less flat than this has some contrast. */
static const double contrast = 1e-3;

/* -------------------------------------------------------------- generalised Gaussians */

static double shape_at(int i)
{
    return (200 + i) / 1000.0;
}

void up_niqe_shapes_init(up_niqe_shapes *shapes)
{
    for (int i = 0; i < UP_NIQE_SHAPES; i++) {
        const double s = shape_at(i), two = tgamma(2 / s);
        shapes->ratio[i] = two * two / (tgamma(1 / s) * tgamma(3 / s));
    }
}

/* The nearest; the ratios grow with the shape. */
static double shape_of(const up_niqe_shapes *shapes, double ratio)
{
    int below = 0, above = UP_NIQE_SHAPES - 1;
    while (above - below > 1) {
        const int middle = (below + above) / 2;
        if (shapes->ratio[middle] <= ratio)
            below = middle;
        else
            above = middle;
    }
    return shape_at(ratio - shapes->ratio[below] <= shapes->ratio[above] - ratio ? below : above);
}

typedef struct {
    double absolute, squares[2]; /* of what is below 0, above 0 */
    int count[2], pixels;
} moments;

typedef struct {
    double shape, left, right;
} asymmetric;

static void add(moments *m, double v)
{
    const int side = v > 0;
    m->absolute += fabs(v);
    m->squares[side] += v * v;
    m->count[side] += v != 0;
    m->pixels++;
}

static asymmetric fit(const moments *m, const up_niqe_shapes *shapes)
{
    const double left = sqrt(m->squares[0] / m->count[0]);
    const double right = sqrt(m->squares[1] / m->count[1]);
    const double mean = m->absolute / m->pixels, g = left / right;
    const double alike = mean * mean / ((m->squares[0] + m->squares[1]) / m->pixels);
    const double squared = (g * g + 1) * (g * g + 1);
    const double shape = shape_of(shapes, alike * (g * g * g + 1) * (g + 1) / squared);
    const double scale = sqrt(tgamma(1 / shape) / tgamma(3 / shape));
    return (asymmetric){ shape, left * scale, right * scale };
}

/* -------------------------------------------------------------- less the mean, over the deviation
 */

static void make_taps(double tap[TAPS])
{
    double sum = 0;
    for (int i = 0; i < TAPS; i++)
        sum += tap[i] = exp(-(i - REACH) * (i - REACH) / (2 * (7.0 / 6) * (7.0 / 6)));
    for (int i = 0; i < TAPS; i++)
        tap[i] /= sum;
}

size_t up_niqe_scratch(void)
{
    return (size_t)WIDE + 2 * (size_t)WIDE * MOST + (size_t)MOST * MOST;
}

/* The mean of a row's pixels and of their squares under the window. */
static void filter_row(double *mean, double *square, const double *row, const double tap[TAPS],
                       int side)
{
    for (int x = 0; x < side; x++) {
        double m = 0, s = 0;
        for (int t = 0; t < TAPS; t++) {
            m += tap[t] * row[x + t];
            s += tap[t] * row[x + t] * row[x + t];
        }
        mean[x] = m;
        square[x] = s;
    }
}

/* Returns the largest of what comes out, side x side. */
static double normalise(double *out, const up_niqe_plane *p, int x0, int y0, int side,
                        double *scratch)
{
    double tap[TAPS], *row = scratch, *mean = row + WIDE, *square = mean + WIDE * MOST, most = 0;
    make_taps(tap);
    for (int y = 0; y < side + 2 * REACH; y++) {
        const size_t from = (size_t)up_clamp(y0 + y - REACH, 0, p->height - 1) * (size_t)p->width;
        for (int x = 0; x < side + 2 * REACH; x++)
            row[x] = (double)p->value[from + (size_t)up_clamp(x0 + x - REACH, 0, p->width - 1)];
        filter_row(mean + y * side, square + y * side, row, tap, side);
    }
    for (int y = 0; y < side; y++) {
        const float *from = p->value + (size_t)(y0 + y) * (size_t)p->width + x0;
        for (int x = 0; x < side; x++) {
            double m = 0, s = 0;
            for (int t = 0; t < TAPS; t++) {
                m += tap[t] * mean[(y + t) * side + x];
                s += tap[t] * square[(y + t) * side + x];
            }
            const double v = ((double)from[x] - m) / (sqrt(fabs(s - m * m)) + 1);
            out[y * side + x] = v;
            if (fabs(v) > most) /* GCC 12.2 for arm64 breaks on fmax() here */
                most = fabs(v);
        }
    }
    return most;
}

/* -------------------------------------------------------------- features */

/* Of every pixel and the one `down` rows and `across` columns before it, within the block, round
 * its edges. */
static moments products(const double *value, int side, int down, int across)
{
    moments m = { 0 };
    for (int y = 0; y < side; y++) {
        const double *row = value + y * side, *other = value + (y + side - down) % side * side;
        for (int x = 0; x < side; x++)
            add(&m, row[x] * other[(x + side - across) % side]);
    }
    return m;
}

bool up_niqe_block(double feature[UP_NIQE_FEATURES], const up_niqe_plane *plane, int x0, int y0,
                   int side, const up_niqe_shapes *shapes, double *scratch)
{
    static const int before[][2] = { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 1, -1 } };
    double *value = scratch + WIDE + 2 * WIDE * MOST, *to = feature;
    if (normalise(value, plane, x0, y0, side, scratch) <= contrast)
        return false;
    moments m = { 0 };
    for (int i = 0; i < side * side; i++)
        add(&m, value[i]);
    asymmetric a = fit(&m, shapes);
    *to++ = a.shape;
    *to++ = (a.left + a.right) / 2;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        m = products(value, side, before[i][0], before[i][1]);
        a = fit(&m, shapes);
        *to++ = a.shape;
        *to++ = (a.right - a.left) * tgamma(2 / a.shape) / tgamma(1 / a.shape);
        *to++ = a.left;
        *to++ = a.right;
    }
    for (int i = 0; i < UP_NIQE_FEATURES; i++)
        if (!isfinite(feature[i]))
            return false;
    return true;
}
