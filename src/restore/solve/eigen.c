/* SPDX-License-Identifier: MIT */
#include "restore/solve/eigen.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST_ROUNDS 60 /* for one value; 2 are usual */

static double dot(const double *a, const double *b, int n)
{
    double part[4] = { 0 };
    int i = 0;
    for (; i + 4 <= n; i += 4)
        for (int k = 0; k < 4; k++)
            part[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        part[0] += a[i] * b[i];
    return part[0] + part[1] + part[2] + part[3];
}

static void add(double *to, double factor, const double *from, int n)
{
    for (int i = 0; i < n; i++)
        to[i] += factor * from[i];
}

/* ---- to a tridiagonal matrix */

/* The diagonal, that beside it, and the reflections I - scale v v^T: v is left in row k of the
 * matrix from column k + 1 on. */
typedef struct {
    double *diagonal, *beside, *scale;
} band;

/* Takes from both sides of the rows and columns behind k what is not in the band. */
static void reflect(double *matrix, int n, int k, double scale, double *w)
{
    const double *v = matrix + (size_t)k * n;
    memset(w + k + 1, 0, (n - k - 1) * sizeof *w);
    for (int i = k + 1; i < n; i++)
        add(w + k + 1, scale * v[i], matrix + (size_t)i * n + k + 1, n - k - 1);
    add(w + k + 1, -scale / 2 * dot(w + k + 1, v + k + 1, n - k - 1), v + k + 1, n - k - 1);
    for (int i = k + 1; i < n; i++) {
        double *row = matrix + (size_t)i * n;
        const double vi = v[i], wi = w[i];
        for (int j = k + 1; j < n; j++)
            row[j] -= vi * w[j] + wi * v[j];
    }
}

static void reduce(double *matrix, int n, const band *b, double *w)
{
    for (int k = 0; k < n; k++) {
        double *v = matrix + (size_t)k * n;
        b->diagonal[k] = v[k];
        b->beside[k] = k + 1 < n ? v[k + 1] : 0;
        b->scale[k] = 0;
        const double tail = k + 2 < n ? dot(v + k + 2, v + k + 2, n - k - 2) : 0;
        if (!(tail > 0))
            continue;
        b->beside[k] = -copysign(sqrt(tail + v[k + 1] * v[k + 1]), v[k + 1]);
        v[k + 1] -= b->beside[k];
        b->scale[k] = 2 / (tail + v[k + 1] * v[k + 1]);
        reflect(matrix, n, k, b->scale[k], w);
    }
}

/* The product of the reflections, transposed. */
static void start_vectors(double *vectors, const double *matrix, const double *scale, int n)
{
    memset(vectors, 0, (size_t)n * n * sizeof *vectors);
    for (int i = 0; i < n; i++)
        vectors[i * (size_t)n + i] = 1;
    for (int k = n - 3; k >= 0; k--) {
        const double *v = matrix + (size_t)k * n + k + 1;
        for (int i = k + 1; i < n && scale[k] > 0; i++) {
            double *row = vectors + (size_t)i * n + k + 1;
            add(row, -scale[k] * dot(row, v, n - k - 1), v, n - k - 1);
        }
    }
}

/* ---- to a diagonal one */

static void turn_rows(double *low, double *high, double c, double s, int n)
{
    for (int i = 0; i < n; i++) {
        const double l = low[i], h = high[i];
        high[i] = s * l + c * h;
        low[i] = c * l - s * h;
    }
}

/* The first row from l on that nothing binds to the next one. */
static int block_end(const band *b, int l, int n, double size)
{
    for (; l < n - 1; l++)
        if (fabs(b->beside[l]) <=
            DBL_EPSILON / 2 * fmax(fabs(b->diagonal[l]) + fabs(b->diagonal[l + 1]), size / 64))
            break;
    return l;
}

/* Of rows l .. m, which hang together. */
static void turn_block(const band *b, double *vectors, int l, int m, int n)
{
    double *d = b->diagonal, *e = b->beside;
    double g = (d[l + 1] - d[l]) / (2 * e[l]);
    g = d[m] - d[l] + e[l] / (g + copysign(hypot(g, 1), g));
    double s = 1, c = 1, p = 0;
    for (int i = m - 1; i >= l; i--) {
        const double f = s * e[i], h = c * e[i], r = hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[m] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const double t = (d[i] - g) * s + 2 * c * h;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - h;
        turn_rows(vectors + (size_t)i * n, vectors + (size_t)(i + 1) * n, c, s, n);
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0;
}

bool up_eigen(double *matrix, double *vectors, double *values, double *work, int n)
{
    const band b = { values, work, work + n };
    reduce(matrix, n, &b, work + 2 * (size_t)n);
    start_vectors(vectors, matrix, b.scale, n);
    double size = 0;
    for (int i = 0; i < n; i++)
        size = fmax(size, fabs(values[i]) + fabs(b.beside[i]));
    if (!isfinite(size))
        return false;
    for (int l = 0; l < n; l++) {
        int rounds = 0, m;
        while ((m = block_end(&b, l, n, size)) > l) {
            if (rounds++ == MOST_ROUNDS)
                return false;
            turn_block(&b, vectors, l, m, n);
        }
    }
    return true;
}
