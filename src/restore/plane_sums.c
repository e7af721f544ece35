/* SPDX-License-Identifier: MIT */

#include "restore/solve/solver.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define PARTS 8 /* of a row's sum, that it be vectors */

bool up_solving_goes_on(const up_solving *s, double done)
{
    return s->whole->goes_on(s->whole->run, s->done + s->share * done);
}

size_t up_plane_floats(const int size[2])
{
    return size[0] * up_round_up((size_t)size[1], UP_LANES) + 2 * UP_LANES;
}

up_plane up_plane_take(up_plane_room *room, const int size[2])
{
    up_plane plane = { .data = room->next,
                       .stride = up_round_up((size_t)size[1], UP_LANES),
                       .height = size[0],
                       .width = size[1] };
    room->next += up_round_up(up_plane_floats(size), UP_LANES);
    return plane;
}

static double total(const double *sum, int count)
{
    double all = 0;
    for (int i = 0; i < count; i++)
        all += sum[i];
    return all;
}

#define EVERY_ROW(s, y, height)                                                                    \
    _Pragma("omp parallel for num_threads((s)->whole->threads) schedule(static)") for (int y = 0;  \
                                                                                       (y) <       \
                                                                                       (height);   \
                                                                                       (y)++)

static double dot_row(const float *a, const float *b, int n)
{
    double part[PARTS] = { 0 };
    int x = 0;
    for (; x + PARTS <= n; x += PARTS)
        for (int i = 0; i < PARTS; i++)
            part[i] += (double)a[x + i] * b[x + i];
    for (; x < n; x++)
        part[0] += (double)a[x] * b[x];
    return total(part, PARTS);
}

double up_plane_dot(const up_solving *s, const up_plane *a, const up_plane *b)
{
    EVERY_ROW(s, y, a->height)
    s->sums[y] = dot_row(up_plane_row(a, y), up_plane_row(b, y), a->width);
    return total(s->sums, a->height);
}

void up_plane_add(const up_solving *s, const up_plane *a, double factor, const up_plane *b)
{
    const float f = (float)factor;
    EVERY_ROW(s, y, a->height)
    {
        float *to = up_plane_row(a, y);
        const float *from = up_plane_row(b, y);
        for (int x = 0; x < a->width; x++)
            to[x] += f * from[x];
    }
}

void up_plane_add_to(const up_solving *s, const up_plane *a, double factor, const up_plane *b)
{
    const float f = (float)factor;
    EVERY_ROW(s, y, a->height)
    {
        float *to = up_plane_row(a, y);
        const float *from = up_plane_row(b, y);
        for (int x = 0; x < a->width; x++)
            to[x] = from[x] + f * to[x];
    }
}

void up_plane_copy(const up_solving *s, const up_plane *a, const up_plane *b)
{
    EVERY_ROW(s, y, a->height)
    memcpy(up_plane_row(a, y), up_plane_row(b, y), a->width * sizeof(float));
}

void up_plane_subtract(const up_solving *s, const up_plane *a, const up_plane *b, const up_plane *c)
{
    EVERY_ROW(s, y, a->height)
    {
        float *to = up_plane_row(a, y);
        const float *from = up_plane_row(b, y), *less = up_plane_row(c, y);
        for (int x = 0; x < a->width; x++)
            to[x] = from[x] - less[x];
    }
}

/* ---- the gradient */

/* Rows of a plane below each other; behind the last one none. */
typedef struct {
    const float *here, *below;
} rows;

static rows rows_at(const up_plane *x, int y)
{
    const float *here = up_plane_row(x, y);
    return (rows){ here, y + 1 < x->height ? here + x->stride : here };
}

/* squared[c] = |grad|^2 of `count` columns from `first` on; the last of the plane has none to its
 * right. */
static void square(float *squared, rows x, int first, int count, int width)
{
    const float *here = x.here + first, *below = x.below + first;
    const int inner = first + count < width ? count : count - 1;
    for (int c = 0; c < inner; c++) {
        const float down = below[c] - here[c], right = here[c + 1] - here[c];
        squared[c] = down * down + right * right;
    }
    if (inner < count)
        squared[inner] = (below[inner] - here[inner]) * (below[inner] - here[inner]);
}

#define BLOCK 256

double up_gradient_energy(const up_solving *s, const up_plane *x, const up_plane *weight)
{
    EVERY_ROW(s, y, x->height)
    {
        float squared[BLOCK], ones[BLOCK];
        double sum = 0;
        for (int c = 0; c < BLOCK; c++)
            ones[c] = 1;
        for (int c = 0; c < x->width; c += BLOCK) {
            const int count = up_min(BLOCK, x->width - c);
            square(squared, rows_at(x, y), c, count, x->width);
            sum += dot_row(squared, weight->data ? up_plane_row(weight, y) + c : ones, count);
        }
        s->sums[y] = sum;
    }
    return total(s->sums, x->height);
}

