/* SPDX-License-Identifier: MIT */
#include "io/y4m/y4m_frame.h"

#include "base/memory.h"

#include <string.h>

static int sample_bytes(const up_y4m_frame *f)
{
    return f->yuv.depth > 8 ? 2 : 1;
}

bool up_y4m_frame_size(up_y4m_frame *frame, const up_yuv *yuv, const int size[2])
{
    *frame = (up_y4m_frame){ .yuv = *yuv, .size = { size[0], size[1] } };
    frame->scale = up_yuv_scale_of(yuv);
    for (int p = 0; p < yuv->planes; p++) {
        const size_t rows = (size_t)up_plane_side(yuv, p, 0, size[0]);
        const size_t columns = (size_t)up_plane_side(yuv, p, 1, size[1]);
        size_t bytes;
        frame->at[p] = frame->bytes_all;
        if (!up_mul(columns, (size_t)sample_bytes(frame), &frame->row_bytes[p]) ||
            !up_mul(frame->row_bytes[p], rows, &bytes) ||
            !up_add(frame->bytes_all, bytes, &frame->bytes_all) ||
            frame->bytes_all > PTRDIFF_MAX / 4)
            return false;
    }
    return true;
}

static size_t column_bytes(const up_y4m_frame *frame)
{
    return (size_t)frame->size[1] * (sizeof *frame->columns + 2 * sizeof **frame->chroma);
}

size_t up_y4m_frame_bytes(const up_y4m_frame *frame)
{
    return frame->bytes_all + column_bytes(frame);
}

up_status up_y4m_frame_hold(up_y4m_frame *frame, up_error *error)
{
    const size_t width = (size_t)frame->size[1];
    if (frame->bytes)
        return UP_OK;
    frame->bytes = up_alloc(frame->bytes_all, 1);
    frame->columns = up_alloc(width, sizeof *frame->columns);
    for (int c = 0; c < 2; c++)
        frame->chroma[c] = up_alloc(width, sizeof **frame->chroma);
    if (!frame->bytes || !frame->columns || !frame->chroma[0] || !frame->chroma[1])
        return up_fail_memory(error, "a frame", up_y4m_frame_bytes(frame));
    for (int x = 0; x < frame->size[1]; x++)
        frame->columns[x] = up_yuv_taps_up(&frame->yuv, 1, x);
    return UP_OK;
}

void up_y4m_frame_free(up_y4m_frame *frame)
{
    up_free(frame->bytes);
    up_free(frame->columns);
    up_free(frame->chroma[0]);
    up_free(frame->chroma[1]);
}

static float sample(const up_y4m_frame *f, int plane, int y, int x)
{
    const uint8_t *row = f->bytes + f->at[plane] + (size_t)y * f->row_bytes[plane];
    if (f->yuv.depth == 8)
        return row[x];
    return (float)(row[2 * (size_t)x] | row[2 * (size_t)x + 1] << 8);
}

void up_y4m_frame_fill(const up_y4m_frame *frame, size_t first)
{
    const unsigned middle = 128u << (frame->yuv.depth - 8);
    const size_t each = (size_t)sample_bytes(frame);
    for (size_t i = first; i < frame->bytes_all; i++)
        frame->bytes[i] = (uint8_t)(each == 1 ? middle : middle >> (8 * (i % 2)));
}

/* A row of chroma at the places of luma: rows first, for there are few. */
static void make_chroma(const up_y4m_frame *f, int y)
{
    const up_yuv_taps rows = up_yuv_taps_up(&f->yuv, 0, y);
    const int height = up_plane_side(&f->yuv, 1, 0, f->size[0]);
    const int width = up_plane_side(&f->yuv, 1, 1, f->size[1]);
    for (int p = 1; p < UP_VIDEO_PLANES; p++)
        for (int x = 0; x < f->size[1]; x++) {
            float sum = 0;
            for (int j = 0; j < rows.count; j++)
                for (int i = 0; i < f->columns[x].count; i++)
                    sum += rows.weight[j] * f->columns[x].weight[i] *
                           sample(f, p, up_clamp(rows.first + j, 0, height - 1),
                                  up_clamp(f->columns[x].first + i, 0, width - 1));
            f->chroma[p - 1][x] = sum;
        }
}

static void put(void *row, size_t at, bool wide, float value)
{
    const float white = wide ? UINT16_MAX : UINT8_MAX;
    const unsigned level = up_yuv_round(value * white, white);
    if (wide)
        ((uint16_t *)row)[at] = (uint16_t)level;
    else
        ((uint8_t *)row)[at] = (uint8_t)level;
}

void up_y4m_frame_row(const up_y4m_frame *frame, int y, void *row)
{
    const bool wide = frame->yuv.depth > 8, grey = frame->yuv.planes == 1;
    if (!grey)
        make_chroma(frame, y);
    for (int x = 0; x < frame->size[1]; x++) {
        const float luma = sample(frame, 0, y, x);
        float rgb[3];
        if (grey) {
            put(row, (size_t)x, wide, (luma - frame->scale.black) / frame->scale.unit);
            continue;
        }
        up_yuv_to_rgb(&frame->scale, luma, frame->chroma[0][x], frame->chroma[1][x], rgb);
        for (int c = 0; c < 3; c++)
            put(row, (size_t)x * 3 + (size_t)c, wide, rgb[c]);
    }
}
