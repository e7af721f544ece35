/* SPDX-License-Identifier: MIT */
#include "measure/kinds/fourier.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_FACTORS = 32, LARGEST_FACTOR = 13, LANES = UP_FOURIER_LANES };

struct up_fourier {
    int length;
    int factor[MOST_FACTORS], factors; /* none: by a convolution */
    up_complex *turn;                  /* exp(-2 pi j i / length) */
    up_fourier *power;                 /* of the convolution */
    up_complex *chirp, *response;      /* exp(-pi j i^2 / length), and the filter's transform */
};

/* -------------------------------------------------------------- making one */

/* 4 takes fewer products than 2 twice. */
static void split(up_fourier *f)
{
    static const int prime[] = { 4, 2, 3, 5, 7, 11, LARGEST_FACTOR };
    int rest = f->length;
    for (size_t i = 0; i < sizeof prime / sizeof *prime; i++)
        while (rest % prime[i] == 0) {
            f->factor[f->factors++] = prime[i];
            rest /= prime[i];
        }
    if (rest > 1)
        f->factors = 0;
}

static up_complex turned(double angle)
{
    return (up_complex){ cos(angle), sin(angle) };
}

static bool is_smooth(int n)
{
    for (int p = 2; p <= 5; p++)
        while (n % p == 0)
            n /= p;
    return n == 1;
}

/* One after the other, each as the only lane that counts. */
static void transform_alone(const up_fourier *f, up_complex *value, up_complex_lanes *work)
{
    up_complex_lanes *in = work, *out = work + f->length;
    for (int i = 0; i < f->length; i++)
        in[i] = (up_complex_lanes){ .re = { value[i].re }, .im = { value[i].im } };
    up_fourier_run(f, out, in, out + f->length);
    for (int i = 0; i < f->length; i++)
        value[i] = (up_complex){ out[i].re[0], out[i].im[0] };
}

static up_status make_chirp(up_fourier *f, up_error *error)
{
    int size = 2 * f->length - 1;
    while (!is_smooth(size))
        size++;
    UP_TRY(up_fourier_open(&f->power, size, error));
    f->chirp = up_alloc((size_t)f->length, sizeof *f->chirp);
    f->response = up_alloc_zero((size_t)size, sizeof *f->response);
    up_complex_lanes *work = up_alloc(2 * (size_t)size, sizeof *work);
    if (!f->chirp || !f->response || !work) {
        up_free(work);
        return up_fail_memory(error, "a transform", 2 * (size_t)size * sizeof *work);
    }
    for (int i = 0; i < f->length; i++) {
        const long long square = (long long)i * i % (2LL * f->length);
        f->chirp[i] = turned(-M_PI * (double)square / f->length);
        const up_complex back = { f->chirp[i].re, -f->chirp[i].im };
        f->response[i] = back;
        if (i > 0)
            f->response[size - i] = back;
    }
    transform_alone(f->power, f->response, work);
    up_free(work);
    return UP_OK;
}

static up_status prepare(up_fourier *f, up_error *error)
{
    split(f);
    if (f->factors == 0 && f->length > 1)
        return make_chirp(f, error);
    f->turn = up_alloc((size_t)f->length, sizeof *f->turn);
    if (!f->turn)
        return up_fail_memory(error, "a transform", (size_t)f->length * sizeof *f->turn);
    for (int i = 0; i < f->length; i++)
        f->turn[i] = turned(-2 * M_PI * i / f->length);
    return UP_OK;
}

up_status up_fourier_open(up_fourier **fourier, int length, up_error *error)
{
    *fourier = NULL;
    if (length < 1 || length > 1 << 28)
        return up_fail(error, UP_ERROR_LIMIT, "a transform of %d numbers is too large", length);
    up_fourier *f = *fourier = up_alloc_zero(1, sizeof *f);
    if (!f)
        return up_fail_memory(error, "a transform", sizeof *f);
    f->length = length;
    up_status status = prepare(f, error);
    if (status != UP_OK)
        up_fourier_close(fourier);
    return status;
}

