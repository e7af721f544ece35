/* SPDX-License-Identifier: MIT */
#include "io/pixels.h"

#include "base/memory.h"

#include <string.h>

#define GREY 0x80 /* both bytes of 16 bits */

size_t up_sample_size(up_sample sample)
{
    static const size_t size[] = {
        [UP_SAMPLE_U8] = 1, [UP_SAMPLE_U16] = 2, [UP_SAMPLE_F32] = 4, [UP_SAMPLE_I64] = 8
    };
    return size[sample];
}

int up_color_channels(up_color color)
{
    static const int channels[] = {
        [UP_COLOR_TENSOR] = 0, [UP_COLOR_GREY] = 1, [UP_COLOR_GREY_ALPHA] = 2,
        [UP_COLOR_RGB] = 3,    [UP_COLOR_RGBA] = 4, [UP_COLOR_CMYK] = 4
    };
    return channels[color];
}

up_color up_color_of_channels(int channels)
{
    static const up_color color[] = { UP_COLOR_GREY, UP_COLOR_GREY_ALPHA, UP_COLOR_RGB,
                                      UP_COLOR_RGBA };
    return channels >= 1 && channels <= 4 ? color[channels - 1] : UP_COLOR_TENSOR;
}

bool up_color_has_alpha(up_color color)
{
    return color == UP_COLOR_GREY_ALPHA || color == UP_COLOR_RGBA;
}

bool up_row_size(const up_format *format, size_t *bytes)
{
    size_t channels = format->planar ? 1 : (size_t)format->channels;
    return up_mul((size_t)format->width, channels, bytes) &&
           up_mul(*bytes, up_sample_size(format->sample), bytes);
}

bool up_frame_size(const up_format *format, size_t *bytes)
{
    size_t planes = format->planar ? (size_t)format->channels : 1;
    return up_row_size(format, bytes) && up_mul(*bytes, (size_t)format->height, bytes) &&
           up_mul(*bytes, planes, bytes);
}

void up_fill_missing(void *row, const up_format *format)
{
    const size_t sample = up_sample_size(format->sample), channels = (size_t)format->channels;
    const size_t pixel = channels * sample, bytes = (size_t)format->width * pixel;
    memset(row, GREY, bytes);
    if (up_color_has_alpha(format->color))
        for (size_t at = pixel - sample; at < bytes; at += pixel)
            memset((char *)row + at, 0, sample);
}

static void divide_bytes(uint8_t *at, int count, int channels)
{
    for (int x = 0; x < count; x++, at += channels) {
        const int alpha = at[channels - 1];
        for (int c = 0; c < channels - 1; c++)
            at[c] =
                (uint8_t)(alpha ? up_min((at[c] * UINT8_MAX + alpha / 2) / alpha, UINT8_MAX) : 0);
    }
}

static void divide_words(uint16_t *at, int count, int channels)
{
    for (int x = 0; x < count; x++, at += channels) {
        const uint32_t alpha = at[channels - 1];
        for (int c = 0; c < channels - 1; c++) {
            const uint64_t v = alpha ? ((uint64_t)at[c] * UINT16_MAX + alpha / 2) / alpha : 0;
            at[c] = (uint16_t)(v < UINT16_MAX ? v : UINT16_MAX);
        }
    }
}

static void divide_floats(float *at, int count, int channels)
{
    for (int x = 0; x < count; x++, at += channels) {
        const float alpha = at[channels - 1];
        for (int c = 0; c < channels - 1; c++)
            at[c] = alpha > 0 ? at[c] / alpha : 0;
    }
}

void up_divide_by_alpha(const up_format *format, void *row)
{
    if (format->sample == UP_SAMPLE_U8)
        divide_bytes(row, format->width, format->channels);
    else if (format->sample == UP_SAMPLE_U16)
        divide_words(row, format->width, format->channels);
    else
        divide_floats(row, format->width, format->channels);
}

up_status up_pixels_check(up_pixels *checked, const up_pixels *pixels, up_error *error)
{
    const up_format *f = &pixels->format;
    size_t row, frame, plane;
    if (!pixels->data)
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: data is NULL");
    if (f->sample < UP_SAMPLE_U8 || f->sample > UP_SAMPLE_F32 || f->color < UP_COLOR_TENSOR ||
        f->color > UP_COLOR_CMYK)
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: unknown sample type or color");
    if (f->width < 1 || f->height < 1 || f->channels < 1 || !up_row_size(f, &row) ||
        !up_frame_size(f, &frame))
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: %dx%d with %d channels makes no sense",
                       f->width, f->height, f->channels);
    if (f->color != UP_COLOR_TENSOR && f->channels != up_color_channels(f->color))
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: this color has %d channels, not %d",
                       up_color_channels(f->color), f->channels);
    *checked = *pixels;
    if (!checked->row_stride)
        checked->row_stride = row;
    if (!up_mul(checked->row_stride, (size_t)f->height, &plane))
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: row_stride %zu is too large",
                       checked->row_stride);
    if (!checked->plane_stride)
        checked->plane_stride = plane;
    if (checked->row_stride < row)
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: row_stride %zu is less than a row (%zu)",
                       checked->row_stride, row);
    if (!checked->format.frames)
        checked->format.frames = 1;
    if (checked->format.frames != 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "pixels: one frame at a time, not %lld",
                       (long long)f->frames);
    if (!checked->format.depth)
        checked->format.depth = 8 * (int)up_sample_size(f->sample);
    return UP_OK;
}
