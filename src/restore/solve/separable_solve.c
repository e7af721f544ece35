/* SPDX-License-Identifier: MIT */
/* Tikhonov's for a blur that is a product of two, whatever its edges: in the eigenvectors of both
 * axes' matrices, of which each pair counts by how rough it is, in double and tile by tile. */

#include "restore/solve/solver.h"

#include "base/memory.h"
#include "restore/solve/separable.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#define LOST 1e-15 /* of an eigenvalue, beside the greatest: doubles carry no more */

typedef struct {
    up_solving *s;
    up_separable_axis axis[2];
    double *scratch, lambda;
    double first;   /* times what is seen: the first guess */
    size_t doubles; /* of a thread's scratch */
} work;

bool up_separable_suits(const up_blur *blur)
{
    return blur->axis[0] && blur->stride[0] == 1 && blur->stride[1] == 1;
}

/* ---- products */

/* Element (i, k) lies at data + i * row + k * column. */
typedef struct {
    const double *data;
    size_t row, column;
} matrix;

#define TOGETHER 4 /* terms, so that a row of the result is touched less often */

/* out[rows][columns] = a * b, of `terms` each; rows of b lie b_row apart. */
static void multiply(double *out, matrix a, const double *b, size_t b_row, int rows, int terms,
                     int columns)
{
    for (int i = 0; i < rows; i++) {
        double *to = out + (size_t)i * columns;
        const double *factor = a.data + i * a.row;
        memset(to, 0, columns * sizeof *to);
        int k = 0;
        for (; k + TOGETHER <= terms; k += TOGETHER) {
            const double f0 = factor[k * a.column], f1 = factor[(k + 1) * a.column];
            const double f2 = factor[(k + 2) * a.column], f3 = factor[(k + 3) * a.column];
            const double *b0 = b + k * b_row, *b1 = b0 + b_row, *b2 = b1 + b_row, *b3 = b2 + b_row;
            for (int j = 0; j < columns; j++)
                to[j] += f0 * b0[j] + f1 * b1[j] + f2 * b2[j] + f3 * b3[j];
        }
        for (; k < terms; k++)
            for (int j = 0; j < columns; j++)
                to[j] += factor[k * a.column] * b[k * b_row + j];
    }
}

/* ---- a tile */

static double greatest(const up_axis_system *s)
{
    double most = 0;
    for (int v = 0; v < s->sharp; v++)
        most = fmax(most, s->size[v]);
    return most;
}

/* What is not seen stays as in `first`, a first guess, towards which all is drawn by lambda. */
static void divide(double *z, const double *first, const up_axis_system *rows,
                   const up_axis_system *columns, double lambda)
{
    const double least = LOST * greatest(rows), least_column = LOST * greatest(columns);
    for (int i = 0; i < rows->sharp; i++)
        for (int j = 0; j < columns->sharp; j++) {
            const size_t at = (size_t)i * columns->sharp + j;
            const double pull = lambda * (rows->rough[i] + columns->rough[j]);
            const double all = rows->size[i] * columns->size[j] + pull;
            const bool is_seen = rows->size[i] > least && columns->size[j] > least_column;
            z[at] = is_seen && all > 0 ? (z[at] + pull * first[at]) / all : first[at];
        }
}

/* factor * seen, `rows` by `columns` of it. */
static void get(double *to, const up_plane *seen, double factor, up_axis_span rows,
                up_axis_span columns)
{
    for (int y = rows.first; y < rows.end; y++)
        for (int x = columns.first; x < columns.end; x++)
            *to++ = factor * up_plane_row(seen, y)[x];
}

