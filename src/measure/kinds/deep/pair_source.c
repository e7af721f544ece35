/* SPDX-License-Identifier: MIT */
#include "measure/kinds/deep/pair_source.h"

#include "base/memory.h"

#include <string.h>

enum { PLANES = 3 };

typedef struct {
    up_source source;
    const up_measured *measured;
    float *row;
    int y;
} pair_source;

up_format up_pair_format(const up_measured *m)
{
    return (up_format){ .width = m->width,
                        .height = m->height,
                        .channels = 2 * PLANES,
                        .frames = 1,
                        .sample = UP_SAMPLE_F32,
                        .color = UP_COLOR_TENSOR,
                        .planar = true,
                        .depth = 32 };
}

static up_status read_rows(up_source *base, void *const *row, int count, up_error *error)
{
    (void)error;
    pair_source *s = (pair_source *)base;
    const up_measured *m = s->measured;
    for (int i = 0; i < count; i++, s->y++)
        for (int picture = 0; picture < 2; picture++) {
            up_measured_row(m, picture, s->y, s->row);
            for (int c = 0; c < PLANES; c++)
                memcpy(row[(PLANES * picture + c) * count + i], s->row + (size_t)c * m->stride,
                       (size_t)m->width * sizeof(float));
        }
    return UP_OK;
}

static void close_pair(up_source *base)
{
    up_free(((pair_source *)base)->row);
}

up_status up_pair_source_open(up_source **source, const up_measured *m, up_error *error)
{
    pair_source *s = up_alloc_zero(1, sizeof *s);
    *source = s ? &s->source : NULL;
    if (!s)
        return up_fail_memory(error, "pictures to measure", sizeof *s);
    up_metadata_init(&s->source.metadata);
    s->source.type = s->source.name = "pictures";
    s->source.format = up_pair_format(m);
    s->source.read = read_rows;
    s->source.close = close_pair;
    s->measured = m;
    s->row = up_alloc_zero(up_measured_row_floats(m), sizeof(float));
    if (s->row)
        return UP_OK;
    up_source_close(source);
    return up_fail_memory(error, "pictures to measure", up_measured_row_floats(m) * sizeof(float));
}
