/* SPDX-License-Identifier: MIT */
/* Natural image quality evaluator: how far the statistics of blocks are from those of photographs.
 */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "measure/kinds/deep/metric_weights.h"
#include "measure/kinds/niqe/niqe_features.h"
#include "measure/row_bands.h"

#include <math.h>
#include <string.h>

enum { SCALES = 2, ALL = SCALES * UP_NIQE_FEATURES, SIDE = UP_NIQE_SIDE };

/* The means of natural features, and the lower half of their covariance. */
enum { MODEL = ALL + ALL * (ALL + 1) / 2 };

static const double own_model[MODEL] = {
#include "measure/kinds/niqe/niqe_model.inc"
};

static void take_model(double model[MODEL], const up_metric_weights *w)
{
    const bool given = w && w->mean;
    memcpy(model, own_model, sizeof own_model);
    for (int k = 0; k < ALL && given; k++)
        model[k] = (double)w->mean[k];
    for (int k = 0, i = ALL; k < ALL && given; k++)
        for (int j = 0; j <= k; j++)
            model[i++] = (double)w->covariance[k * ALL + j];
}

/* -------------------------------------------------------------- planes */

typedef struct {
    const up_measured *measured;
    int plane, width, height; /* as whole blocks */
    float *fine, *coarse;
} planes;

static void read_rows(void *user, int y0, int y1, float *scratch)
{
    const planes *p = user;
    for (int y = y0; y < y1; y++) {
        up_measured_row(p->measured, 1, y, scratch);
        const float *from = scratch + (size_t)p->plane * p->measured->stride;
        for (int x = 0; x < p->width; x++)
            p->fine[(size_t)y * (size_t)p->width + (size_t)x] = from[x];
    }
}

/* Mirrored at the edges, which are repeated. */
static int mirrored(int i, int n)
{
    return i < 0 ? -1 - i : i >= n ? 2 * n - 1 - i : i;
}

/* As MATLAB's imresize halves: bicubic, of twice the width. */
static void halve_rows(void *user, int y0, int y1, float *scratch)
{
    enum { TAPS = 8, BEFORE = 3 };
    static const float tap[TAPS] = { -0.01171875f, -0.03515625f, 0.11328125f,  0.43359375f,
                                     0.43359375f,  0.11328125f,  -0.03515625f, -0.01171875f };
    const planes *p = user;
    for (int y = y0; y < y1; y++) {
        for (int x = 0; x < p->width; x++) {
            scratch[x] = 0;
            for (int t = 0; t < TAPS; t++) {
                const int from = mirrored(2 * y + t - BEFORE, p->height);
                scratch[x] += tap[t] * p->fine[(size_t)from * (size_t)p->width + (size_t)x];
            }
        }
        float *to = p->coarse + (size_t)y * (size_t)(p->width / 2);
        for (int x = 0; x < p->width / 2; x++) {
            to[x] = 0;
            for (int t = 0; t < TAPS; t++)
                to[x] += tap[t] * scratch[mirrored(2 * x + t - BEFORE, p->width)];
        }
    }
}

/* -------------------------------------------------------------- features of blocks */

typedef struct {
    double feature[ALL];
    bool there;
} block;

typedef struct {
    const planes *planes;
    const up_niqe_shapes *shapes;
    block *block;
    double model[MODEL];
} looking;

static void look_at_blocks(void *user, int first, int end, float *scratch)
{
    const looking *l = user;
    const planes *p = l->planes;
    const up_niqe_plane plane[SCALES] = { { p->fine, p->width, p->height },
                                          { p->coarse, p->width / 2, p->height / 2 } };
    for (int i = first; i < end; i++) {
        const int across = p->width / SIDE, x = i % across * SIDE, y = i / across * SIDE;
        block *b = &l->block[i];
        b->there = true;
        for (int s = 0; s < SCALES && b->there; s++)
            b->there = up_niqe_block(b->feature + s * UP_NIQE_FEATURES, &plane[s], x >> s, y >> s,
                                     SIDE >> s, l->shapes, (double *)(void *)scratch);
    }
}

/* -------------------------------------------------------------- the distance */

typedef struct {
    double off[ALL], covariance[ALL][ALL]; /* the lower half */
} statistics;