static void solve_tile(const work *w, const up_axis_tile *down, const up_axis_tile *right)
{
    const up_axis_system *r = &w->axis[0].system[down->system];
    const up_axis_system *c = &w->axis[1].system[right->system];
    double *a = w->scratch + omp_get_thread_num() * w->doubles, *b = a + w->doubles / 3;
    double *first = b + w->doubles / 3;
    get(a, &w->s->seen, w->first, down->sharp, right->sharp);
    multiply(b, (matrix){ r->vector, r->sharp, 1 }, a, c->sharp, r->sharp, r->sharp, c->sharp);
    multiply(first, (matrix){ b, c->sharp, 1 }, c->across, c->sharp, r->sharp, c->sharp, c->sharp);
    get(a, &w->s->seen, 1, down->seen, right->seen);
    multiply(b, (matrix){ r->spread, 1, r->sharp }, a, c->seen, r->sharp, r->seen, c->seen);
    multiply(a, (matrix){ b, c->seen, 1 }, c->spread, c->sharp, r->sharp, c->seen, c->sharp);
    divide(a, first, r, c, w->lambda);
    multiply(b, (matrix){ r->vector + r->before, 1, r->sharp }, a, c->sharp, r->own, r->sharp,
             c->sharp);
    multiply(a, (matrix){ b, c->sharp, 1 }, c->vector + c->before, c->sharp, r->own, c->sharp,
             c->own);
    for (int i = 0; i < r->own; i++)
        for (int j = 0; j < c->own; j++)
            up_plane_row(&w->s->x, down->own.first + i)[right->own.first + j] =
                (float)a[(size_t)i * c->own + j];
}

/* ---- a plane */

/* False: interrupted. */
static bool solve_for(const work *w, double done, double share)
{
    const up_separable_axis *axis = w->axis;
    const int threads = w->s->whole->threads, tiles = axis[0].tiles * axis[1].tiles;
    for (int from = 0; from < tiles; from += 4 * threads) {
        if (!up_solving_goes_on(w->s, done + share * from / tiles))
            return false;
        const int end = up_min(tiles, from + 4 * threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic)
        for (int t = from; t < end; t++)
            solve_tile(w, &axis[0].tile[t / axis[1].tiles], &axis[1].tile[t % axis[1].tiles]);
    }
    return true;
}

/* Twice: lambda follows from the result. */
static void solve(work *w)
{
    const int rounds = up_tikhonov_rounds(w->s);
    for (int i = 0; i < rounds; i++) {
        w->lambda = up_tikhonov_lambda(w->s);
        if (!solve_for(w, (double)i / rounds, 1.0 / rounds))
            return;
    }
}

/* Three matrices of a tile. */
static size_t scratch_of(const up_separable_axis axis[2])
{
    const size_t rows = up_max(axis[0].most_seen, axis[0].most_sharp);
    const size_t columns = up_max(axis[1].most_seen, axis[1].most_sharp);
    return 3 * up_round_up(rows * columns, UP_ALIGN);
}

up_status up_separable_solve(up_solving *s, up_error *error)
{
    const up_blur *blur = s->blurring->blur;
    const int threads = s->whole->threads;
    work w = { .s = s, .first = 1 / up_blur_sum(blur) };
    up_status status = UP_OK;
    for (int a = 0; a < 2 && status == UP_OK; a++)
        status = up_separable_axis_init(&w.axis[a], blur, a, s->blurring->sharp[a], threads, error);
    w.doubles = scratch_of(w.axis);
    w.scratch = status == UP_OK ? up_alloc(w.doubles * threads, sizeof(double)) : NULL;
    if (w.scratch)
        solve(&w);
    else if (status == UP_OK)
        status = up_fail_memory(error, "a deconvolution", w.doubles * threads * sizeof(double));
    up_free(w.scratch);
    for (int a = 0; a < 2; a++)
        up_separable_axis_free(&w.axis[a]);
    return status;
}

size_t up_separable_solve_bytes(const up_blur *blur, const int size[2], int threads)
{
    up_separable_axis axis[2];
    size_t bytes = 0;
    for (int a = 0; a < 2; a++)
        bytes += up_separable_axis_bytes(&axis[a], blur, a, size[a]);
    return bytes + up_alloc_bytes(scratch_of(axis) * threads * sizeof(double));
}
