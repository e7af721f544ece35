/* SPDX-License-Identifier: MIT */
#include "colour/conversion.h"

#include "base/memory.h"
#include "colour/h273.h"
#include "colour/primaries.h"
#include "colour/profile.h"
#include "colour/tone_map.h"

#include <lcms2.h>
#include <math.h>
#include <string.h>

enum { GREY = 1, RGB = 3, CMYK = 4, MOST = 4 };
enum { PROFILE_COST = 3 << 20 }; /* that Little CMS takes for a transform beside the profile */

#define PQ_PEAK 10000.0 /* cd/m2 */

struct up_conversion {
    int from, to; /* channels */
    void (*convert)(const up_conversion *c, float *out, const float *in);
    /* By a profile. */
    cmsContext context;
    cmsHTRANSFORM transform; /* NULL: none */
    /* By curves. */
    up_transfer curve[3];
    float *tables; /* owned */
    double matrix[9];
    double after[9]; /* of what is mapped: from BT.2020 on */
    up_tone_map map;
    up_transfer srgb;
    size_t bytes;
};

/* ---- by curves */

static void apply_matrix(double rgb[3], const double m[9])
{
    const double r = rgb[0], g = rgb[1], b = rgb[2];
    for (int i = 0; i < 3; i++)
        rgb[i] = m[3 * i] * r + m[3 * i + 1] * g + m[3 * i + 2] * b;
}

static void to_light(const up_conversion *c, double rgb[3], const float *in)
{
    for (int i = 0; i < 3; i++)
        rgb[i] = up_transfer_to_light(&c->curve[i], (double)in[c->from == RGB ? i : 0]);
    apply_matrix(rgb, c->matrix);
}

static void from_light(const up_conversion *c, float *out, const double rgb[3])
{
    for (int i = 0; i < c->to; i++)
        out[i] = (float)up_transfer_from_light(&c->srgb, rgb[i]);
}

static void by_curves(const up_conversion *c, float *out, const float *in)
{
    double rgb[3];
    to_light(c, rgb, in);
    from_light(c, out, rgb);
}

static void by_mapping(const up_conversion *c, float *out, const float *in)
{
    double rgb[3];
    to_light(c, rgb, in);
    if (c->curve[0].kind == UP_TRANSFER_HLG)
        up_hlg_display(rgb);
    const double unit = c->curve[0].kind == UP_TRANSFER_HLG ? UP_HDR_PEAK : PQ_PEAK;
    for (int i = 0; i < 3; i++)
        rgb[i] *= unit / c->map.peak;
    up_tone_map_apply(&c->map, rgb);
    apply_matrix(rgb, c->after);
    from_light(c, out, rgb);
}

/* What is there without a profile is a guess, and this the usual one. */
static void by_inks(const up_conversion *c, float *out, const float *in)
{
    (void)c;
    for (int i = 0; i < 3; i++)
        out[i] = (1 - in[i]) * (1 - in[3]);
}

static up_status take_light(up_conversion *c, const up_light *light, up_error *error)
{
    const size_t codes = (size_t)light->curves * (UP_TRANSFER_STEPS + 1);
    if (light->tables) {
        c->tables = up_alloc(codes, sizeof *c->tables);
        if (!c->tables)
            return up_fail_memory(error, "colours", codes * sizeof *c->tables);
        memcpy(c->tables, light->tables, codes * sizeof *c->tables);
        c->bytes += codes * sizeof *c->tables;
    }
    for (int i = 0; i < 3; i++) {
        const int from = light->curves == 3 ? i : 0;
        c->curve[i] = light->curve[from];
        if (c->tables)
            c->curve[i].table = c->tables + (size_t)from * (UP_TRANSFER_STEPS + 1);
    }
    return UP_OK;
}

static up_status make_by_curves(up_conversion *c, const up_conversion_recipe *recipe,
                                up_error *error)
{
    const double *own = recipe->chromaticities, *srgb = up_h273_primaries(1);
    const double *wide = up_h273_primaries(9);
    const up_transfer_kind kind = recipe->light->curve[0].kind;
    const bool maps = kind == UP_TRANSFER_PQ || kind == UP_TRANSFER_HLG;
    UP_TRY(take_light(c, recipe->light, error));
    c->convert = maps ? by_mapping : by_curves;
    c->map =
        up_tone_map_of(kind == UP_TRANSFER_PQ && recipe->peak > 0 ? recipe->peak : UP_HDR_PEAK);
    c->srgb = up_transfer_srgb();
    if (!up_primaries_matrix(c->matrix, own ? own : srgb, maps ? wide : srgb) ||
        !up_primaries_matrix(c->after, wide, srgb))
        return up_fail(error, UP_ERROR_INPUT,
                       "the primaries that the picture declares make no colours; leave --to-srgb "
                       "and --to-sdr out");
    return UP_OK;
}

