/* SPDX-License-Identifier: MIT */
/* What a picture tells of itself, without a reference: blocks and sharpness. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "measure/row_bands.h"

#include <math.h>

enum { SIDE = 8, LEAST = 2 * SIDE, BAND = 16 };

typedef struct {
    double step[2], count[2]; /* between blocks; within them */
    double sum, squares;      /* of the Laplacian */
} traits;

typedef struct {
    const up_measured *measured;
    traits *row;
} looking;

static void add_step(traits *t, int place, double a, double b)
{
    const int within = place % SIDE != 0;
    t->step[within] += fabs(a - b);
    t->count[within]++;
}

/* Of row y and the two beside it; `above` is NULL for the first, `below` for the last. Blocks begin
 * where the picture does, not at the border. */
static void look(traits *t, const up_measured *m, const float *above, const float *row,
                 const float *below, int y)
{
    const int n = m->width;
    for (int x = 0; x < n; x++) {
        const double here = (double)row[x];
        if (x > 0)
            add_step(t, m->border + x, here, (double)row[x - 1]);
        if (above)
            add_step(t, m->border + y, here, (double)above[x]);
        if (!above || !below || x == 0 || x == n - 1)
            continue;
        const double around =
            (double)above[x] + (double)below[x] + (double)row[x - 1] + (double)row[x + 1];
        t->sum += around - 4 * here;
        t->squares += (around - 4 * here) * (around - 4 * here);
    }
}

static void look_at_rows(void *user, int y0, int y1, float *scratch)
{
    const looking *l = user;
    const up_measured *m = l->measured;
    const size_t size = up_measured_row_floats(m);
    float *row[3] = { scratch, scratch + size, scratch + 2 * size };
    for (int y = y0 - 1; y <= y1; y++) {
        if (y >= 0 && y < m->height)
            up_measured_row(m, 1, y, row[(y + 1) % 3]);
        const int middle = y - 1;
        if (middle < y0)
            continue;
        traits t = { 0 };
        for (size_t c = 0; c < (size_t)m->planes; c++)
            look(&t, m, middle > 0 ? row[middle % 3] + c * m->stride : NULL,
                 row[(middle + 1) % 3] + c * m->stride,
                 middle + 1 < m->height ? row[(middle + 2) % 3] + c * m->stride : NULL, middle);
        l->row[middle] = t;
    }
}

static up_status measure(traits *all, const up_measured *m, up_error *error)
{
    looking l = { m, up_alloc((size_t)m->height, sizeof(traits)) };
    if (!l.row)
        return up_fail_memory(error, "sums of rows", (size_t)m->height * sizeof(traits));
    const up_row_bands bands = { m->threads, m->height, BAND, 3 * up_measured_row_floats(m),
                                 m->cancel };
    up_status status = up_row_bands_run(&bands, look_at_rows, &l, error);
    *all = (traits){ 0 };
    for (int y = 0; y < m->height && status == UP_OK; y++) {
        for (int i = 0; i < 2; i++) {
            all->step[i] += l.row[y].step[i];
            all->count[i] += l.row[y].count[i];
        }
        all->sum += l.row[y].sum;
        all->squares += l.row[y].squares;
    }
    up_free(l.row);
    return status;
}

static up_status blockiness(double *value, const up_pixels *a, const up_pixels *b,
                            const up_measuring *how, up_error *error)
{
    up_measured m;
    traits t;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, up_kind_blockiness.info.title, LEAST, error));
    UP_TRY(measure(&t, &m, error));
    const double between = t.step[0] / t.count[0], within = t.step[1] / t.count[1];
    *value = within > 0 ? between / within : between > 0 ? (double)INFINITY : 1;
    return UP_OK;
}

static up_status sharpness(double *value, const up_pixels *a, const up_pixels *b,
                           const up_measuring *how, up_error *error)
{
    up_measured m;
    traits t;
    UP_TRY(up_measured_init(&m, a, b, how, error));
    UP_TRY(up_measure_needs(&m, up_kind_sharpness.info.title, 3, error));
    UP_TRY(measure(&t, &m, error));
    const double count = (double)(m.width - 2) * (m.height - 2) * m.planes;
    *value = sqrt(fmax(t.squares / count - t.sum / count * t.sum / count, 0));
    return UP_OK;
}

const up_measure_kind up_kind_blockiness = {
    { "blockiness", "blocks", "steps between blocks of 8x8, without a reference", true, 3, true,
      false },
    blockiness,
    NULL,
};

const up_measure_kind up_kind_sharpness = {
    { "sharpness", "sharpness", "deviation of the Laplacian, without a reference", false, 2, true,
      false },
    sharpness,
    NULL,
};
