/* SPDX-License-Identifier: MIT */
#include "measure/kinds/phase_congruency.h"

#include "base/memory.h"
#include "measure/kinds/fourier.h"
#include "measure/row_bands.h"

#include <math.h>
#include <string.h>

enum { SCALES = 4, ORIENTATIONS = 4, TASKS = 2 * ORIENTATIONS };

typedef struct {
    int rows, columns;
    size_t count;
    const volatile int *cancel;
    up_fourier *across, *down;
    double *scale[SCALES], *orientation[ORIENTATIONS]; /* filters, as factors */
    up_complex *spectrum[2];
    size_t scratch;                           /* numbers that a transform takes */
    double *energy[TASKS], *amplitude[TASKS]; /* of picture t / ORIENTATIONS, by orientation */
} congruency;

/* -------------------------------------------------------------- filters */

/* Without hypot()'s care for huge numbers, which takes several times as long. */
static double length(double a, double b)
{
    return sqrt(a * a + b * b);
}

/* Frequencies from -0.5 on, with 0 first, of n numbers: of an odd count from end to end. */
static double frequency(int i, int n)
{
    const int centred = i < (n + 1) / 2 ? i : i - n;
    return n % 2 ? n > 1 ? (double)centred / (n - 1) : 0 : (double)centred / n;
}

static void make_filters(const congruency *c)
{
    const double narrow = M_PI / ORIENTATIONS / 1.2;
    double wavelength[SCALES];
    for (int s = 0; s < SCALES; s++)
        wavelength[s] = log(6 << s);
    for (size_t i = 0; i < c->count; i++) {
        const double x = frequency((int)(i % (size_t)c->columns), c->columns);
        const double y = frequency((int)(i / (size_t)c->columns), c->rows);
        const double radius = length(x, y), octaves = log(radius), angle = atan2(-y, x);
        const double low_pass = 1 / (1 + pow(radius / 0.45, 30));
        for (int s = 0; s < SCALES; s++) {
            const double from = (octaves + wavelength[s]) / log(0.55);
            c->scale[s][i] = radius > 0 ? exp(-from * from / 2) * low_pass : 0;
        }
        for (int o = 0; o < ORIENTATIONS; o++) {
            const double turned = angle - o * M_PI / ORIENTATIONS;
            const double off = turned < -M_PI ? turned + 2 * M_PI : turned;
            c->orientation[o][i] = exp(-off * off / (2 * narrow * narrow));
        }
    }
}

/* -------------------------------------------------------------- one orientation of one picture */

typedef struct {
    double *even, *odd, *response_even[SCALES], *response_odd[SCALES], *power;
    up_complex *value;
    up_complex_lanes *scratch;
} workspace;

static size_t workspace_doubles(const congruency *c)
{
    return (2 + 2 * SCALES + 1 + 2) * c->count + 2 * UP_FOURIER_LANES * c->scratch;
}

static workspace lay_out(const congruency *c, double *at)
{
    workspace w = { .even = at, .odd = at + c->count };
    at += 2 * c->count;
    for (int s = 0; s < SCALES; s++, at += 2 * c->count) {
        w.response_even[s] = at;
        w.response_odd[s] = at + c->count;
    }
    w.power = at;
    w.value = (up_complex *)(void *)(at + c->count);
    w.scratch = (up_complex_lanes *)(void *)(at + 3 * c->count);
    return w;
}

static void respond(const congruency *c, const workspace *w, int task, int s)
{
    const up_complex *spectrum = c->spectrum[task / ORIENTATIONS];
    const double *spread = c->orientation[task % ORIENTATIONS];
    for (size_t i = 0; i < c->count; i++) { /* conjugate, for the way back */
        const double filter = c->scale[s][i] * spread[i];
        w->value[i] = (up_complex){ spectrum[i].re * filter, -spectrum[i].im * filter };
    }
    up_fourier_plane(c->across, c->down, w->value, c->rows, c->columns, w->scratch);
    for (size_t i = 0; i < c->count; i++) {
        w->response_even[s][i] = w->value[i].re / (double)c->count;
        w->response_odd[s][i] = -w->value[i].im / (double)c->count;
        w->even[i] += w->response_even[s][i];
        w->odd[i] += w->response_odd[s][i];
        c->amplitude[task][i] += length(w->response_even[s][i], w->response_odd[s][i]);
    }
}

