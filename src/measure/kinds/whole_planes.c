/* SPDX-License-Identifier: MIT */
#include "measure/kinds/whole_planes.h"

#include "base/memory.h"
#include "measure/row_bands.h"

typedef struct {
    const up_measured *measured;
    const up_whole_planes *whole;
    int step;
} reading;

/* Adds the pixels around each that is kept, from row `row` of the picture. */
static void add_row(const reading *r, int plane, const float *row, float *sum)
{
    const up_measured *m = r->measured;
    const float *from = row + (size_t)plane * m->stride;
    for (int x = 0; x < r->whole->width; x++) {
        const int last = x * r->step + r->step / 2, first = last - r->step + 1;
        for (int i = up_max(first, 0); i <= up_min(last, m->width - 1); i++)
            sum[x] += from[i];
    }
}

static void read_rows(void *user, int y0, int y1, float *scratch)
{
    const reading *r = user;
    const up_measured *m = r->measured;
    for (int y = y0; y < y1; y++)
        for (int picture = 0; picture < 2; picture++) {
            const int last = y * r->step + r->step / 2, first = last - r->step + 1;
            for (int i = up_max(first, 0); i <= up_min(last, m->height - 1); i++) {
                up_measured_row(m, picture, i, scratch);
                for (int c = 0; c < m->planes; c++)
                    add_row(r, c, scratch, (float *)up_whole_row(r->whole, picture, c, y));
            }
            const float share = 1.0f / (float)(r->step * r->step);
            for (int c = 0; c < m->planes; c++) {
                float *row = (float *)up_whole_row(r->whole, picture, c, y);
                for (int x = 0; x < r->whole->width; x++)
                    row[x] *= share;
            }
        }
}

up_status up_whole_planes_read(up_whole_planes *whole, const up_measured *m, int step,
                               up_error *error)
{
    size_t count;
    *whole = (up_whole_planes){ .width = (m->width + step - 1) / step,
                                .height = (m->height + step - 1) / step,
                                .planes = m->planes };
    bool fits = up_mul((size_t)whole->width, (size_t)whole->height, &count) &&
                up_mul(count, (size_t)m->planes, &count);
    for (int i = 0; i < 2; i++)
        whole->value[i] = fits ? up_alloc_zero(count, sizeof(float)) : NULL;
    if (!whole->value[0] || !whole->value[1]) {
        up_whole_planes_clear(whole);
        return up_fail_memory(error, "pictures to measure", fits ? 2 * count * sizeof(float) : 0);
    }
    reading r = { m, whole, step };
    const up_row_bands bands = { m->threads, whole->height, 16, up_measured_row_floats(m),
                                 m->cancel };
    up_status status = up_row_bands_run(&bands, read_rows, &r, error);
    if (status != UP_OK)
        up_whole_planes_clear(whole);
    return status;
}

void up_whole_planes_clear(up_whole_planes *whole)
{
    up_free(whole->value[0]);
    up_free(whole->value[1]);
    *whole = (up_whole_planes){ 0 };
}
