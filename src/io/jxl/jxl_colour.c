/* SPDX-License-Identifier: MIT */
#include "io/jxl/jxl_colour.h"

#include "base/memory.h"

#define PROFILE_MOST ((size_t)32 << 20)

enum { H273_BT709 = 1, H273_BT2020 = 9, H273_P3_DCI = 11, H273_P3_D65 = 12 };
enum {
    H273_GAMMA_22 = 4,
    H273_GAMMA_28 = 5,
    H273_BT601 = 6,
    H273_BT2020_10 = 14,
    H273_BT2020_12 = 15
};

/* ---- in */

/* 0: H.273 has none. */
static int primaries_code(const JxlColorEncoding *c)
{
    const bool d65 = c->white_point == JXL_WHITE_POINT_D65;
    if (c->color_space == JXL_COLOR_SPACE_GRAY)
        return d65 ? H273_BT709 : 0;
    if (c->primaries == JXL_PRIMARIES_P3)
        return d65 ? H273_P3_D65 : c->white_point == JXL_WHITE_POINT_DCI ? H273_P3_DCI : 0;
    return !d65                                 ? 0
           : c->primaries == JXL_PRIMARIES_SRGB ? H273_BT709
           : c->primaries == JXL_PRIMARIES_2100 ? H273_BT2020
                                                : 0;
}

static int transfer_code(const JxlColorEncoding *c)
{
    switch (c->transfer_function) {
    case JXL_TRANSFER_FUNCTION_709:
    case JXL_TRANSFER_FUNCTION_LINEAR:
    case JXL_TRANSFER_FUNCTION_SRGB:
    case JXL_TRANSFER_FUNCTION_PQ:
    case JXL_TRANSFER_FUNCTION_DCI:
    case JXL_TRANSFER_FUNCTION_HLG:
        return (int)c->transfer_function;
    default:
        return 0;
    }
}

static bool take_codes(up_color_tags *tags, const JxlColorEncoding *c)
{
    const int primaries = primaries_code(c), transfer = transfer_code(c);
    if (primaries == 0 || transfer == 0)
        return false;
    if (primaries == H273_BT709 && transfer == JXL_TRANSFER_FUNCTION_SRGB) {
        tags->has_srgb = true;
        tags->srgb_intent = (uint8_t)c->rendering_intent;
        return true;
    }
    tags->has_cicp = true;
    tags->cicp[0] = (uint8_t)primaries;
    tags->cicp[1] = (uint8_t)transfer;
    tags->cicp[2] = 0;
    tags->cicp[3] = 1;
    return true;
}

static up_status take_profile(JxlDecoder *decoder, up_metadata *m, up_error *error)
{
    size_t size = 0;
    if (up_jxl.JxlDecoderGetICCProfileSize(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, &size) !=
            JXL_DEC_SUCCESS ||
        size == 0)
        return UP_OK;
    if (size > PROFILE_MOST)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "ICC profile of more than %zu MiB",
                            PROFILE_MOST >> 20);
    uint8_t *data = up_alloc(size, 1);
    if (!data)
        return up_fail_memory(error, "metadata", size);
    up_status status = UP_OK;
    if (up_jxl.JxlDecoderGetColorAsICCProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA, data,
                                              size) == JXL_DEC_SUCCESS)
        status = up_metadata_take_profile(m, data, size, error);
    up_free(data);
    return status;
}

up_status up_jxl_take_colour(JxlDecoder *decoder, up_metadata *m, up_error *error)
{
    JxlColorEncoding colour;
    if (up_jxl.JxlDecoderGetColorAsEncodedProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                                  &colour) == JXL_DEC_SUCCESS)
        up_jxl.JxlDecoderSetPreferredColorProfile(decoder, &colour); /* no more than a wish */
    if (up_jxl.JxlDecoderGetColorAsEncodedProfile(decoder, NULL, JXL_COLOR_PROFILE_TARGET_DATA,
                                                  &colour) == JXL_DEC_SUCCESS &&
        take_codes(&m->color, &colour))
        return UP_OK;
    return take_profile(decoder, m, error);
}

/* ---- out */

static bool set_primaries(JxlColorEncoding *c, int code)
{
    c->white_point = code == H273_P3_DCI ? JXL_WHITE_POINT_DCI : JXL_WHITE_POINT_D65;
    switch (code) {
    case H273_BT709:
        c->primaries = JXL_PRIMARIES_SRGB;
        return true;
    case H273_BT2020:
        c->primaries = JXL_PRIMARIES_2100;
        return true;
    case H273_P3_DCI:
    case H273_P3_D65:
        c->primaries = JXL_PRIMARIES_P3;
        return true;
    default:
        return false;
    }
}

static bool set_gamma(JxlColorEncoding *c, double exponent)
{
    c->transfer_function = JXL_TRANSFER_FUNCTION_GAMMA;
    c->gamma = 1 / exponent;
    return true;
}

static bool set_transfer(JxlColorEncoding *c, int code)
{
    switch (code) {
    case JXL_TRANSFER_FUNCTION_709:
    case H273_BT601:
    case H273_BT2020_10:
    case H273_BT2020_12:
        c->transfer_function = JXL_TRANSFER_FUNCTION_709;
        return true;
    case H273_GAMMA_22:
        return set_gamma(c, 2.2);
    case H273_GAMMA_28:
        return set_gamma(c, 2.8);
    case JXL_TRANSFER_FUNCTION_LINEAR:
    case JXL_TRANSFER_FUNCTION_SRGB:
    case JXL_TRANSFER_FUNCTION_PQ:
    case JXL_TRANSFER_FUNCTION_DCI:
    case JXL_TRANSFER_FUNCTION_HLG:
        c->transfer_function = (JxlTransferFunction)code;
        return true;
    default:
        return false;
    }
}

bool up_jxl_tell_colour(JxlEncoder *encoder, const up_metadata *m, bool grey)
{
    const up_color_tags *tags = &m->color;
    JxlColorEncoding colour;
    up_jxl.JxlColorEncodingSetToSRGB(&colour, grey);
    if (tags->has_cicp && tags->cicp[2] == 0 && tags->cicp[3] == 1 &&
        set_primaries(&colour, tags->cicp[0]) && set_transfer(&colour, tags->cicp[1]))
        return up_jxl.JxlEncoderSetColorEncoding(encoder, &colour) == JXL_ENC_SUCCESS;
    if (m->icc.data)
        return up_jxl.JxlEncoderSetICCProfile(encoder, m->icc.data, m->icc.size) == JXL_ENC_SUCCESS;
    up_jxl.JxlColorEncodingSetToSRGB(&colour, grey);
    if (tags->has_srgb)
        colour.rendering_intent = (JxlRenderingIntent)up_clamp(tags->srgb_intent, 0, 3);
    return up_jxl.JxlEncoderSetColorEncoding(encoder, &colour) == JXL_ENC_SUCCESS;
}