/* How far the responses of all scales point into one direction, less what crosses it. */
static void add_energy(const congruency *c, const workspace *w, int task)
{
    for (size_t i = 0; i < c->count; i++) {
        const double sum = length(w->even[i], w->odd[i]) + 1e-4;
        const double even = w->even[i] / sum, odd = w->odd[i] / sum;
        for (int s = 0; s < SCALES; s++) {
            const double e = w->response_even[s][i], o = w->response_odd[s][i];
            c->energy[task][i] += e * even + o * odd - fabs(e * odd - o * even);
        }
    }
}

/* Number k of n in their order, which it is then in: what is smaller lies before it (Hoare 1961).
 */
static double select(double *value, size_t n, size_t k)
{
    size_t from = 0, to = n - 1;
    while (from < to) {
        const double pivot = value[from + (to - from) / 2];
        size_t i = from, j = to;
        for (;; i++, j--) {
            while (value[i] < pivot)
                i++;
            while (value[j] > pivot)
                j--;
            if (i >= j)
                break;
            const double swapped = value[i];
            value[i] = value[j];
            value[j] = swapped;
        }
        if (k <= j)
            to = j;
        else
            from = j + 1;
    }
    return value[k];
}

static double median_power(const congruency *c, const workspace *w)
{
    for (size_t i = 0; i < c->count; i++) {
        const double e = w->response_even[0][i], o = w->response_odd[0][i];
        w->power[i] = e * e + o * o;
    }
    const double upper = select(w->power, c->count, c->count / 2);
    double lower = upper;
    if (c->count % 2 == 0) {
        lower = w->power[0];
        for (size_t i = 1; i < c->count / 2; i++)
            lower = fmax(lower, w->power[i]);
    }
    return (lower + upper) / 2;
}

/* Of the part of a filter that is the same at a frequency and at its negative, which is that of the
 * real part of its response. */
static double even_part(const congruency *c, int orientation, int s, size_t i)
{
    const size_t width = (size_t)c->columns, height = (size_t)c->rows;
    const size_t y = i / width, x = i % width;
    const size_t other = (height - y) % height * width + (width - x) % width;
    return (c->scale[s][i] * c->orientation[orientation][i] +
            c->scale[s][other] * c->orientation[orientation][other]) /
           2;
}

/* What noise alone would leave: as strong as the median of the finest scale tells, that of a
 * Rayleigh distribution. */
static double noise_threshold(const congruency *c, const workspace *w, int orientation)
{
    double finest = 0, squares = 0, products = 0;
    for (size_t i = 0; i < c->count; i++) {
        double part[SCALES];
        const double filter = c->scale[0][i] * c->orientation[orientation][i];
        finest += filter * filter;
        for (int s = 0; s < SCALES; s++) {
            part[s] = even_part(c, orientation, s, i);
            squares += part[s] * part[s];
            for (int k = 0; k < s; k++)
                products += part[s] * part[k];
        }
    }
    const double power = median_power(c, w) / log(2) / finest;
    const double tau = sqrt(power * squares + 2 * power * products);
    return (tau * sqrt(M_PI / 2) + 2 * tau * sqrt(2 - M_PI / 2)) / 1.7;
}

