/* SPDX-License-Identifier: MIT */
#include "io/png/png_colour.h"

#include "io/png/png_chunk.h"

#include <math.h>
#include <string.h>

/* One, as it is written. */
#define FRACTION 1e5     /* gAMA and cHRM */
#define CHROMATICITY 5e4 /* mDCV */
#define CANDELA 1e4      /* per square metre, mDCV and cLLI */

enum { MASTERING_SIZE = 24, LIGHT_LEVEL_SIZE = 8 };

/* Drafts had a small last but one letter. */
const char up_png_colour_types[UP_PNG_COLOUR_COUNT][5] = { "cICP", "gAMA", "cHRM", "sRGB",
                                                           "mDCV", "cLLI", "mDCv", "cLLi" };

static bool is_type(const char *type, const char *name)
{
    return memcmp(type, name, 4) == 0;
}

static unsigned get_u16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void take_mastering(up_color_tags *tags, const uint8_t *data)
{
    for (int i = 0; i < 8; i++)
        tags->mastering_chromaticities[i] = get_u16(data + 2 * i) / CHROMATICITY;
    tags->mastering_most = up_png_get_u32(data + 16) / CANDELA;
    tags->mastering_least = up_png_get_u32(data + 20) / CANDELA;
    tags->has_mastering = true;
}

static void take_light_level(up_color_tags *tags, const uint8_t *data)
{
    tags->light_most = up_png_get_u32(data) / CANDELA;
    tags->light_average = up_png_get_u32(data + 4) / CANDELA;
    tags->has_light_level = true;
}

/* Of high dynamic range. */
static void take_display(up_color_tags *tags, const char *type, const uint8_t *data, size_t size)
{
    bool mastering = is_type(type, "mDCV") || is_type(type, "mDCv");
    if (mastering && size == MASTERING_SIZE && !tags->has_mastering)
        take_mastering(tags, data);
    else if (!mastering && size == LIGHT_LEVEL_SIZE && !tags->has_light_level)
        take_light_level(tags, data);
    else
        return;
    tags->draft_names |= type[3] >= 'a';
}

bool up_png_colour_take(up_color_tags *tags, const char *type, const uint8_t *data, size_t size)
{
    int known = 0;
    while (known < UP_PNG_COLOUR_COUNT && !is_type(type, up_png_colour_types[known]))
        known++;
    if (known == UP_PNG_COLOUR_COUNT)
        return false;
    if (is_type(type, "cICP") && size == sizeof tags->cicp && !tags->has_cicp) {
        memcpy(tags->cicp, data, sizeof tags->cicp);
        tags->has_cicp = true;
    } else if (is_type(type, "gAMA") && size == 4 && tags->gamma == 0) {
        tags->gamma = up_png_get_u32(data) / FRACTION;
    } else if (is_type(type, "cHRM") && size == 32 && tags->chromaticities[0] == 0) {
        for (int i = 0; i < 8; i++)
            tags->chromaticities[i] = up_png_get_u32(data + 4 * i) / FRACTION;
    } else if (is_type(type, "sRGB") && size == 1 && data[0] <= 3 && !tags->has_srgb) {
        tags->srgb_intent = data[0];
        tags->has_srgb = true;
    } else if (known > 3)
        take_display(tags, type, data, size);
    return true;
}

static uint32_t whole(double value, double most)
{
    return (uint32_t)fmin(fmax(round(value), 0), most);
}

static up_status write_u32s(up_writer *writer, const char *type, const double *value, int count,
                            double scale, up_error *error)
{
    uint8_t data[4 * 8];
    for (int i = 0; i < count; i++)
        up_png_put_u32(data + 4 * i, whole(value[i] * scale, INT32_MAX));
    return up_png_write_chunk(writer, type, data, 4 * (size_t)count, error);
}

static up_status write_mastering(const up_color_tags *tags, up_writer *writer, up_error *error)
{
    uint8_t data[MASTERING_SIZE];
    for (int i = 0; i < 8; i++) {
        uint32_t xy = whole(tags->mastering_chromaticities[i] * CHROMATICITY, UINT16_MAX);
        data[2 * i] = (uint8_t)(xy >> 8);
        data[2 * i + 1] = (uint8_t)xy;
    }
    up_png_put_u32(data + 16, whole(tags->mastering_most * CANDELA, UINT32_MAX));
    up_png_put_u32(data + 20, whole(tags->mastering_least * CANDELA, UINT32_MAX));
    return up_png_write_chunk(writer, tags->draft_names ? "mDCv" : "mDCV", data, sizeof data,
                              error);
}

up_status up_png_colour_write(const up_color_tags *tags, bool srgb, up_writer *writer,
                              up_error *error)
{
    const double light[2] = { tags->light_most, tags->light_average };
    if (tags->has_cicp)
        UP_TRY(up_png_write_chunk(writer, "cICP", tags->cicp, sizeof tags->cicp, error));
    if (tags->has_mastering)
        UP_TRY(write_mastering(tags, writer, error));
    if (tags->has_light_level)
        UP_TRY(write_u32s(writer, tags->draft_names ? "cLLi" : "cLLI", light, 2, CANDELA, error));
    if (tags->has_srgb && srgb)
        UP_TRY(up_png_write_chunk(writer, "sRGB", &tags->srgb_intent, 1, error));
    if (tags->gamma > 0)
        UP_TRY(write_u32s(writer, "gAMA", &tags->gamma, 1, FRACTION, error));
    if (tags->chromaticities[0] > 0)
        return write_u32s(writer, "cHRM", tags->chromaticities, 8, FRACTION, error);
    return UP_OK;
}
