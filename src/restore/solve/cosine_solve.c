/* SPDX-License-Identifier: MIT */
/* Under reflected edges an even convolution is the product of cosine transforms, and so is
 * Tikhonov's result: in double, which keeps what a strong blur has left of fine detail. */

#include "restore/solve/solver.h"

#include "base/memory.h"
#include "restore/solve/cosine.h"

#include <math.h>

/* Even to the last bits of floats. */
static bool is_even(const up_blur *blur)
{
    const int rows = blur->kernel[0], columns = blur->kernel[1];
    double most = 0, apart = 0;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            const double v = blur->weight[i * columns + j];
            most = fmax(most, fabs(v));
            apart = fmax(apart, fabs(v - blur->weight[(rows - 1 - i) * columns + j]));
            apart = fmax(apart, fabs(v - blur->weight[i * columns + columns - 1 - j]));
        }
    return apart <= 1e-7 * most;
}

bool up_cosine_suits(const up_blur *blur)
{
    for (int a = 0; a < 2; a++)
        if (blur->stride[a] != 1 || blur->kernel[a] != 2 * blur->before[a] + 1)
            return false;
    return blur->edge == UP_EDGE_REFLECT && is_even(blur);
}

/* ---- what a blur does to each cosine */

/* [columns][rows of the kernel on one side of its middle, and that]: the sum of a row's weights
 * times the cosines of a column, counted twice but for the middle row. */
static double *row_sums(const up_blur *blur, int columns)
{
    const int half = blur->before[0], middle = blur->before[1];
    double *sum = up_alloc((size_t)columns * (half + 1), sizeof *sum);
    for (int x = 0; x < columns && sum; x++) {
        const double angle = columns > 1 ? M_PI * x / (columns - 1) : 0;
        for (int a = 0; a <= half; a++) {
            const double *row = blur->weight + (size_t)(half + a) * blur->kernel[1] + middle;
            double all = row[0];
            for (int b = 1; b <= middle; b++)
                all += 2 * row[b] * cos(angle * b);
            sum[x * (size_t)(half + 1) + a] = a ? 2 * all : all;
        }
    }
    return sum;
}

static double ripple(int k, int n)
{
    return n > 1 ? 2 - 2 * cos(M_PI * k / (n - 1)) : 0;
}

/* Of the transform of what is seen, that of the result. */
static void divide_row(double *out, const double *in, const up_blur *blur, const double *sums,
                       const int size[2], int y, double lambda, double scale)
{
    const int half = blur->before[0];
    const double down = ripple(y, size[0]);
    double cosine[UP_MOST_KERNEL / 2 + 1];
    for (int a = 0; a <= half; a++)
        cosine[a] = size[0] > 1 ? cos(M_PI * y * a / (size[0] - 1)) : 1;
    for (int x = 0; x < size[1]; x++) {
        const double *sum = sums + x * (size_t)(half + 1);
        double factor = 0;
        for (int a = 0; a <= half; a++)
            factor += cosine[a] * sum[a];
        const double all = factor * factor + lambda * (down + ripple(x, size[1]));
        out[x] = all > 0 ? scale * in[x] * factor / all : 0;
    }
}

/* ---- one plane */

typedef struct {
    up_solving *s;
    double *seen, *plane, *sums;
} work;

static void get(const work *w)
{
    const up_plane *seen = &w->s->seen;
    for (int y = 0; y < seen->height; y++)
        for (int x = 0; x < seen->width; x++)
            w->seen[y * (size_t)seen->width + x] = up_plane_row(seen, y)[x];
}

static void put(const work *w)
{
    const up_plane *to = &w->s->x;
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++)
            up_plane_row(to, y)[x] = (float)w->plane[y * (size_t)to->width + x];
}

static up_status solve_for(const work *w, double lambda, up_error *error)
{
    up_solving *s = w->s;
    const up_blur *blur = s->blurring->blur;
    const int *size = s->blurring->sharp, threads = s->whole->threads;
    double scale = 1;
    for (int a = 0; a < 2; a++)
        scale /= size[a] > 1 ? 2 * (size[a] - 1.0) : 1;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int y = 0; y < size[0]; y++)
        divide_row(w->plane + y * (size_t)size[1], w->seen + y * (size_t)size[1], blur, w->sums,
                   size, y, lambda, scale);
    UP_TRY(up_cosine_transform(w->plane, size[0], size[1], threads, error));
    put(w);
    return UP_OK;
}

/* Twice: lambda follows from the result. */
static up_status solve(const work *w, up_error *error)
{
    up_solving *s = w->s;
    const int *size = s->blurring->sharp, rounds = up_tikhonov_rounds(s);
    get(w);
    UP_TRY(up_cosine_transform(w->seen, size[0], size[1], s->whole->threads, error));
    for (int i = 0; i < rounds; i++) {
        if (!up_solving_goes_on(s, (i + 1.0) / (rounds + 1)))
            return UP_OK;
        UP_TRY(solve_for(w, up_tikhonov_lambda(s), error));
    }
    return UP_OK;
}

up_status up_cosine_solve(up_solving *s, up_error *error)
{
    const int *size = s->blurring->sharp;
    const size_t samples = (size_t)size[0] * size[1];
    work w = { .s = s,
               .seen = up_alloc(samples, sizeof(double)),
               .plane = up_alloc(samples, sizeof(double)),
               .sums = row_sums(s->blurring->blur, size[1]) };
    up_status status = w.seen && w.plane && w.sums
                           ? solve(&w, error)
                           : up_fail_memory(error, "transforms", samples * 2 * sizeof(double));
    up_free(w.seen);
    up_free(w.plane);
    up_free(w.sums);
    return status;
}

size_t up_cosine_solve_bytes(const int size[2], int threads)
{
    const size_t samples = (size_t)size[0] * size[1];
    return 2 * up_alloc_bytes(samples * sizeof(double)) +
           up_alloc_bytes((size_t)size[1] * (UP_MOST_KERNEL / 2 + 1) * sizeof(double)) +
           up_cosine_bytes(size[0], size[1], threads);
}
