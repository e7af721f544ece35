/* SPDX-License-Identifier: MIT */
/* Feature similarity: where phase congruency is, and how steep it is there. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "measure/kinds/phase_congruency.h"
#include "measure/kinds/whole_planes.h"

#include <math.h>

/* Bytes of a reduced pixel: both pictures, filters, spectra and what they lead to; and those of a
 * thread. */
enum { LEAST = 16, SHORTER_SIDE = 256, HELD_BYTES = 264, THREAD_BYTES = 104 };

typedef struct {
    double congruency, gradient, chroma;
} similarity_constants;

static const similarity_constants constant = { 0.85, 160, 200 };

static double alike(double a, double b, double c)
{
    return (2 * a * b + c) / (a * a + b * b + c);
}

/* Red, green and blue into Y, I and Q, in their place. */
static void to_yiq(const up_whole_planes *w, int picture)
{
    const size_t count = (size_t)w->width * (size_t)w->height;
    float *r = w->value[picture], *g = r + count, *b = g + count;
    for (size_t i = 0; i < count; i++) {
        const double red = (double)r[i], green = (double)g[i], blue = (double)b[i];
        r[i] = (float)(0.299 * red + 0.587 * green + 0.114 * blue);
        g[i] = (float)(0.596 * red - 0.274 * green - 0.322 * blue);
        b[i] = (float)(0.211 * red - 0.523 * green + 0.312 * blue);
    }
}

/* Of Y, zero beyond the edges. */
static double at(const up_whole_planes *w, int picture, int y, int x)
{
    const bool inside = y >= 0 && y < w->height && x >= 0 && x < w->width;
    return inside ? (double)up_whole_row(w, picture, 0, y)[x] : 0;
}

/* Scharr's. */
static double gradient(const up_whole_planes *w, int picture, int y, int x)
{
    double across = 0, down = 0;
    for (int i = -1; i <= 1; i++) {
        const double share = i == 0 ? 10.0 / 16 : 3.0 / 16;
        across += share * (at(w, picture, y + i, x + 1) - at(w, picture, y + i, x - 1));
        down += share * (at(w, picture, y + 1, x + i) - at(w, picture, y - 1, x + i));
    }
    return sqrt(across * across + down * down);
}

/* The power 0.03 of what may be negative, as the real part of a complex number. */
static double chroma_alike(const up_whole_planes *w, int y, int x)
{
    double product = 1;
    for (int plane = 1; plane < 3; plane++)
        product *= alike((double)up_whole_row(w, 0, plane, y)[x],
                         (double)up_whole_row(w, 1, plane, y)[x], constant.chroma);
    const double power = pow(fabs(product), 0.03);
    return product < 0 ? power * cos(0.03 * M_PI) : power;
}

static double similarity(const up_whole_planes *w, double *const congruency[2], bool chroma)
{
    double sum = 0, weights = 0;
    for (int y = 0; y < w->height; y++)
        for (int x = 0; x < w->width; x++) {
            const size_t i = (size_t)y * (size_t)w->width + (size_t)x;
            const double p = congruency[0][i], q = congruency[1][i], weight = fmax(p, q);
            double s = alike(p, q, constant.congruency) *
                       alike(gradient(w, 0, y, x), gradient(w, 1, y, x), constant.gradient);
            if (chroma)
                s *= chroma_alike(w, y, x);
            sum += s * weight;
            weights += weight;
        }
    return weights > 0 ? sum / weights : 1;
}

static up_status compare(double *value, const up_whole_planes *w, const up_measured *m, bool chroma,
                         up_error *error)
{
    const size_t count = (size_t)w->width * (size_t)w->height;
    double *block = up_alloc(2 * count, sizeof *block);
    if (!block)
        return up_fail_memory(error, "phase congruency", 2 * count * sizeof *block);
    double *const congruency[2] = { block, block + count };
    const float *const luma[2] = { w->value[0], w->value[1] };
    to_yiq(w, 0);
    to_yiq(w, 1);
    up_status status = up_phase_congruency(congruency, luma, w->height, w->width, m, error);
    if (status == UP_OK)
        *value = similarity(w, congruency, chroma);
    up_free(block);
    return status;
}

static up_status measure(double *value, const up_pixels *a, const up_pixels *b,
                         const up_measuring *how, bool chroma, up_error *error)
{
    up_measured m;
    up_whole_planes whole;
    up_measuring coloured = how ? *how : (up_measuring){ 0 };
    coloured.channel = UP_CHANNEL_RGB;
    UP_TRY(up_measured_init(&m, a, b, &coloured, error));
    UP_TRY(up_measure_needs(&m, up_kind_fsim.info.title, LEAST, error));
    const double times = up_min(m.width, m.height) / (double)SHORTER_SIDE;
    const int step = up_max(1, (int)round(times));
    const size_t pixels = (size_t)m.width * (size_t)m.height / ((size_t)step * (size_t)step);
    const size_t bytes = pixels * (HELD_BYTES + (size_t)m.threads * THREAD_BYTES);
    UP_TRY(up_measure_holds(&m, up_kind_fsim.info.title, bytes, error));
    UP_TRY(up_whole_planes_read(&whole, &m, step, error));
    up_status status = compare(value, &whole, &m, chroma, error);
    up_whole_planes_clear(&whole);
    return status;
}

static up_status fsim(double *value, const up_pixels *a, const up_pixels *b,
                      const up_measuring *how, up_error *error)
{
    return measure(value, a, b, how, false, error);
}

static up_status fsimc(double *value, const up_pixels *a, const up_pixels *b,
                       const up_measuring *how, up_error *error)
{
    return measure(value, a, b, how, true, error);
}

const up_measure_kind up_kind_fsim = {
    { "fsim", "FSIM", "feature similarity, of luma", false, 4, false, false },
    fsim,
    NULL,
};

const up_measure_kind up_kind_fsimc = {
    { "fsimc", "FSIMc", "feature similarity, of colour", false, 4, false, false },
    fsimc,
    NULL,
};
