/* SPDX-License-Identifier: MIT */
#include "io/png/animation/png_animation.h"

#include "io/png/png_chunk.h"

#include <limits.h>

enum { MOST_DISPOSE = 2, MOST_BLEND = 1 };

static void put_u16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint32_t get_u16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

bool up_png_frame_parse(up_placed *place, up_duration *duration, const uint8_t *data, size_t size)
{
    static const up_dispose dispose[] = { UP_DISPOSE_NOT, UP_DISPOSE_CLEAR, UP_DISPOSE_BACK };
    if (size != UP_PNG_FCTL_SIZE || data[24] > MOST_DISPOSE || data[25] > MOST_BLEND)
        return false;
    const uint32_t width = up_png_get_u32(data + 4), height = up_png_get_u32(data + 8);
    const uint32_t x = up_png_get_u32(data + 12), y = up_png_get_u32(data + 16);
    if (width < 1 || height < 1 || width > INT_MAX || height > INT_MAX || x > INT_MAX ||
        y > INT_MAX)
        return false;
    *place = (up_placed){ .x = (int)x,
                          .y = (int)y,
                          .width = (int)width,
                          .height = (int)height,
                          .dispose = dispose[data[24]],
                          .over = data[25] };
    const uint32_t den = get_u16(data + 22);
    *duration = (up_duration){ get_u16(data + 20), den ? den : 100 };
    return true;
}

up_status up_png_write_animation(up_writer *writer, const up_sequence *sequence, up_error *error)
{
    uint8_t data[UP_PNG_ACTL_SIZE];
    if (sequence->frames > INT32_MAX)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: PNG cannot hold %lld frames",
                       up_writer_name(writer), (long long)sequence->frames);
    up_png_put_u32(data, (uint32_t)sequence->frames);
    up_png_put_u32(data + 4, (uint32_t)sequence->loops);
    return up_png_write_chunk(writer, "acTL", data, sizeof data, error);
}

up_status up_png_write_frame(up_writer *writer, uint32_t number, const up_format *format,
                             up_duration duration, up_error *error)
{
    uint8_t data[UP_PNG_FCTL_SIZE] = { 0 };
    const up_duration said = up_duration_within(duration, UINT16_MAX);
    up_png_put_u32(data, number);
    up_png_put_u32(data + 4, (uint32_t)format->width);
    up_png_put_u32(data + 8, (uint32_t)format->height);
    put_u16(data + 20, said.num);
    put_u16(data + 22, said.den);
    return up_png_write_chunk(writer, "fcTL", data, sizeof data, error);
}
