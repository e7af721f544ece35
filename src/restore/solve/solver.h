/* SPDX-License-Identifier: MIT */
/* What the ways to undo a blur share. */
#ifndef UP_RESTORE_SOLVER_H
#define UP_RESTORE_SOLVER_H

#include "restore/blur/blurring.h"
#include "restore/solve/deblurring.h"

/* One plane. `x` holds the result. */
typedef struct {
    const up_blurring *blurring;
    const up_deblurring *how;
    up_plane seen, x;
    double *sums;  /* one for each row of x */
    float *memory; /* of the planes that a solver needs: see its planes() */
    const up_whole *whole;
    double done, share; /* of all channels: those before, and this one */
} up_solving;

/* Tells how much of this plane is done; false: stop. */
bool up_solving_goes_on(const up_solving *s, double done);

/* Planes of the size of sharp and of seen. */
typedef struct {
    int sharp, seen;
} up_plane_count;

/* Takes the next plane from s->memory. */
typedef struct {
    float *next;
} up_plane_room;

up_plane up_plane_take(up_plane_room *room, const int size[2]);
size_t up_plane_floats(const int size[2]);

/* The sum over all of a[i] * b[i], in double and in an order of its own. */
double up_plane_dot(const up_solving *s, const up_plane *a, const up_plane *b);

/* a += factor * b */
void up_plane_add(const up_solving *s, const up_plane *a, double factor, const up_plane *b);

/* a = b + factor * a */
void up_plane_add_to(const up_solving *s, const up_plane *a, double factor, const up_plane *b);

/* a = b */
void up_plane_copy(const up_solving *s, const up_plane *a, const up_plane *b);

/* a = b - c */
void up_plane_subtract(const up_solving *s, const up_plane *a, const up_plane *b,
                       const up_plane *c);

/* ---- the gradient, whose square may be weighted pixel by pixel; weight->data NULL: 1 */

/* r -= lambda * grad^T(weight * grad x) */
void up_gradient_pull(const up_solving *s, const up_plane *r, double lambda, const up_plane *x,
                      const up_plane *weight);
/* sum of weight * |grad x|^2 */
double up_gradient_energy(const up_solving *s, const up_plane *x, const up_plane *weight);
/* weight = mean of 1 / sqrt(mean of |grad x|^2 + level^2), both around each pixel; returns the sum
 * of |grad x|. */
double up_gradient_weigh(const up_solving *s, const up_plane *weight, const up_plane *x,
                         double level, const up_plane spare[2]);

/* ---- the solvers; x holds a first guess. Interrupted, they return. */

extern const up_plane_count up_tikhonov_planes, up_variation_planes, up_richardson_lucy_planes;

/* Conjugate gradients: Tikhonov's, or total variation. */
void up_least_squares_solve(up_solving *s, bool variation);
void up_richardson_lucy_solve(up_solving *s);

/* Tikhonov's in one step, where the blur is a product of cosines: even, of stride 1, reflected. */
bool up_cosine_suits(const up_blur *blur);
up_status up_cosine_solve(up_solving *s, up_error *error);
size_t up_cosine_solve_bytes(const int size[2], int threads);

/* Tikhonov's for all products of stride 1, in one step too. */
bool up_separable_suits(const up_blur *blur);
up_status up_separable_solve(up_solving *s, up_error *error);
size_t up_separable_solve_bytes(const up_blur *blur, const int size[2], int threads);

/* By the rule, for x. */
double up_tikhonov_lambda(const up_solving *s);

/* As often is it solved, since that lambda follows from the result. */
static inline int up_tikhonov_rounds(const up_solving *s)
{
    return s->how->regularise >= 0 && s->how->solver == UP_SOLVER_TIKHONOV ? 1 : 2;
}

/* Steps at most. */
int up_solver_iterations(const up_deblurring *how, up_solver solver);

#endif
