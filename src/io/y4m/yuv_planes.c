/* SPDX-License-Identifier: MIT */
#include "io/y4m/yuv_planes.h"

#include "base/memory.h"

#include <string.h>

static size_t sum_of(const size_t *part, int count)
{
    size_t sum = 0;
    for (int i = 0; i < count; i++)
        if (!up_add(sum, part[i], &sum))
            return SIZE_MAX;
    return sum;
}

size_t up_yuv_planes_bytes(const up_yuv *yuv, const up_format *format)
{
    const size_t rows = (size_t)up_plane_side(yuv, 1, 0, format->height);
    const size_t columns = (size_t)up_plane_side(yuv, 1, 1, format->width);
    size_t chroma;
    if (yuv->planes == 1)
        return 0;
    if (!up_mul(rows, columns, &chroma) || !up_mul(chroma, 2 * sizeof(float), &chroma))
        return SIZE_MAX;
    const size_t parts[] = { chroma, 2 * (size_t)format->width * sizeof(float),
                             (rows + columns) * sizeof(up_yuv_taps), 2 * columns };
    return sum_of(parts, 4);
}

up_status up_yuv_planes_open(up_yuv_planes *planes, const up_yuv *yuv, const up_format *format,
                             up_error *error)
{
    *planes = (up_yuv_planes){ .yuv = *yuv, .scale = up_yuv_scale_of(yuv), .format = *format };
    planes->height = up_plane_side(yuv, 1, 0, format->height);
    planes->width = up_plane_side(yuv, 1, 1, format->width);
    if (yuv->planes == 1)
        return UP_OK;
    bool there = true;
    for (int c = 0; c < 2; c++) {
        planes->chroma[c] = up_alloc((size_t)planes->height * (size_t)planes->width, sizeof(float));
        planes->row[c] = up_alloc((size_t)format->width, sizeof(float));
        there = there && planes->chroma[c] && planes->row[c];
    }
    planes->columns = up_alloc((size_t)planes->width, sizeof *planes->columns);
    planes->rows = up_alloc((size_t)planes->height, sizeof *planes->rows);
    planes->packed = up_alloc((size_t)planes->width, 2);
    if (!there || !planes->columns || !planes->rows || !planes->packed)
        return up_fail_memory(error, "a frame", up_yuv_planes_bytes(yuv, format));
    for (int x = 0; x < planes->width; x++)
        planes->columns[x] = up_yuv_taps_down(yuv, 1, x);
    for (int y = 0; y < planes->height; y++)
        planes->rows[y] = up_yuv_taps_down(yuv, 0, y);
    return UP_OK;
}

void up_yuv_planes_free(up_yuv_planes *planes)
{
    for (int c = 0; c < 2; c++) {
        up_free(planes->chroma[c]);
        up_free(planes->row[c]);
    }
    up_free(planes->columns);
    up_free(planes->rows);
    up_free(planes->packed);
}

void up_yuv_planes_begin(up_yuv_planes *planes)
{
    const size_t count = (size_t)planes->height * (size_t)planes->width;
    planes->y = 0;
    for (int c = 0; c < 2 && planes->chroma[c]; c++)
        memset(planes->chroma[c], 0, count * sizeof(float));
}

static float level(const up_format *f, const void *row, size_t at)
{
    return f->sample == UP_SAMPLE_U8 ? ((const uint8_t *)row)[at] / 255.0f
                                     : ((const uint16_t *)row)[at] / 65535.0f;
}

static size_t put(const up_yuv_planes *p, uint8_t *to, size_t at, float value)
{
    const unsigned sample = up_yuv_round(value, p->scale.most);
    if (p->yuv.depth == 8) {
        to[at] = (uint8_t)sample;
        return 1;
    }
    to[2 * at] = (uint8_t)sample;
    to[2 * at + 1] = (uint8_t)(sample >> 8);
    return 2;
}

/* What row `y` adds to row `to` of a plane of chroma, whose edges stand for what lies beyond. */
static float share_of(const up_yuv_planes *p, const up_yuv_taps *taps, int y)
{
    float share = 0;
    for (int i = 0; i < taps->count; i++)
        if (up_clamp(taps->first + i, 0, p->format.height - 1) == y)
            share += taps->weight[i];
    return share;
}

static void add_chroma(up_yuv_planes *p, int plane, int to, float share)
{
    const float *row = p->row[plane];
    float *sum = p->chroma[plane] + (size_t)to * (size_t)p->width;
    for (int x = 0; x < p->width; x++) {
        const up_yuv_taps *taps = &p->columns[x];
        float value = 0;
        for (int i = 0; i < taps->count; i++)
            value += taps->weight[i] * row[up_clamp(taps->first + i, 0, p->format.width - 1)];
        sum[x] += share * value;
    }
}

size_t up_yuv_planes_add(up_yuv_planes *planes, uint8_t *to, const void *row)
{
    const up_format *f = &planes->format;
    size_t bytes = 0;
    for (int x = 0; x < f->width; x++) {
        float rgb[3], yuv[3];
        for (int c = 0; c < 3; c++)
            rgb[c] =
                level(f, row, (size_t)x * (size_t)f->channels + (f->channels == 3 ? (size_t)c : 0));
        up_yuv_from_rgb(&planes->scale, rgb, yuv);
        bytes += put(planes, to, (size_t)x, yuv[0]);
        for (int c = 0; c < 2 && planes->row[c]; c++)
            planes->row[c][x] = yuv[1 + c];
    }
    const int near = planes->y / planes->yuv.factor[0];
    for (int k = up_max(near - 2, 0); k <= near + 2 && k < planes->height && planes->rows; k++) {
        const float share = share_of(planes, &planes->rows[k], planes->y);
        for (int c = 0; c < 2 && share > 0; c++)
            add_chroma(planes, c, k, share);
    }
    planes->y++;
    return bytes;
}

const uint8_t *up_yuv_planes_chroma(up_yuv_planes *planes, int plane, int y, size_t *bytes)
{
    const float *sum = planes->chroma[plane - 1] + (size_t)y * (size_t)planes->width;
    *bytes = 0;
    for (int x = 0; x < planes->width; x++)
        *bytes += put(planes, planes->packed, (size_t)x, sum[x]);
    return planes->packed;
}