void up_fourier_close(up_fourier **fourier)
{
    up_fourier *f = *fourier;
    if (!f)
        return;
    up_fourier_close(&f->power);
    up_free(f->turn);
    up_free(f->chirp);
    up_free(f->response);
    up_free(f);
    *fourier = NULL;
}

/* -------------------------------------------------------------- lanes */

static up_complex_lanes times(const up_complex_lanes *a, up_complex b)
{
    up_complex_lanes product;
    for (int l = 0; l < LANES; l++) {
        product.re[l] = a->re[l] * b.re - a->im[l] * b.im;
        product.im[l] = a->re[l] * b.im + a->im[l] * b.re;
    }
    return product;
}

static up_complex_lanes plus(const up_complex_lanes *a, const up_complex_lanes *b)
{
    up_complex_lanes sum;
    for (int l = 0; l < LANES; l++) {
        sum.re[l] = a->re[l] + b->re[l];
        sum.im[l] = a->im[l] + b->im[l];
    }
    return sum;
}

static up_complex_lanes minus(const up_complex_lanes *a, const up_complex_lanes *b)
{
    up_complex_lanes difference;
    for (int l = 0; l < LANES; l++) {
        difference.re[l] = a->re[l] - b->re[l];
        difference.im[l] = a->im[l] - b->im[l];
    }
    return difference;
}

/* Times the imaginary unit. */
static up_complex_lanes quarter_turn(const up_complex_lanes *a)
{
    up_complex_lanes turn;
    for (int l = 0; l < LANES; l++) {
        turn.re[l] = -a->im[l];
        turn.im[l] = a->re[l];
    }
    return turn;
}

/* -------------------------------------------------------------- by factors */

/* These join p transforms of n / p numbers each, of which number k has been turned already. */
static void join_two(up_complex_lanes *t)
{
    const up_complex_lanes a = t[0];
    t[0] = plus(&a, &t[1]);
    t[1] = minus(&a, &t[1]);
}

static void join_four(up_complex_lanes *t)
{
    const up_complex_lanes a = plus(&t[0], &t[2]), b = minus(&t[0], &t[2]);
    const up_complex_lanes c = plus(&t[1], &t[3]), d = minus(&t[3], &t[1]);
    const up_complex_lanes e = quarter_turn(&d);
    t[0] = plus(&a, &c);
    t[1] = plus(&b, &e);
    t[2] = minus(&a, &c);
    t[3] = minus(&b, &e);
}

/* Roots r and p - r are conjugate: sums take their real part, differences the imaginary one. */
static void join_odd(const up_complex *root, up_complex_lanes *t, int p)
{
    enum { MOST = LARGEST_FACTOR / 2 + 1 };
    up_complex_lanes sum[MOST], difference[MOST], first = t[0];
    for (int r = 1; r <= p / 2; r++) {
        sum[r] = plus(&t[r], &t[p - r]);
        difference[r] = minus(&t[r], &t[p - r]);
        t[0] = plus(&t[0], &sum[r]);
    }
    for (int q = 1; q <= p / 2; q++) {
        up_complex_lanes even = first, odd = { { 0 }, { 0 } };
        for (int r = 1; r <= p / 2; r++) {
            const up_complex by = root[q * r % p];
            for (int l = 0; l < LANES; l++) {
                even.re[l] += by.re * sum[r].re[l];
                even.im[l] += by.re * sum[r].im[l];
                odd.re[l] += by.im * difference[r].re[l];
                odd.im[l] += by.im * difference[r].im[l];
            }
        }
        odd = quarter_turn(&odd);
        t[q] = plus(&even, &odd);
        t[p - q] = minus(&even, &odd);
    }
}

static void join(const up_fourier *f, up_complex_lanes *out, int n, int p)
{
    const int part = n / p, stride = f->length / n;
    up_complex root[LARGEST_FACTOR];
    for (int r = 0; r < p; r++)
        root[r] = f->turn[f->length / p * r];
    for (int k = 0; k < part; k++) {
        up_complex_lanes t[LARGEST_FACTOR];
        t[0] = out[k];
        for (int r = 1; r < p; r++)
            t[r] = times(&out[r * part + k], f->turn[stride * r * k]);
        if (p == 4)
            join_four(t);
        else if (p == 2)
            join_two(t);
        else
            join_odd(root, t, p);
        for (int r = 0; r < p; r++)
            out[r * part + k] = t[r];
    }
}

