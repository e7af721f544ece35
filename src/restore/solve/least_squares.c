/* SPDX-License-Identifier: MIT */
/* Conjugate gradients on the normal equations in the form that keeps the residual (CGLS), which
 * loses fewer digits; rounds of them with new weights are total variation. */

#include "restore/solve/solver.h"

#include <math.h>

#define LAST_DIGIT 0x1p-23   /* of a float, relative to its leading digit */
#define VARIATION_SHARE 0.2  /* chosen on photographs: see the README */
#define ROUND 10             /* steps with the same weights */
#define LEAST_RESIDUAL 1e-14 /* squared, of the gradient at the start: floats carry no more */
#define LEAST_CHANGE 0.02    /* levels, root mean square, that a round makes */

const up_plane_count up_tikhonov_planes = { 2, 2 }, up_variation_planes = { 4, 2 };

typedef struct {
    up_solving *s;
    up_plane weight, direction, pull, before; /* like x; pull: minus the gradient of what is made
                                                 small */
    up_plane residual, blurred;               /* like seen */
    double lambda;
    int steps, most; /* done, and to be done */
} work;

static void find_pull(const work *w)
{
    up_blurring_adjoint(w->s->blurring, &w->pull, &w->residual);
    up_gradient_pull(w->s, &w->pull, w->lambda, &w->s->x, &w->weight);
}

/* False: interrupted. */
static bool make_steps(work *w, int count)
{
    up_solving *s = w->s;
    up_blurring_apply(s->blurring, &w->blurred, &s->x);
    up_plane_subtract(s, &w->residual, &s->seen, &w->blurred);
    find_pull(w);
    up_plane_copy(s, &w->direction, &w->pull);
    double size = up_plane_dot(s, &w->pull, &w->pull);
    const double first = size;
    for (int i = 0; i < count && size > LEAST_RESIDUAL * first; i++) {
        up_blurring_apply(s->blurring, &w->blurred, &w->direction);
        double curvature = up_plane_dot(s, &w->blurred, &w->blurred) +
                           w->lambda * up_gradient_energy(s, &w->direction, &w->weight);
        if (!(curvature > 0))
            break;
        up_plane_add(s, &s->x, size / curvature, &w->direction);
        up_plane_add(s, &w->residual, -size / curvature, &w->blurred);
        find_pull(w);
        const double now = up_plane_dot(s, &w->pull, &w->pull);
        up_plane_add_to(s, &w->direction, now / size, &w->pull);
        size = now;
        if (!up_solving_goes_on(s, (double)++w->steps / w->most))
            return false;
    }
    return true;
}

/* Of the samples of a plane, as floats: of rounding them once, sqrt(1 / 12) of their last digit,
 * and again on the way to them. */
static double float_noise(const up_solving *s)
{
    double sum = 0;
    for (int y = 0; y < s->seen.height; y++)
        for (int x = 0; x < s->seen.width; x++) {
            int exponent;
            frexp(up_plane_row(&s->seen, y)[x], &exponent);
            sum += ldexp(LAST_DIGIT * LAST_DIGIT, 2 * exponent - 2);
        }
    return sqrt(sum / (3.0 * s->seen.height * s->seen.width));
}

static double noise_of(const up_solving *s)
{
    return s->how->noise > 0 ? s->how->noise : float_noise(s);
}

double up_tikhonov_lambda(const up_solving *s)
{
    const up_plane none = { 0 };
    const double noise = noise_of(s), samples = (double)s->x.height * s->x.width;
    const double energy = up_gradient_energy(s, &s->x, &none) / samples;
    if (s->how->regularise >= 0 && s->how->solver == UP_SOLVER_TIKHONOV)
        return s->how->regularise;
    return energy > 0 ? noise * noise / energy : 0;
}

/* Where all samples are alike nothing is there to be kept. */
static double variation_lambda(const up_solving *s, double sum)
{
    const double samples = (double)s->x.height * s->x.width, noise = noise_of(s);
    if (s->how->regularise >= 0)
        return s->how->regularise;
    return sum > 0 ? VARIATION_SHARE * noise * noise * samples / sum : 0;
}

static double level_of(const up_solving *s)
{
    float low = INFINITY, high = -INFINITY;
    if (s->how->level > 0)
        return s->how->level;
    for (int y = 0; y < s->seen.height; y++)
        for (int x = 0; x < s->seen.width; x++) {
            const float v = up_plane_row(&s->seen, y)[x];
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
    return high > low ? (high - low) / 512.0 : 1;
}

static void solve_variation(work *w)
{
    up_solving *s = w->s;
    const double level = level_of(s), samples = (double)s->x.height * s->x.width;
    double change = INFINITY;
    while (w->steps < w->most && change > LEAST_CHANGE * level) {
        const int before = w->steps;
        const up_plane spare[2] = { w->direction, w->pull };
        w->lambda = variation_lambda(s, up_gradient_weigh(s, &w->weight, &s->x, level, spare));
        up_plane_copy(s, &w->before, &s->x);
        if (!make_steps(w, w->most - before < ROUND ? w->most - before : ROUND) ||
            w->steps == before)
            return;
        up_plane_subtract(s, &w->before, &w->before, &s->x);
        change = sqrt(up_plane_dot(s, &w->before, &w->before) / samples);
    }
}

void up_least_squares_solve(up_solving *s, bool variation)
{
    const int *sharp = s->blurring->sharp, *seen = s->blurring->seen;
    up_plane_room room = { s->memory };
    work w = { .s = s,
               .direction = up_plane_take(&room, sharp),
               .pull = up_plane_take(&room, sharp),
               .residual = up_plane_take(&room, seen),
               .blurred = up_plane_take(&room, seen),
               .most =
                   up_solver_iterations(s->how, variation ? UP_SOLVER_TV : UP_SOLVER_TIKHONOV) };
    if (variation) {
        w.weight = up_plane_take(&room, sharp);
        w.before = up_plane_take(&room, sharp);
        solve_variation(&w);
        return;
    }
    w.lambda = up_tikhonov_lambda(s);
    make_steps(&w, w.most);
}
