#include "restore/solver.h"

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

static inline float square(rows x, int c, int width)
{
    const float down = x.below[c] - x.here[c];
    const float right = c + 1 < width ? x.here[c + 1] - x.here[c] : 0;
    return down * down + right * right;
}

double up_gradient_energy(const up_solving *s, const up_plane *x, const up_plane *weight)
{
    EVERY_ROW(s, y, x->height)
    {
        const rows r = rows_at(x, y);
        const float *w = weight->data ? up_plane_row(weight, y) : NULL;
        double part[PARTS] = { 0 };
        for (int c = 0; c < x->width; c++)
            part[c % PARTS] += (double)square(r, c, x->width) * (w ? w[c] : 1);
        s->sums[y] = total(part, PARTS);
    }
    return total(s->sums, x->height);
}

double up_gradient_weigh(const up_solving *s, const up_plane *weight, const up_plane *x,
                         double level)
{
    const float least = (float)(level * level);
    EVERY_ROW(s, y, x->height)
    {
        const rows r = rows_at(x, y);
        float *w = up_plane_row(weight, y);
        double part[PARTS] = { 0 };
        for (int c = 0; c < x->width; c++) {
            const float squared = square(r, c, x->width);
            part[c % PARTS] += sqrtf(squared);
            w[c] = 1 / sqrtf(squared + least);
        }
        s->sums[y] = total(part, PARTS);
    }
    return total(s->sums, x->height);
}

void up_gradient_pull(const up_solving *s, const up_plane *r, double lambda, const up_plane *x,
                      const up_plane *weight)
{
    const float f = (float)lambda;
    EVERY_ROW(s, y, x->height)
    {
        const rows below = rows_at(x, y), above = rows_at(x, y ? y - 1 : 0);
        const float *w = weight->data ? up_plane_row(weight, y) : NULL;
        const float *up = weight->data && y ? up_plane_row(weight, y - 1) : NULL;
        float *to = up_plane_row(r, y);
        const int last = x->width - 1;
        for (int c = 0; c <= last; c++) {
            const float v = below.here[c], here = w ? w[c] : 1, over = up ? up[c] : 1;
            float pull = here * (below.below[c] - v);
            pull += y ? over * (above.here[c] - v) : 0;
            pull += c < last ? here * (below.here[c + 1] - v) : 0;
            pull += c ? (w ? w[c - 1] : 1) * (below.here[c - 1] - v) : 0;
            to[c] += f * pull;
        }
    }
}
