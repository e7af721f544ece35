#include "train/muon.h"

#include <math.h>
#include <string.h>

#define MOMENTUM 0.95f

size_t up_muon_scratch(int rows, int columns)
{
    size_t small = rows < columns ? rows : columns;
    return 2 * (size_t)rows * columns + 2 * small * small;
}

static float dot(const float *a, const float *b, int n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* out[n][m] = factor * in[n][m] + a[n][n] in[n][m] */
static void multiply(float *restrict out, const float *restrict a, const float *restrict in, int n,
                     int m, float factor)
{
    for (int i = 0; i < n; i++) {
        float *to = out + (size_t)i * m;
        for (int x = 0; x < m; x++)
            to[x] = factor * in[(size_t)i * m + x];
        for (int j = 0; j < n; j++) {
            float f = a[i * n + j];
            const float *from = in + (size_t)j * m;
            for (int x = 0; x < m; x++)
                to[x] += f * from[x];
        }
    }
}

/* Five Newton-Schulz steps of the quintic that brings all singular values of x near 1; n <= m.
 * `y` is as large, `gram` and `square` are [n][n]. */
static void orthogonalise(float *x, float *y, float *gram, float *square, int n, int m)
{
    const float a = 3.4445f, b = -4.7750f, c = 2.0315f;
    float length = sqrtf(dot(x, x, n * m)) + 1e-12f;
    for (int i = 0; i < n * m; i++)
        x[i] /= length;
    for (int step = 0; step < 5; step++) {
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                gram[i * n + j] = dot(x + (size_t)i * m, x + (size_t)j * m, m);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                square[i * n + j] = b * gram[i * n + j] + c * dot(gram + i * n, gram + j * n, n);
        multiply(y, square, x, n, m, a);
        memcpy(x, y, sizeof *x * n * m);
    }
}

void up_muon(float *weight, float *mean, const float *gradient, int rows, int columns, double rate,
             float *scratch)
{
    int wide = rows <= columns, n = wide ? rows : columns, m = wide ? columns : rows;
    float *x = scratch, *y = x + n * m, *gram = y + n * m, *square = gram + n * n;
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++) {
            size_t at = (size_t)r * columns + c;
            mean[at] = MOMENTUM * mean[at] + (1 - MOMENTUM) * gradient[at];
            x[wide ? at : (size_t)c * rows + r] =
                MOMENTUM * mean[at] + (1 - MOMENTUM) * gradient[at];
        }
    orthogonalise(x, y, gram, square, n, m);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            weight[(size_t)r * columns + c] -=
                (float)rate * x[wide ? (size_t)r * columns + c : (size_t)c * rows + r];
}