/* As deep as there are factors. */
static void transform(const up_fourier *f, up_complex_lanes *out, const up_complex_lanes *in, int n,
                      int level)
{
    const int p = f->factor[level], stride = f->length / n;
    for (int r = 0; r < p; r++) {
        if (n == p)
            out[r] = in[r * stride];
        else
            transform(f, out + r * (n / p), in + r * stride, n / p, level + 1);
    }
    join(f, out, n, p);
}

/* -------------------------------------------------------------- by a convolution */

static void convolve(const up_fourier *f, up_complex_lanes *out, const up_complex_lanes *in,
                     up_complex_lanes *scratch)
{
    const int size = f->power->length;
    up_complex_lanes *work = scratch, *spectrum = scratch + size;
    for (int i = 0; i < f->length; i++)
        work[i] = times(&in[i], f->chirp[i]);
    memset(work + f->length, 0, (size_t)(size - f->length) * sizeof *work);
    up_fourier_run(f->power, spectrum, work, spectrum + size);
    for (int i = 0; i < size; i++) {
        spectrum[i] = times(&spectrum[i], f->response[i]);
        for (int l = 0; l < LANES; l++)
            spectrum[i].im[l] = -spectrum[i].im[l];
    }
    up_fourier_run(f->power, work, spectrum, spectrum + size);
    for (int i = 0; i < f->length; i++) {
        const up_complex share = { f->chirp[i].re / size, f->chirp[i].im / size };
        for (int l = 0; l < LANES; l++)
            work[i].im[l] = -work[i].im[l];
        out[i] = times(&work[i], share);
    }
}

size_t up_fourier_scratch(const up_fourier *f)
{
    return f->power ? 2 * (size_t)f->power->length + up_fourier_scratch(f->power) : 0;
}

void up_fourier_run(const up_fourier *f, up_complex_lanes *out, const up_complex_lanes *in,
                    up_complex_lanes *scratch)
{
    if (f->power)
        convolve(f, out, in, scratch);
    else if (f->length > 1)
        transform(f, out, in, f->length, 0);
    else
        out[0] = in[0];
}

/* -------------------------------------------------------------- planes */

static size_t line_scratch(const up_fourier *f)
{
    return 2 * (size_t)f->length + up_fourier_scratch(f);
}

size_t up_fourier_plane_scratch(const up_fourier *across, const up_fourier *down)
{
    const size_t a = line_scratch(across), b = line_scratch(down);
    return a > b ? a : b;
}

/* As many lines as there are lanes, or fewer: those of which the numbers are `step` apart, and the
 * first ones `apart`. */
static void run_lines(const up_fourier *f, up_complex *value, int lines, size_t step, size_t apart,
                      up_complex_lanes *scratch)
{
    up_complex_lanes *in = scratch, *out = scratch + f->length;
    for (size_t i = 0; i < (size_t)f->length; i++)
        for (int l = 0; l < LANES; l++) {
            const size_t line = (size_t)up_min(l, lines - 1);
            in[i].re[l] = value[i * step + line * apart].re;
            in[i].im[l] = value[i * step + line * apart].im;
        }
    up_fourier_run(f, out, in, out + f->length);
    for (size_t i = 0; i < (size_t)f->length; i++)
        for (size_t l = 0; l < (size_t)lines; l++)
            value[i * step + l * apart] = (up_complex){ out[i].re[l], out[i].im[l] };
}

void up_fourier_plane(const up_fourier *across, const up_fourier *down, up_complex *value, int rows,
                      int columns, up_complex_lanes *scratch)
{
    const size_t width = (size_t)columns;
    for (int y = 0; y < rows; y += LANES)
        run_lines(across, value + (size_t)y * width, up_min(LANES, rows - y), 1, width, scratch);
    for (int x = 0; x < columns; x += LANES)
        run_lines(down, value + x, up_min(LANES, columns - x), width, 1, scratch);
}