/* ---- means around: binomial, reflected behind the edge samples, and so their own adjoint */

static const float around[] = { 1 / 16.0f, 4 / 16.0f, 6 / 16.0f, 4 / 16.0f, 1 / 16.0f };

enum { AROUND = sizeof around / sizeof *around };

static int reflected(int i, int n)
{
    i = i < 0 ? -1 - i : i;
    return up_clamp(i < n ? i : 2 * n - 1 - i, 0, n - 1);
}

/* `to` may not be `from`. */
static void mean_of_row(float *to, const float *from, int n)
{
    for (int x = 0; x < n; x++) {
        float sum = 0;
        if (x >= AROUND / 2 && x < n - AROUND / 2)
            for (int k = 0; k < AROUND; k++)
                sum += around[k] * from[x + k - AROUND / 2];
        else
            for (int k = 0; k < AROUND; k++)
                sum += around[k] * from[reflected(x + k - AROUND / 2, n)];
        to[x] = sum;
    }
}

static void mean_of_rows(float *to, const up_plane *from, int y)
{
    memset(to, 0, from->width * sizeof *to);
    for (int k = 0; k < AROUND; k++) {
        const float *row = up_plane_row(from, reflected(y + k - AROUND / 2, from->height));
        for (int x = 0; x < from->width; x++)
            to[x] += around[k] * row[x];
    }
}

/* to = the means of |grad x|^2 along each row, by way of `squared`; the sum of |grad x|. */
static double find_squares(const up_solving *s, const up_plane *to, const up_plane *squared,
                           const up_plane *x)
{
    EVERY_ROW(s, y, x->height)
    {
        float *row = up_plane_row(squared, y);
        double sum = 0;
        square(row, rows_at(x, y), 0, x->width, x->width);
        for (int c = 0; c < x->width; c++)
            sum += sqrtf(row[c]);
        mean_of_row(up_plane_row(to, y), row, x->width);
        s->sums[y] = sum;
    }
    return total(s->sums, x->height);
}

double up_gradient_weigh(const up_solving *s, const up_plane *weight, const up_plane *x,
                         double level, const up_plane spare[2])
{
    const float least = (float)(level * level);
    const double sum = find_squares(s, weight, &spare[0], x);
    EVERY_ROW(s, y, x->height)
    {
        float *row = up_plane_row(&spare[0], y);
        mean_of_rows(row, weight, y);
        for (int c = 0; c < x->width; c++)
            row[c] = 1 / sqrtf(row[c] + least);
        mean_of_row(up_plane_row(&spare[1], y), row, x->width);
    }
    EVERY_ROW(s, y, x->height)
    mean_of_rows(up_plane_row(weight, y), &spare[1], y);
    return sum;
}

/* Towards the rows above and below. `above`, `over`: of the row above, or of this one, which pulls
 * nowhere. */
static void pull_down(float *to, float f, rows x, const float *above, const float *w,
                      const float *over, int n)
{
    for (int c = 0; c < n; c++) {
        const float v = x.here[c];
        to[c] += f * (w[c] * (x.below[c] - v) + over[c] * (above[c] - v));
    }
}

static void pull_right(float *to, float f, const float *x, const float *w, int n)
{
    if (n > 1) {
        to[0] += f * (w[0] * (x[1] - x[0]));
        to[n - 1] += f * (w[n - 2] * (x[n - 2] - x[n - 1]));
    }
    for (int c = 1; c < n - 1; c++)
        to[c] += f * (w[c] * (x[c + 1] - x[c]) + w[c - 1] * (x[c - 1] - x[c]));
}

static void pull_evenly(float *to, float f, rows x, const float *above, int n)
{
    for (int c = 0; c < n; c++)
        to[c] += f * (x.below[c] - x.here[c] + (above[c] - x.here[c]));
    if (n > 1) {
        to[0] += f * (x.here[1] - x.here[0]);
        to[n - 1] += f * (x.here[n - 2] - x.here[n - 1]);
    }
    for (int c = 1; c < n - 1; c++)
        to[c] += f * (x.here[c + 1] - x.here[c] + (x.here[c - 1] - x.here[c]));
}

void up_gradient_pull(const up_solving *s, const up_plane *r, double lambda, const up_plane *x,
                      const up_plane *weight)
{
    const float f = (float)lambda;
    EVERY_ROW(s, y, x->height)
    {
        const rows here = rows_at(x, y);
        const int before = y ? y - 1 : 0;
        float *to = up_plane_row(r, y);
        if (weight->data) {
            const float *w = up_plane_row(weight, y);
            pull_down(to, f, here, up_plane_row(x, before), w, up_plane_row(weight, before),
                      x->width);
            pull_right(to, f, here.here, w, x->width);
        } else {
            pull_evenly(to, f, here, up_plane_row(x, before), x->width);
        }
    }
}
