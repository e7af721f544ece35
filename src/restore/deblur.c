/* SPDX-License-Identifier: MIT */
#include "restore/deblur.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"
#include "restore/solve/solver.h"

#include <math.h>
#include <string.h>

/* How Tikhonov's result is found; that of total variation begins with it. */
typedef enum { BY_STEPS, BY_COSINES, BY_AXES } way;

typedef struct {
    up_op op;
    up_blur blur;
    up_deblurring how;
    int sharp[2], seen[2];
    way way;
} deblur_op;

int up_solver_iterations(const up_deblurring *how, up_solver solver)
{
    if (how->iterations)
        return how->iterations;
    return solver == UP_SOLVER_TV ? 100 : solver == UP_SOLVER_RL ? 50 : 200;
}

static up_plane_count planes_of(up_solver solver)
{
    return solver == UP_SOLVER_TV   ? up_variation_planes
           : solver == UP_SOLVER_RL ? up_richardson_lucy_planes
                                    : up_tikhonov_planes;
}

static size_t plane_bytes(const deblur_op *op)
{
    const up_plane_count planes = planes_of(op->how.solver);
    const size_t sharp = up_round_up(up_plane_floats(op->sharp), UP_LANES);
    const size_t seen = up_round_up(up_plane_floats(op->seen), UP_LANES);
    return (planes.sharp * sharp + planes.seen * seen) * sizeof(float);
}

/* ---- a first guess: what is seen, where nothing was reduced, else spread out again */

static void guess_reduced(up_solving *s)
{
    const up_blurring *b = s->blurring;
    up_plane_room room = { s->memory };
    const up_plane weight = up_plane_take(&room, b->sharp), ones = up_plane_take(&room, b->seen);
    for (int y = 0; y < ones.height; y++)
        for (int x = 0; x < ones.width; x++)
            up_plane_row(&ones, y)[x] = 1;
    up_blurring_adjoint(b, &weight, &ones);
    up_blurring_adjoint(b, &s->x, &s->seen);
    const double sum = up_blur_sum(b->blur);
    const double usual = fabs(sum) / (b->blur->stride[0] * b->blur->stride[1]);
    for (int y = 0; y < weight.height; y++)
        for (int x = 0; x < weight.width; x++) {
            const double w = up_plane_row(&weight, y)[x];
            float *to = up_plane_row(&s->x, y) + x;
            *to = (float)(*to / (sum * (fabs(w) > 0.1 * usual ? w : copysign(usual, sum))));
        }
}

static void guess(up_solving *s)
{
    const up_blur *blur = s->blurring->blur;
    const float factor = (float)(1 / up_blur_sum(blur));
    if (blur->stride[0] * blur->stride[1] > 1) {
        guess_reduced(s);
        return;
    }
    for (int y = 0; y < s->x.height; y++)
        for (int x = 0; x < s->x.width; x++)
            up_plane_row(&s->x, y)[x] = factor * up_plane_row(&s->seen, y)[x];
}

/* ---- all planes */

static up_status check_samples(const up_solving *s, bool positive, up_error *error)
{
    for (int y = 0; y < s->seen.height; y++)
        for (int x = 0; x < s->seen.width; x++) {
            const float v = up_plane_row(&s->seen, y)[x];
            if (!isfinite(v))
                return up_fail(error, UP_ERROR_INPUT,
                               "row %d, column %d is no finite number: a convolution that spread "
                               "it cannot be undone",
                               y, x);
            if (positive && v < 0)
                return up_fail(error, UP_ERROR_INPUT,
                               "row %d, column %d is %g: Richardson-Lucy is for samples that are "
                               "not negative; --solver tikhonov or tv takes all",
                               y, x, v);
        }
    return UP_OK;
}

/* All there is to it for Tikhonov, and the first tenth for total variation. */
static up_status solve_at_once(const deblur_op *op, up_solving *s, up_error *error)
{
    const double whole = s->share, share = op->how.solver == UP_SOLVER_TV ? whole / 10 : whole;
    if (op->way == BY_STEPS)
        return UP_OK;
    s->share = share;
    UP_TRY(op->way == BY_COSINES ? up_cosine_solve(s, error) : up_separable_solve(s, error));
    s->done += share;
    s->share = whole - share;
    return UP_OK;
}

static up_status solve(const deblur_op *op, up_solving *s, up_error *error)
{
    UP_TRY(check_samples(s, op->how.solver == UP_SOLVER_RL, error));
    guess(s);
    UP_TRY(solve_at_once(op, s, error));
    if (op->how.solver == UP_SOLVER_RL)
        up_richardson_lucy_solve(s);
    else if (op->how.solver == UP_SOLVER_TV || op->way == BY_STEPS)
        up_least_squares_solve(s, op->how.solver == UP_SOLVER_TV);
    return UP_OK;
}

static up_plane plane_of(void *rows, size_t row_bytes, size_t plane_bytes, int channel,
                         const int size[2])
{
    return (up_plane){ .data = (float *)((char *)rows + channel * plane_bytes),
                       .stride = row_bytes / sizeof(float),
                       .height = size[0],
                       .width = size[1] };
}

