/* SPDX-License-Identifier: MIT */
#include "measure/measured.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/pixels.h"
#include "methods/luma.h"
#include "ops/arrange/planes.h"

#include <string.h>

enum { MOST_CHANNELS = 4, PADDING = 32 };

static bool is_grey(const up_format *f)
{
    return f->channels - (up_color_has_alpha(f->color) ? 1 : 0) == 1;
}

static up_status check_picture(up_pixels *checked, const up_pixels *pixels, up_error *error)
{
    UP_TRY(up_pixels_check(checked, pixels, error));
    const up_format *f = &checked->format;
    if (f->color == UP_COLOR_TENSOR && f->channels != 1 && f->channels != 3)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "a tensor of %d channels is no picture to measure; 1 or 3 are", f->channels);
    return UP_OK;
}

static up_status check_border(up_measured *m, int border, up_error *error)
{
    const up_format *f = &m->picture[0].format;
    if (border < 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "a border cannot be %d", border);
    if (border >= (up_min(f->width, f->height) + 1) / 2)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "a border of %d leaves nothing of %dx%d",
                       border, f->width, f->height);
    m->border = border;
    m->width = f->width - 2 * border;
    m->height = f->height - 2 * border;
    return UP_OK;
}

up_status up_measured_init(up_measured *m, const up_pixels *a, const up_pixels *b,
                           const up_measuring *how, up_error *error)
{
    static const up_measuring usual;
    how = how ? how : &usual;
    *m = (up_measured){ .channel = how->channel,
                        .max_memory = how->max_memory,
                        .cancel = how->cancel };
    UP_TRY(check_picture(&m->picture[0], a, error));
    UP_TRY(check_picture(&m->picture[1], b, error));
    const up_format *f = &m->picture[0].format, *g = &m->picture[1].format;
    if (f->width != g->width || f->height != g->height)
        return up_fail(error, UP_ERROR_ARGUMENT, "pictures of %dx%d and %dx%d cannot be compared",
                       f->width, f->height, g->width, g->height);
    UP_TRY(check_border(m, how->border, error));
    m->threads = how->threads > 0 ? how->threads : up_machine_cores();
    m->planes = m->channel == UP_CHANNEL_RGB ? 3 : 1;
    m->colour = m->channel == UP_CHANNEL_RGB || !is_grey(f) || !is_grey(g);
    m->stride = up_round_up((size_t)m->width, UP_ALIGN / sizeof(float)) + PADDING;
    return UP_OK;
}

size_t up_measured_row_floats(const up_measured *m)
{
    return MOST_CHANNELS * m->stride;
}

static void unpack(const up_measured *m, const up_pixels *p, int y, float *const *plane)
{
    const up_format *f = &p->format;
    size_t pixel = up_sample_size(f->sample) * (f->planar ? 1 : (size_t)f->channels);
    const char *from =
        (const char *)p->data + (size_t)(y + m->border) * p->row_stride + (size_t)m->border * pixel;
    if (!f->planar)
        up_unpack_samples(plane, from, f->sample, f->channels, m->width);
    for (int c = 0; f->planar && c < f->channels; c++)
        up_unpack_samples(plane + c, from + (size_t)c * p->plane_stride, f->sample, 1, m->width);
}

/* NaN becomes 0, as it does in files. */
static void to_bytes(float *row, up_sample sample, int n)
{
    for (int x = 0; sample == UP_SAMPLE_U16 && x < n; x++)
        row[x] /= 257;
    for (int x = 0; sample == UP_SAMPLE_F32 && x < n; x++)
        row[x] = row[x] > 0 ? (row[x] < 1 ? 255 * row[x] : 255) : 0;
}

static void put_on_white(float *row, const float *alpha, int n)
{
    for (int x = 0; x < n; x++)
        row[x] = 255 + (row[x] - 255) * alpha[x] / 255;
}

static void take_ink(float *row, const float *black, int n)
{
    for (int x = 0; x < n; x++)
        row[x] = (255 - row[x]) * (255 - black[x]) / 255;
}

static void round_row(float *row, int n)
{
    for (int x = 0; x < n; x++)
        row[x] = (float)(int)(row[x] + 0.5f);
}

/* MATLAB's rgb2ycbcr, into the place of red. */
static void make_luma(float *r, const float *g, const float *b, int n)
{
    for (int x = 0; x < n; x++)
        r[x] = (float)(int)(16.5 + up_luma_studio((double)r[x], (double)g[x], (double)b[x]));
}

void up_measured_row(const up_measured *m, int picture, int y, float *row)
{
    const up_pixels *p = &m->picture[picture];
    const up_format *f = &p->format;
    float *plane[MOST_CHANNELS];
    for (int c = 0; c < MOST_CHANNELS; c++)
        plane[c] = row + (size_t)c * m->stride;
    unpack(m, p, y, plane);
    bool alpha = up_color_has_alpha(f->color), ink = f->color == UP_COLOR_CMYK;
    int colours = f->channels - (alpha || ink ? 1 : 0);
    for (int c = 0; c < f->channels; c++)
        to_bytes(plane[c], f->sample, m->width);
    for (int c = 0; c < colours && alpha; c++)
        put_on_white(plane[c], plane[colours], m->width);
    for (int c = 0; c < colours && ink; c++)
        take_ink(plane[c], plane[colours], m->width);
    for (int c = 1; c < 3 && m->colour && colours == 1; c++)
        memcpy(plane[c], plane[0], (size_t)m->width * sizeof(float));
    if (m->channel == UP_CHANNEL_Y && m->colour)
        make_luma(plane[0], plane[1], plane[2], m->width);
    else if (m->channel == UP_CHANNEL_Y)
        round_row(plane[0], m->width);
}
