/* SPDX-License-Identifier: MIT */
#include "measure/kinds/fourier.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { MOST_FACTORS = 32, LARGEST_FACTOR = 13 };

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

static up_status make_chirp(up_fourier *f, up_error *error)
{
    int size = 1;
    while (size < 2 * f->length - 1)
        size *= 2;
    UP_TRY(up_fourier_open(&f->power, size, error));
    f->chirp = up_alloc((size_t)f->length, sizeof *f->chirp);
    f->response = up_alloc_zero((size_t)size, sizeof *f->response);
    up_complex *scratch = up_alloc(up_fourier_scratch(f->power), sizeof *scratch);
    if (!f->chirp || !f->response || !scratch) {
        up_free(scratch);
        return up_fail_memory(error, "a transform", (size_t)size * sizeof *scratch);
    }
    for (int i = 0; i < f->length; i++) {
        const long long square = (long long)i * i % (2LL * f->length);
        f->chirp[i] = turned(-M_PI * (double)square / f->length);
        const up_complex back = { f->chirp[i].re, -f->chirp[i].im };
        f->response[i] = back;
        if (i > 0)
            f->response[size - i] = back;
    }
    up_fourier_run(f->power, f->response, scratch);
    up_free(scratch);
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

/* -------------------------------------------------------------- by factors */

/* Joins p transforms of n / p numbers each, of which number k has been turned already. */
static void join_four(up_complex *t)
{
    const up_complex a = { t[0].re + t[2].re, t[0].im + t[2].im };
    const up_complex b = { t[0].re - t[2].re, t[0].im - t[2].im };
    const up_complex c = { t[1].re + t[3].re, t[1].im + t[3].im };
    const up_complex d = { t[1].im - t[3].im, t[3].re - t[1].re };
    t[0] = (up_complex){ a.re + c.re, a.im + c.im };
    t[1] = (up_complex){ b.re + d.re, b.im + d.im };
    t[2] = (up_complex){ a.re - c.re, a.im - c.im };
    t[3] = (up_complex){ b.re - d.re, b.im - d.im };
}

static void join_any(const up_complex *root, up_complex *t, int p)
{
    up_complex sum[LARGEST_FACTOR];
    for (int q = 0; q < p; q++) {
        sum[q] = t[0];
        for (int r = 1, at = q; r < p; r++, at = at + q < p ? at + q : at + q - p) {
            const up_complex v = up_complex_mul(t[r], root[at]);
            sum[q].re += v.re;
            sum[q].im += v.im;
        }
    }
    memcpy(t, sum, (size_t)p * sizeof *t);
}

static void join(const up_fourier *f, up_complex *out, int n, int p)
{
    const int part = n / p, stride = f->length / n;
    up_complex root[LARGEST_FACTOR];
    for (int r = 0; r < p; r++)
        root[r] = f->turn[f->length / p * r];
    for (int k = 0; k < part; k++) {
        up_complex t[LARGEST_FACTOR];
        for (int r = 0; r < p; r++)
            t[r] = up_complex_mul(out[r * part + k], f->turn[stride * r * k]);
        if (p == 4)
            join_four(t);
        else
            join_any(root, t, p);
        for (int r = 0; r < p; r++)
            out[r * part + k] = t[r];
    }
}

/* As deep as there are factors. */
static void transform(const up_fourier *f, up_complex *out, const up_complex *in, int n, int level)
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

static void convolve(const up_fourier *f, up_complex *value, up_complex *scratch)
{
    const int size = f->power->length;
    up_complex *work = scratch, *rest = scratch + size;
    memset(work, 0, (size_t)size * sizeof *work);
    for (int i = 0; i < f->length; i++)
        work[i] = up_complex_mul(value[i], f->chirp[i]);
    up_fourier_run(f->power, work, rest);
    for (int i = 0; i < size; i++) {
        work[i] = up_complex_mul(work[i], f->response[i]);
        work[i].im = -work[i].im;
    }
    up_fourier_run(f->power, work, rest);
    for (int i = 0; i < f->length; i++) {
        const up_complex back = { work[i].re / size, -work[i].im / size };
        value[i] = up_complex_mul(back, f->chirp[i]);
    }
}

size_t up_fourier_scratch(const up_fourier *f)
{
    return f->power ? (size_t)f->power->length + up_fourier_scratch(f->power) : (size_t)f->length;
}

void up_fourier_run(const up_fourier *f, up_complex *value, up_complex *scratch)
{
    if (f->power) {
        convolve(f, value, scratch);
        return;
    }
    memcpy(scratch, value, (size_t)f->length * sizeof *value);
    if (f->length > 1)
        transform(f, value, scratch, f->length, 0);
}

size_t up_fourier_plane_scratch(const up_fourier *across, const up_fourier *down, int rows)
{
    const size_t a = up_fourier_scratch(across), b = (size_t)rows + up_fourier_scratch(down);
    return a > b ? a : b;
}

void up_fourier_plane(const up_fourier *across, const up_fourier *down, up_complex *value, int rows,
                      int columns, up_complex *scratch)
{
    const size_t width = (size_t)columns;
    for (size_t y = 0; y < (size_t)rows; y++)
        up_fourier_run(across, value + y * width, scratch);
    for (size_t x = 0; x < width; x++) {
        for (size_t y = 0; y < (size_t)rows; y++)
            scratch[y] = value[y * width + x];
        up_fourier_run(down, scratch, scratch + rows);
        for (size_t y = 0; y < (size_t)rows; y++)
            value[y * width + x] = scratch[y];
    }
}
