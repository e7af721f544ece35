/* SPDX-License-Identifier: MIT */
#include "restore/solve/separable.h"

#include "base/memory.h"
#include "pipeline/ring.h"
#include "restore/solve/eigen.h"

#include <math.h>
#include <string.h>

#define OWN 192        /* samples of a tile; up to twice as many are one */
#define REACH 5        /* kernels, from which a pixel is found in floats of little noise */
#define LEAST_REACH 48 /* samples */
#define MOST_REACH 256

/* ---- tiles */

static int tiles_of(int n)
{
    return n <= 2 * OWN ? 1 : (n + OWN - 1) / OWN;
}

static up_axis_span sharp_of(const up_blur *blur, int a, int n, up_axis_span seen)
{
    up_axis_span all = { n, 0 };
    for (int i = seen.first; i < seen.end; i++)
        for (int k = 0; k < blur->kernel[a]; k++) {
            const int r = up_edge_row(blur->edge, i + k - blur->before[a], n);
            if (r >= 0)
                all = (up_axis_span){ up_min(all.first, r), up_max(all.end, r + 1) };
        }
    return all;
}

static up_axis_tile tile_at(const up_blur *blur, int a, int n, int t)
{
    const int reach = up_clamp(REACH * blur->kernel[a], LEAST_REACH, MOST_REACH);
    up_axis_tile tile = { .own = { 0, n }, .seen = { 0, n } };
    if (tiles_of(n) > 1) {
        tile.own = (up_axis_span){ t * OWN, up_min(n, (t + 1) * OWN) };
        tile.seen =
            (up_axis_span){ up_max(0, tile.own.first - reach), up_min(n, tile.own.end + reach) };
    }
    tile.sharp = sharp_of(blur, a, n, tile.seen);
    tile.sharp.first = up_min(tile.sharp.first, tile.own.first);
    tile.sharp.end = up_max(tile.sharp.end, tile.own.end);
    return tile;
}

static int length(up_axis_span s)
{
    return s.end - s.first;
}

/* Far from the edges, and as large as others there. */
static bool is_inner(const up_axis_tile *t, const up_blur *blur, int a, int n)
{
    return length(t->own) == OWN && t->seen.first > 0 && t->seen.end < n &&
           t->seen.first >= blur->before[a] && t->sharp.end < n;
}

/* ---- systems */

static size_t system_doubles(const up_axis_tile *t)
{
    const size_t sharp = length(t->sharp);
    return (length(t->seen) + 2 * sharp + 2) * sharp;
}

static void fill_matrix(double *matrix, const up_axis_tile *t, const up_blur *blur, int a, int n)
{
    double weight[UP_MOST_KERNEL];
    up_blur_line(blur, a, weight);
    memset(matrix, 0, (size_t)length(t->seen) * length(t->sharp) * sizeof *matrix);
    for (int i = t->seen.first; i < t->seen.end; i++) {
        double *row = matrix + (size_t)(i - t->seen.first) * length(t->sharp);
        for (int k = 0; k < blur->kernel[a]; k++) {
            const int r = up_edge_row(blur->edge, i + k - blur->before[a], n);
            if (r >= 0)
                row[r - t->sharp.first] += weight[k];
        }
    }
}

/* square = matrix^T matrix, from the elements that are not 0. */
static void multiply(double *square, const double *matrix, int rows, int columns)
{
    memset(square, 0, (size_t)columns * columns * sizeof *square);
    for (int i = 0; i < rows; i++) {
        const double *row = matrix + (size_t)i * columns;
        int first = 0, end = columns;
        while (first < end && row[first] == 0)
            first++;
        while (end > first && row[end - 1] == 0)
            end--;
        for (int j = first; j < end; j++)
            for (int k = first; k < end; k++)
                square[(size_t)j * columns + k] += row[j] * row[k];
    }
}

/* What the matrix makes of each vector. */
static void spread_vectors(const up_axis_system *s, const double *matrix)
{
    for (int i = 0; i < s->seen; i++)
        for (int v = 0; v < s->sharp; v++) {
            const double *row = matrix + (size_t)i * s->sharp, *vector = s->vector;
            double sum = 0;
            for (int x = 0; x < s->sharp; x++)
                if (row[x] != 0)
                    sum += row[x] * vector[(size_t)v * s->sharp + x];
            s->spread[(size_t)i * s->sharp + v] = sum;
        }
}

static void measure_vectors(const up_axis_system *s)
{
    for (int v = 0; v < s->sharp; v++) {
        const double *vector = s->vector + (size_t)v * s->sharp;
        double size = 0, rough = 0;
        for (int x = 0; x < s->sharp; x++)
            s->across[(size_t)x * s->sharp + v] = vector[x];
        for (int i = 0; i < s->seen; i++)
            size += pow(s->spread[(size_t)i * s->sharp + v], 2);
        for (int x = 0; x + 1 < s->sharp; x++)
            rough += pow(vector[x + 1] - vector[x], 2);
        s->size[v] = size;
        s->rough[v] = rough;
    }
}

