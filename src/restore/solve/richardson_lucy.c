/* SPDX-License-Identifier: MIT */
/* Richardson 1972, Lucy 1974: the likeliest picture under Poisson noise, and never below zero. */

#include "restore/solve/solver.h"

#include <math.h>

#define TINY 1e-12f /* relative to the mean: keeps quotients finite */

const up_plane_count up_richardson_lucy_planes = { 2, 1 };

/* quotient = seen / blurred; returns the sum of (seen - blurred)^2. */
static double compare(const up_solving *s, const up_plane *blurred, float least)
{
#pragma omp parallel for num_threads(s->whole->threads) schedule(static)
    for (int y = 0; y < blurred->height; y++) {
        const float *seen = up_plane_row(&s->seen, y);
        float *b = up_plane_row(blurred, y);
        double sum = 0;
        for (int x = 0; x < blurred->width; x++) {
            const double difference = (double)seen[x] - b[x];
            sum += difference * difference;
            b[x] = fmaxf(seen[x], 0) / fmaxf(b[x], least);
        }
        s->sums[y] = sum;
    }
    double all = 0;
    for (int y = 0; y < blurred->height; y++)
        all += s->sums[y];
    return all;
}

/* x *= factor / weight, where any sample of seen depends on it. */
static void multiply(const up_solving *s, const up_plane *factor, const up_plane *weight)
{
#pragma omp parallel for num_threads(s->whole->threads) schedule(static)
    for (int y = 0; y < s->x.height; y++) {
        float *x = up_plane_row(&s->x, y);
        const float *f = up_plane_row(factor, y), *w = up_plane_row(weight, y);
        for (int c = 0; c < s->x.width; c++)
            x[c] *= w[c] > 0 ? f[c] / w[c] : 1;
    }
}

static void fill(const up_plane *plane, float least, float value)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            up_plane_row(plane, y)[x] = fmaxf(least * up_plane_row(plane, y)[x], value);
}

void up_richardson_lucy_solve(up_solving *s)
{
    const int most = up_solver_iterations(s->how, UP_SOLVER_RL);
    const double samples = (double)s->seen.height * s->seen.width;
    const double stop = s->how->noise * s->how->noise * samples;
    const double size = sqrt(up_plane_dot(s, &s->seen, &s->seen) / samples);
    const float least = TINY * (float)size;
    up_plane_room room = { s->memory };
    const up_plane weight = up_plane_take(&room, s->blurring->sharp);
    const up_plane factor = up_plane_take(&room, s->blurring->sharp);
    const up_plane blurred = up_plane_take(&room, s->blurring->seen);
    fill(&blurred, 0, 1);
    up_blurring_adjoint(s->blurring, &weight, &blurred);
    fill(&s->x, 1, least);
    for (int i = 0; i < most && size > 0; i++) {
        up_blurring_apply(s->blurring, &blurred, &s->x);
        if (compare(s, &blurred, least) <= stop)
            break;
        up_blurring_adjoint(s->blurring, &factor, &blurred);
        multiply(s, &factor, &weight);
        if (!up_solving_goes_on(s, (i + 1.0) / most))
            return;
    }
}