static int add_up(statistics *s, const block *b, int blocks, const double *natural)
{
    int count = 0;
    double mean[ALL] = { 0 };
    *s = (statistics){ 0 };
    for (int i = 0; i < blocks; i++) {
        count += b[i].there;
        for (int k = 0; k < ALL && b[i].there; k++)
            mean[k] += b[i].feature[k];
    }
    for (int k = 0; k < ALL && count > 0; k++) {
        mean[k] /= count;
        s->off[k] = mean[k] - natural[k];
    }
    for (int i = 0; i < blocks && count > 1; i++)
        for (int k = 0; k < ALL && b[i].there; k++)
            for (int j = 0; j <= k; j++)
                s->covariance[k][j] +=
                    (b[i].feature[k] - mean[k]) * (b[i].feature[j] - mean[j]) / (count - 1);
    return count;
}

/* Mahalanobis's, with the mean of both covariances: L L^T is that, and what is summed up is the
 * square of L^-1 off. */
static double distance(statistics *s, const double *natural)
{
    const double *of_natural = natural + ALL;
    double sum = 0;
    for (int k = 0; k < ALL; k++) {
        double *row = s->covariance[k], rest = s->off[k];
        for (int j = 0; j <= k; j++) {
            double v = (row[j] + *of_natural++) / 2;
            for (int i = 0; i < j; i++)
                v -= row[i] * s->covariance[j][i];
            row[j] = j < k ? v / s->covariance[j][j] : sqrt(v);
        }
        for (int j = 0; j < k; j++)
            rest -= row[j] * s->off[j];
        s->off[k] = rest / row[k];
        sum += s->off[k] * s->off[k];
    }
    return sqrt(sum);
}

/* -------------------------------------------------------------- the measure */

static up_status measure_plane(double *value, planes *p, looking *l, up_error *error)
{
    const up_measured *m = p->measured;
    const int blocks = p->width / SIDE * (p->height / SIDE);
    const up_row_bands reading = { m->threads, p->height, 16, up_measured_row_floats(m),
                                   m->cancel };
    const up_row_bands halving = { m->threads, p->height / 2, 16, (size_t)p->width, m->cancel };
    const up_row_bands each = { m->threads, blocks, 1, 2 * up_niqe_scratch(), m->cancel };
    UP_TRY(up_row_bands_run(&reading, read_rows, p, error));
    UP_TRY(up_row_bands_run(&halving, halve_rows, p, error));
    UP_TRY(up_row_bands_run(&each, look_at_blocks, l, error));
    statistics s;
    if (add_up(&s, l->block, blocks, l->model) == 0)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "NIQE needs detail, and the picture is flat");
    *value = distance(&s, l->model);
    if (isfinite(*value))
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "NIQE: cov, of --metric-weights, is the covariance of nothing");
}

static up_status measure_planes(double *value, planes *p, looking *l, up_error *error)
{
    *value = 0;
    for (p->plane = 0; p->plane < p->measured->planes; p->plane++) {
        double one = 0;
        UP_TRY(measure_plane(&one, p, l, error));
        *value += one / p->measured->planes;
    }
    return UP_OK;
}

static up_status niqe(double *value, const up_pixels *a, const up_pixels *b,
                      const up_measuring *how, up_error *error)
{
    up_measured m;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, up_kind_niqe.info.title, SIDE, error));
    planes p = {
        .measured = &m,
        .width = m.width / SIDE * SIDE,
        .height = m.height / SIDE * SIDE,
    };
    const size_t pixels = (size_t)p.width * (size_t)p.height, blocks = pixels / (SIDE * SIDE);
    const size_t bytes = pixels * sizeof(float) / 4 * 5 + blocks * sizeof(block);
    UP_TRY(up_measure_holds(&m, up_kind_niqe.info.title, bytes, error));
    up_niqe_shapes *shapes = up_alloc(1, sizeof *shapes);
    looking l = { .planes = &p, .shapes = shapes, .block = up_alloc(blocks, sizeof(block)) };
    take_model(l.model, how ? how->weights : NULL);
    p.fine = up_alloc(pixels / 4 * 5, sizeof(float));
    up_status status = UP_OK;
    if (!shapes || !l.block || !p.fine) {
        status = up_fail_memory(error, "blocks", bytes);
    } else {
        p.coarse = p.fine + pixels;
        up_niqe_shapes_init(shapes);
        status = measure_planes(value, &p, &l, error);
    }
    up_free(p.fine);
    up_free(l.block);
    up_free(shapes);
    return status;
}

const up_measure_kind up_kind_niqe = {
    { "niqe", "NIQE", "distance from natural statistics, without a reference", true, 3, true,
      false },
    niqe,
    NULL,
};