static size_t scratch_doubles(const up_axis_tile *t)
{
    const size_t sharp = length(t->sharp);
    return (length(t->seen) + sharp + 3) * sharp;
}

/* False: no memory. What does not converge, which is unheard of, keeps no vector. */
static bool make_system(up_axis_system *s, const up_axis_tile *t, const up_blur *blur, int a, int n)
{
    const size_t seen = length(t->seen), sharp = length(t->sharp);
    double *scratch = up_alloc(scratch_doubles(t), sizeof *scratch);
    *s = (up_axis_system){ .seen = (int)seen,
                           .sharp = (int)sharp,
                           .own = length(t->own),
                           .before = t->own.first - t->sharp.first,
                           .spread = up_alloc_zero(system_doubles(t), sizeof *scratch) };
    if (scratch && s->spread) {
        double *matrix = scratch, *square = matrix + seen * sharp;
        s->vector = s->spread + seen * sharp;
        s->across = s->vector + sharp * sharp;
        s->size = s->across + sharp * sharp;
        s->rough = s->size + sharp;
        fill_matrix(matrix, t, blur, a, n);
        multiply(square, matrix, s->seen, s->sharp);
        if (up_eigen(square, s->vector, s->size, square + sharp * sharp, s->sharp))
            spread_vectors(s, matrix);
        measure_vectors(s);
    }
    up_free(scratch);
    return scratch && s->spread;
}

/* ---- an axis */

void up_separable_axis_free(up_separable_axis *axis)
{
    for (int i = 0; i < axis->systems && axis->system; i++)
        up_free(axis->system[i].spread);
    up_free(axis->system);
    up_free(axis->tile);
    *axis = (up_separable_axis){ 0 };
}

/* Gives each tile its system. */
static void share(up_separable_axis *axis, const up_blur *blur, int a, int n)
{
    int inner = -1;
    for (int t = 0; t < axis->tiles; t++) {
        up_axis_tile *tile = &axis->tile[t];
        *tile = tile_at(blur, a, n, t);
        axis->most_own = up_max(axis->most_own, length(tile->own));
        axis->most_seen = up_max(axis->most_seen, length(tile->seen));
        axis->most_sharp = up_max(axis->most_sharp, length(tile->sharp));
        const bool is_one = is_inner(tile, blur, a, n);
        tile->system = is_one && inner >= 0 ? inner : axis->systems++;
        inner = is_one ? tile->system : inner;
    }
}

static const up_axis_tile *first_of(const up_separable_axis *axis, int system)
{
    const up_axis_tile *tile = axis->tile;
    while (tile->system != system)
        tile++;
    return tile;
}

up_status up_separable_axis_init(up_separable_axis *axis, const up_blur *blur, int a, int n,
                                 int threads, up_error *error)
{
    bool made = true;
    *axis = (up_separable_axis){ .tiles = tiles_of(n) };
    axis->tile = up_alloc(axis->tiles, sizeof *axis->tile);
    if (axis->tile)
        share(axis, blur, a, n);
    axis->system = up_alloc_zero((size_t)axis->systems + 1, sizeof *axis->system);
    if (!axis->tile || !axis->system)
        return up_fail_memory(error, "tiles", axis->tiles * sizeof *axis->tile);
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(&& : made)
    for (int s = 0; s < axis->systems; s++)
        made = make_system(&axis->system[s], first_of(axis, s), blur, a, n) && made;
    return made ? UP_OK
                : up_fail_memory(error, "a deconvolution",
                                 (size_t)axis->most_sharp * axis->most_sharp * sizeof(double));
}

size_t up_separable_axis_bytes(up_separable_axis *axis, const up_blur *blur, int a, int n)
{
    size_t bytes = 0, most = 0;
    bool inner = false;
    *axis = (up_separable_axis){ .tiles = tiles_of(n) };
    for (int t = 0; t < axis->tiles; t++) {
        const up_axis_tile tile = tile_at(blur, a, n, t);
        axis->most_own = up_max(axis->most_own, length(tile.own));
        axis->most_seen = up_max(axis->most_seen, length(tile.seen));
        axis->most_sharp = up_max(axis->most_sharp, length(tile.sharp));
        if (is_inner(&tile, blur, a, n) && inner)
            continue;
        inner |= is_inner(&tile, blur, a, n);
        bytes += up_alloc_bytes(system_doubles(&tile) * sizeof(double));
        most += up_alloc_bytes(scratch_doubles(&tile) * sizeof(double));
        axis->systems++;
    }
    return bytes + most + up_alloc_bytes(axis->tiles * sizeof(up_axis_tile)) +
           up_alloc_bytes((axis->systems + 1) * sizeof(up_axis_system));
}