static up_status solve_all(const deblur_op *op, up_solving *s, up_error *error)
{
    const int channels = op->op.out.channels;
    const up_whole *whole = s->whole;
    for (int c = 0; c < channels; c++) {
        s->done = (double)c / channels;
        s->share = 1.0 / channels;
        s->seen = plane_of(whole->rows, whole->row_bytes, whole->plane_bytes, c, op->seen);
        s->x = plane_of(whole->result, whole->result_row_bytes, whole->result_plane_bytes, c,
                        op->sharp);
        UP_TRY(solve(op, s, error));
        s->done = (c + 1.0) / channels;
        if (!up_solving_goes_on(s, 0))
            return UP_OK;
    }
    return UP_OK;
}

static up_status finish(const up_op *base, const up_whole *whole, up_error *error)
{
    const deblur_op *op = (const deblur_op *)base;
    up_blurring blurring;
    UP_TRY(up_blurring_init(&blurring, &op->blur, op->sharp, op->seen, whole->threads, error));
    up_solving s = { .blurring = &blurring,
                     .how = &op->how,
                     .whole = whole,
                     .sums = up_alloc(op->sharp[0], sizeof(double)),
                     .memory = up_alloc_zero(plane_bytes(op), 1) };
    up_status status = s.sums && s.memory
                           ? solve_all(op, &s, error)
                           : up_fail_memory(error, "a deconvolution", plane_bytes(op));
    up_free(s.sums);
    up_free(s.memory);
    up_blurring_free(&blurring);
    return status;
}

/* ---- the op */

static void run_deblur(const up_op *op, const up_window *in, const up_target *to)
{
    const size_t bytes = (size_t)(to->x1 - to->x0) * sizeof(float);
    for (int c = 0; c < op->out.channels; c++)
        memcpy((float *)to->row[c] + to->x0,
               (const float *)in->row[c * in->count + to->y - in->first] + to->x0, bytes);
}

static void free_deblur(up_op *base)
{
    up_blur_close(&((deblur_op *)base)->blur);
    up_free(base);
}

static up_status check(const up_blur *blur, const up_deblurring *how, up_error *error)
{
    if (how->solver == UP_SOLVER_RL && how->regularise >= 0)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--solver rl is regularised by how few its --iterations are, not by "
                       "--regularise");
    for (int i = 0; i < blur->kernel[0] * blur->kernel[1]; i++)
        if (how->solver == UP_SOLVER_RL && blur->weight[i] < 0)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "--solver rl is for kernels without negative elements; --solver "
                           "tikhonov or tv takes all");
    return UP_OK;
}

#define TILE_WORK 8e3 /* of a pixel: the products of two rounds */

/* Of the convolution and its adjoint, each step; a transform is as much as a few of those. */
static double work_of(const deblur_op *op)
{
    const up_blur *blur = &op->blur;
    const double samples = (double)op->seen[0] * op->seen[1] * op->op.out.channels;
    const double taps = blur->axis[0] ? blur->kernel[0] * blur->stride[1] + blur->kernel[1]
                                      : (double)blur->kernel[0] * blur->kernel[1];
    const bool once = op->how.solver == UP_SOLVER_TIKHONOV && op->way != BY_STEPS;
    const int steps = once ? 0 : up_solver_iterations(&op->how, op->how.solver);
    const double first = op->way == BY_AXES ? TILE_WORK : op->way == BY_COSINES ? 20 * taps : 0;
    return samples * (2 * taps * steps + first);
}

static size_t bytes_of(const deblur_op *op, int threads)
{
    return up_alloc_bytes(plane_bytes(op)) + up_alloc_bytes(op->sharp[0] * sizeof(double)) +
           up_blurring_bytes(&op->blur, op->sharp, op->seen, threads) +
           (op->way == BY_COSINES ? up_cosine_solve_bytes(op->sharp, threads)
            : op->way == BY_AXES  ? up_separable_solve_bytes(&op->blur, op->sharp, threads)
                                  : 0);
}

up_status up_deblur_plan(up_op **result, const up_shape *in, const int size[2], const up_blur *blur,
                         const up_deblurring *how, int threads, up_error *error)
{
    UP_TRY(check(blur, how, error));
    deblur_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    if (up_blur_copy(&op->blur, blur, error) != UP_OK) {
        up_free(op);
        return UP_ERROR_MEMORY;
    }
    op->op = (up_op){
        .name = "deblur",
        .in = { *in },
        .out = { in->width, in->height, in->channels, sizeof(float), true },
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = run_deblur,
        .finish = finish,
        .result = up_float_shape(size[1], size[0], in->channels),
        .free = free_deblur,
    };
    op->how = *how;
    op->way = op->how.solver == UP_SOLVER_RL  ? BY_STEPS
              : up_cosine_suits(&op->blur)    ? BY_COSINES
              : up_separable_suits(&op->blur) ? BY_AXES
                                              : BY_STEPS;
    for (int a = 0; a < 2; a++) {
        op->sharp[a] = size[a];
        op->seen[a] = a ? in->width : in->height;
    }
    op->op.finish_multiply_adds = work_of(op);
    op->op.finish_bytes = bytes_of(op, threads);
    *result = &op->op;
    return UP_OK;
}
