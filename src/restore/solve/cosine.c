/* SPDX-License-Identifier: MIT */
#include "restore/solve/cosine.h"

#include "base/memory.h"

#include <math.h>
#include <omp.h>
#include <string.h>

/* Lines of a plane that are transformed together: a cache line of columns. */
#define TOGETHER 8

typedef struct {
    double re, im;
} number;

/* A transform of `period` numbers by Bluestein's convolution, of a power of two. */
typedef struct {
    int n, period, size;
    number *chirp;  /* [period] exp(-i pi k^2 / period) */
    number *filter; /* [size] transform of its conjugate, around 0 */
    number *root;   /* [size / 2] exp(-2 i pi k / size) */
    number *work;   /* [size] of every thread */
    double *lines;  /* [TOGETHER][n] of every thread */
} plan;

static number times(number a, number b)
{
    return (number){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

static number turn(double angle)
{
    return (number){ cos(angle), sin(angle) };
}

/* Radix two, decimation in frequency: the result is in the order of reversed bits. */
static void forward(const plan *p, number *x)
{
    for (int half = p->size / 2, step = 1; half >= 1; half /= 2, step *= 2)
        for (int start = 0; start < p->size; start += 2 * half)
            for (int k = 0; k < half; k++) {
                number *a = &x[start + k], *b = a + half;
                const number difference = { a->re - b->re, a->im - b->im };
                *a = (number){ a->re + b->re, a->im + b->im };
                *b = times(difference, p->root[k * step]);
            }
}

/* From that order back, decimation in time, not divided by the size. */
static void backward(const plan *p, number *x)
{
    for (int half = 1, step = p->size / 2; half < p->size; half *= 2, step /= 2)
        for (int start = 0; start < p->size; start += 2 * half)
            for (int k = 0; k < half; k++) {
                const number root = { p->root[k * step].re, -p->root[k * step].im };
                number *a = &x[start + k], *b = a + half;
                const number turned = times(*b, root);
                *b = (number){ a->re - turned.re, a->im - turned.im };
                *a = (number){ a->re + turned.re, a->im + turned.im };
            }
}

static void set_size(plan *p, int n)
{
    p->n = n;
    p->period = n > 1 ? 2 * (n - 1) : 1;
    p->size = 1;
    while (p->size < 2 * p->period)
        p->size *= 2;
}

static size_t plan_bytes(const plan *p, int threads)
{
    return up_alloc_bytes(p->period * sizeof(number)) + up_alloc_bytes(p->size * sizeof(number)) +
           up_alloc_bytes((p->size / 2 + 1) * sizeof(number)) +
           up_alloc_bytes((size_t)p->size * threads * sizeof(number)) +
           up_alloc_bytes((size_t)TOGETHER * p->n * threads * sizeof(double));
}

static void free_plan(plan *p)
{
    up_free(p->chirp);
    up_free(p->filter);
    up_free(p->root);
    up_free(p->work);
    up_free(p->lines);
}

static up_status make_plan(plan *p, int n, int threads, up_error *error)
{
    *p = (plan){ 0 };
    set_size(p, n);
    p->chirp = up_alloc(p->period, sizeof(number));
    p->filter = up_alloc_zero(p->size, sizeof(number));
    p->root = up_alloc(p->size / 2 + 1, sizeof(number));
    p->work = up_alloc((size_t)p->size * threads, sizeof(number));
    p->lines = up_alloc((size_t)TOGETHER * n * threads, sizeof(double));
    if (!p->chirp || !p->filter || !p->root || !p->work || !p->lines) {
        free_plan(p);
        return up_fail_memory(error, "a transform", plan_bytes(p, threads));
    }
    for (int k = 0; k < p->size / 2; k++)
        p->root[k] = turn(-2 * M_PI * k / p->size);
    for (int64_t k = 0; k < p->period; k++) {
        p->chirp[k] = turn(-M_PI * (double)(k * k % (2 * p->period)) / p->period);
        const number conjugate = { p->chirp[k].re, -p->chirp[k].im };
        p->filter[k] = conjugate;
        if (k)
            p->filter[p->size - k] = conjugate;
    }
    forward(p, p->filter);
    return UP_OK;
}

/* Two lines at once: the transforms of even real ones are real, so that one may be imaginary. */
static void transform_pair(const plan *p, number *work, double *a, double *b)
{
    const int n = p->n, period = p->period;
    for (int k = 0; k < period; k++) {
        const int j = k < n ? k : period - k;
        work[k] = times((number){ a[j], b[j] }, p->chirp[k]);
    }
    memset(work + period, 0, (p->size - period) * sizeof *work);
    forward(p, work);
    for (int k = 0; k < p->size; k++)
        work[k] = times(work[k], p->filter[k]);
    backward(p, work);
    for (int k = 0; k < n; k++) {
        const number x = times(work[k], p->chirp[k]);
        a[k] = x.re / p->size;
        b[k] = x.im / p->size;
    }
}

/* `count` lines from `start` on, `across` apart, whose elements are `along` apart. */
static void transform_lines(const plan *p, double *start, int count, size_t across, size_t along)
{
    const int n = p->n, thread = omp_get_thread_num();
    double *lines = p->lines + (size_t)thread * TOGETHER * n;
    for (int k = 0; k < n; k++)
        for (int i = 0; i < TOGETHER; i++)
            lines[(size_t)i * n + k] = i < count ? start[k * along + i * across] : 0;
    for (int i = 0; i < count; i += 2)
        transform_pair(p, p->work + (size_t)thread * p->size, lines + (size_t)i * n,
                       lines + (size_t)(i + 1) * n);
    for (int k = 0; k < n; k++)
        for (int i = 0; i < count; i++)
            start[k * along + i * across] = lines[(size_t)i * n + k];
}

static up_status transform_axis(double *plane, int lines, int n, size_t across, size_t along,
                                int threads, up_error *error)
{
    plan p;
    if (n == 1)
        return UP_OK;
    UP_TRY(make_plan(&p, n, threads, error));
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int i = 0; i < lines; i += TOGETHER)
        transform_lines(&p, plane + i * across, up_min(TOGETHER, lines - i), across, along);
    free_plan(&p);
    return UP_OK;
}

up_status up_cosine_transform(double *plane, int rows, int columns, int threads, up_error *error)
{
    UP_TRY(transform_axis(plane, rows, columns, columns, 1, threads, error));
    return transform_axis(plane, columns, rows, 1, columns, threads, error);
}

size_t up_cosine_bytes(int rows, int columns, int threads)
{
    plan p;
    set_size(&p, up_max(rows, columns));
    return plan_bytes(&p, threads);
}
