/* SPDX-License-Identifier: MIT */
/* The rank of the matrix W, by elimination with pivots. */

#include "explain/links.h"

#include "base/memory.h"

#include <math.h>

enum { MOST_ENTRIES = 1 << 16 };

static double *dense(const up_explanation *e, int rows, int columns)
{
    double *w = up_alloc_zero((size_t)rows * columns, sizeof *w);
    for (const up_link *l = e->link; w && l < e->link + e->links; l++) {
        const int column = e->scatter ? up_links_place(e, l->out) : l->in;
        if (column >= 0)
            w[(size_t)up_link_step(e, l) * columns + column] += l->weight;
    }
    return w;
}

static double largest(const double *w, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(w[i]));
    return most;
}

static int find_pivot(const double *w, int from, int rows, int columns, int column)
{
    int best = from;
    for (int y = from + 1; y < rows; y++)
        if (fabs(w[(size_t)y * columns + column]) > fabs(w[(size_t)best * columns + column]))
            best = y;
    return best;
}

/* Takes row `from`, exchanged with row `pivot`, from those below, so that they have nothing in the
 * column. */
static void eliminate(double *w, int from, int pivot, int rows, int columns, int column)
{
    double *own = w + (size_t)from * columns, *other = w + (size_t)pivot * columns;
    for (int x = 0; x < columns; x++) {
        const double value = own[x];
        own[x] = other[x];
        other[x] = value;
    }
    for (int y = from + 1; y < rows; y++) {
        double *row = w + (size_t)y * columns;
        const double share = row[column] / own[column];
        for (int x = column; x < columns && share != 0; x++)
            row[x] -= share * own[x];
        row[column] = 0;
    }
}

int up_links_rank(const up_explanation *e)
{
    const size_t in = up_small_count(&e->x), out = up_small_count(&e->y);
    if (in > MOST_ENTRIES || out > MOST_ENTRIES || in * out > MOST_ENTRIES)
        return -1;
    const int rows = (int)(e->scatter ? in : out), columns = (int)(e->scatter ? out : in);
    double *w = dense(e, rows, columns);
    if (!w)
        return -1;
    const double least = 1e-10 * largest(w, in * out);
    int rank = 0;
    for (int x = 0; x < columns && rank < rows; x++) {
        const int pivot = find_pivot(w, rank, rows, columns, x);
        if (fabs(w[(size_t)pivot * columns + x]) > least)
            eliminate(w, rank++, pivot, rows, columns, x);
    }
    up_free(w);
    return rank;
}
