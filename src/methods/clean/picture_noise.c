/* SPDX-License-Identifier: MIT */
#include "methods/clean/picture_noise.h"

#include "base/memory.h"
#include "io/pixels.h"
#include "io/source_open.h"
#include "restore/noise.h"

#include <string.h>

enum { MOST_COLOURS = 4 };

typedef struct {
    up_noise *noise;
    const up_format *format;
    int colours;   /* channels that are measured: not alpha */
    void *raw;     /* a row, as it is in a file: all channels, or those of planes in turn */
    size_t plane;  /* bytes from plane to plane of `raw`; 0: they are interleaved */
    float *levels; /* [colours][width] */
    const volatile int *cancel;
} measuring;

static float level(const void *samples, size_t i, up_sample sample)
{
    return sample == UP_SAMPLE_U8    ? ((const uint8_t *)samples)[i]
           : sample == UP_SAMPLE_U16 ? (float)((const uint16_t *)samples)[i] / 257
                                     : ((const float *)samples)[i] * 255;
}

/* `row` of each plane, or of interleaved pixels the first. */
static void add_row(const measuring *m, const void *const *row)
{
    const size_t width = (size_t)m->format->width;
    const size_t step = m->format->planar ? 1 : (size_t)m->format->channels;
    const float *levels[MOST_COLOURS];
    for (int c = 0; c < m->colours; c++) {
        const void *from = m->format->planar ? row[c] : row[0];
        float *to = m->levels + (size_t)c * width;
        for (size_t x = 0; x < width; x++)
            to[x] = level(from, x * step + (m->format->planar ? 0 : (size_t)c), m->format->sample);
        levels[c] = to;
    }
    up_noise_add_row(m->noise, levels);
}

static up_status check_cancel(const measuring *m, up_error *error)
{
    return m->cancel && __atomic_load_n(m->cancel, __ATOMIC_RELAXED)
               ? up_fail(error, UP_ERROR_INTERRUPTED, "interrupted")
               : UP_OK;
}

static up_status add_mapped(const measuring *m, const up_pixels *pixels, up_error *error)
{
    for (int y = 0; y < m->format->height; y++) {
        const void *row[MOST_COLOURS];
        for (int c = 0; c < m->colours; c++)
            row[c] = (const char *)pixels->data + (size_t)c * pixels->plane_stride +
                     (size_t)y * pixels->row_stride;
        UP_TRY(check_cancel(m, error));
        add_row(m, row);
    }
    return UP_OK;
}

static up_status add_read(const measuring *m, up_source *source, up_error *error)
{
    void *row[MOST_COLOURS + 1];
    for (int c = 0; c < m->format->channels; c++)
        row[c] = (char *)m->raw + (size_t)c * m->plane;
    for (int y = 0; y < m->format->height; y++) {
        UP_TRY(check_cancel(m, error));
        UP_TRY(up_source_read(source, row, 1, error));
        add_row(m, (const void *const *)row);
    }
    return UP_OK;
}

static bool same_format(const up_format *a, const up_format *b)
{
    return a->width == b->width && a->height == b->height && a->channels == b->channels &&
           a->sample == b->sample && a->planar == b->planar;
}

/* By a source of its own, which a page is not found by: its name is that of them all. */
static up_status add_file(const measuring *m, const up_source *first, const char *path,
                          up_error *error)
{
    up_source *source;
    UP_TRY(up_source_open(&source, path, error));
    source->strict = first->strict;
    up_status status = same_format(&source->format, &first->format)
                           ? add_read(m, source, error)
                           : up_fail(error, UP_ERROR_INPUT,
                                     "%s: was replaced by another picture while it was read", path);
    up_source_close(&source);
    return status;
}

static up_status open_measuring(measuring *m, const up_source *source, up_error *error)
{
    const up_format *f = m->format = &source->format;
    const double unit = f->sample == UP_SAMPLE_U8    ? 1
                        : f->sample == UP_SAMPLE_U16 ? 1.0 / 257
                                                     : 1e-5;
    const size_t width = (size_t)f->width, pixel = up_sample_size(f->sample) * (size_t)f->channels;
    m->colours = f->channels - (up_color_has_alpha(f->color) ? 1 : 0);
    m->plane = f->planar ? width * up_sample_size(f->sample) : 0;
    m->raw = up_alloc(width, pixel);
    m->levels = up_alloc(width, (size_t)m->colours * sizeof *m->levels);
    if (!m->raw || !m->levels)
        return up_fail_memory(error, "measuring noise", width * pixel);
    return up_noise_open(&m->noise, f->width, f->height, m->colours, unit, error);
}

static up_status measure(measuring *m, up_source *source, const up_options *options,
                         up_error *error)
{
    const char *path = source->reader && !source->part ? up_reader_path(source->reader) : NULL;
    if (!path && source->next)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: frames that come by a pipe are not measured for noise: say how much to "
                       "clean away (--clean), or save them to a file",
                       source->name);
    UP_TRY(open_measuring(m, source, error));
    if (!path)
        UP_TRY(up_source_hold(source, options->max_memory, m->cancel, error));
    return path ? add_file(m, source, path, error) : add_mapped(m, &source->mapped, error);
}

up_status up_picture_noise(up_source *source, const up_options *options, double *noise,
                           up_error *error)
{
    measuring m = { .cancel = options->cancel };
    if (source->format.color == UP_COLOR_TENSOR)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: is a tensor, whose noise is not known",
                       source->name);
    if (source->noise.found) {
        *noise = source->noise.deviation;
        return UP_OK;
    }
    up_status status = measure(&m, source, options, error);
    if (status == UP_OK)
        *noise = up_noise_deviation(m.noise);
    source->noise.found = status == UP_OK;
    source->noise.deviation = *noise;
    up_noise_close(&m.noise);
    up_free(m.levels);
    up_free(m.raw);
    return status;
}