/* ---- by a profile */

static void by_profile(const up_conversion *c, float *out, const float *in)
{
    float inks[MOST];
    for (int i = 0; i < c->from; i++)
        inks[i] = c->from == CMYK ? in[i] * 100 : in[i]; /* per cent, for Little CMS */
    cmsDoTransform(c->transform, inks, out, 1);
}

static void open_transform(up_conversion *c, const up_conversion_recipe *recipe)
{
    cmsHPROFILE from =
        cmsOpenProfileFromMemTHR(c->context, recipe->icc, (cmsUInt32Number)recipe->icc_size);
    cmsHPROFILE to = cmsCreate_sRGBProfileTHR(c->context);
    if (from && to)
        c->transform = cmsCreateTransformTHR(
            c->context, from, c->from == CMYK ? TYPE_CMYK_FLT : TYPE_RGB_FLT, to, TYPE_RGB_FLT,
            INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION);
    if (to)
        cmsCloseProfile(to);
    if (from)
        cmsCloseProfile(from);
}

static up_status make_by_profile(up_conversion *c, const up_conversion_recipe *recipe,
                                 up_error *error)
{
    c->convert = by_profile;
    c->bytes += PROFILE_COST + 2 * recipe->icc_size;
    c->context = cmsCreateContext(NULL, NULL);
    if (!c->context)
        return up_fail_memory(error, "an ICC profile", PROFILE_COST);
    if (recipe->icc_size <= UINT32_MAX)
        open_transform(c, recipe);
    if (c->transform)
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT,
                   "its ICC profile is damaged, or says nothing of how to show its colours; leave "
                   "--to-srgb out");
}

/* ---- both */

/* Whether a grid of colours stays where it is. */
static bool changes_nothing(const up_conversion *c, double white)
{
    enum { STEPS = 16 };
    const int count = c->from == GREY ? 1 : STEPS + 1;
    if (c->from == CMYK)
        return false;
    for (int i = 0; i < (STEPS + 1) * count * count; i++) {
        const int at[3] = { i % (STEPS + 1), i / (STEPS + 1) % count, i / (STEPS + 1) / count };
        float in[3], out[3];
        for (int k = 0; k < 3; k++)
            in[k] = (float)at[k] / STEPS;
        c->convert(c, out, in);
        for (int k = 0; k < c->to; k++)
            if (!(fabs((double)out[k] - in[k]) * white <= 0.25))
                return false;
    }
    return true;
}

up_status up_conversion_make(up_conversion **conversion, const up_conversion_recipe *recipe,
                             double white, up_error *error)
{
    *conversion = NULL;
    up_conversion *c = up_alloc_zero(1, sizeof *c);
    if (!c)
        return up_fail_memory(error, "colours", sizeof *c);
    c->from = recipe->channels;
    c->to = c->from == GREY ? GREY : RGB;
    c->convert = by_inks;
    c->bytes = sizeof *c;
    up_status status = UP_OK;
    if (recipe->icc)
        status = make_by_profile(c, recipe, error);
    else if (c->from != CMYK)
        status = make_by_curves(c, recipe, error);
    if (status != UP_OK || changes_nothing(c, white))
        up_conversion_free(&c);
    *conversion = c;
    return status;
}

void up_conversion_free(up_conversion **conversion)
{
    up_conversion *c = *conversion;
    if (!c)
        return;
    if (c->transform)
        cmsDeleteTransform(c->transform);
    if (c->context)
        cmsDeleteContext(c->context);
    up_free(c->tables);
    up_free(c);
    *conversion = NULL;
}

int up_conversion_channels(const up_conversion *conversion)
{
    return conversion->to;
}

void up_conversion_apply(const up_conversion *conversion, float *out, const float *in, int pixels)
{
    for (int i = 0; i < pixels; i++)
        conversion->convert(conversion, out + (size_t)i * (size_t)conversion->to,
                            in + (size_t)i * (size_t)conversion->from);
}

size_t up_conversion_bytes(const up_conversion *conversion)
{
    return conversion->bytes;
}