static void run_tasks(void *user, int first, int end, float *scratch)
{
    const congruency *c = user;
    const workspace w = lay_out(c, (double *)(void *)scratch);
    for (int task = first; task < end; task++) {
        memset(w.even, 0, 2 * c->count * sizeof *w.even);
        for (int s = 0; s < SCALES && !up_is_cancelled(c->cancel); s++)
            respond(c, &w, task, s);
        if (up_is_cancelled(c->cancel))
            return;
        add_energy(c, &w, task);
        const double threshold = noise_threshold(c, &w, task % ORIENTATIONS);
        for (size_t i = 0; i < c->count; i++)
            c->energy[task][i] = fmax(c->energy[task][i] - threshold, 0);
    }
}

/* -------------------------------------------------------------- the whole */

static up_status allocate(congruency *c, double **block, up_error *error)
{
    const size_t planes = SCALES + ORIENTATIONS + 2 * TASKS + 2 * 2;
    size_t doubles = 0;
    *block = up_mul(c->count, planes, &doubles) ? up_alloc_zero(doubles, sizeof(double)) : NULL;
    if (!*block)
        return up_fail_memory(error, "filters", doubles * sizeof(double));
    double *at = *block;
    for (int s = 0; s < SCALES; s++, at += c->count)
        c->scale[s] = at;
    for (int o = 0; o < ORIENTATIONS; o++, at += c->count)
        c->orientation[o] = at;
    for (int t = 0; t < TASKS; t++, at += 2 * c->count) {
        c->energy[t] = at;
        c->amplitude[t] = at + c->count;
    }
    for (int p = 0; p < 2; p++, at += 2 * c->count)
        c->spectrum[p] = (up_complex *)(void *)at;
    return UP_OK;
}

static up_status transform_pictures(const congruency *c, const float *const picture[2],
                                    up_error *error)
{
    up_complex_lanes *scratch = up_alloc(c->scratch, sizeof *scratch);
    if (!scratch)
        return up_fail_memory(error, "a transform", c->scratch * sizeof *scratch);
    for (int p = 0; p < 2; p++) {
        for (size_t i = 0; i < c->count; i++)
            c->spectrum[p][i] = (up_complex){ (double)picture[p][i], 0 };
        up_fourier_plane(c->across, c->down, c->spectrum[p], c->rows, c->columns, scratch);
    }
    up_free(scratch);
    return UP_OK;
}

static void add_up(const congruency *c, double *const result[2])
{
    for (int p = 0; p < 2; p++)
        for (size_t i = 0; i < c->count; i++) {
            double energy = 0, amplitude = 0;
            for (int o = 0; o < ORIENTATIONS; o++) {
                energy += c->energy[p * ORIENTATIONS + o][i];
                amplitude += c->amplitude[p * ORIENTATIONS + o][i];
            }
            result[p][i] = amplitude > 0 ? energy / amplitude : 0;
        }
}

static up_status run(congruency *c, const float *const picture[2], const up_measured *m,
                     up_error *error)
{
    UP_TRY(up_fourier_open(&c->across, c->columns, error));
    UP_TRY(up_fourier_open(&c->down, c->rows, error));
    c->scratch = up_fourier_plane_scratch(c->across, c->down);
    make_filters(c);
    UP_TRY(transform_pictures(c, picture, error));
    const up_row_bands tasks = { m->threads, TASKS, 1, 2 * workspace_doubles(c), m->cancel };
    return up_row_bands_run(&tasks, run_tasks, c, error);
}

up_status up_phase_congruency(double *const result[2], const float *const picture[2], int rows,
                              int columns, const up_measured *m, up_error *error)
{
    congruency c = { .cancel = m->cancel,
                     .rows = rows,
                     .columns = columns,
                     .count = (size_t)rows * (size_t)columns };
    double *block;
    UP_TRY(allocate(&c, &block, error));
    up_status status = run(&c, picture, m, error);
    if (status == UP_OK)
        add_up(&c, result);
    up_fourier_close(&c.across);
    up_fourier_close(&c.down);
    up_free(block);
    return status;
}
