/* SPDX-License-Identifier: MIT */
#include "io/colour/plain_srgb.h"

#include "colour/h273.h"
#include "colour/profile.h"
#include "io/metadata/declared_colour.h"
#include "io/metadata/exif.h"
#include "io/metadata/xmp.h"
#include "io/pixels.h"

#include <stdio.h>
#include <string.h>

/* IEC 61966-2-5, which DCF's option files are in. */
static const double adobe_rgb[8] = { 0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06 };

enum { PQ = 16, HLG = 18 };

static double peak_of(const up_color_tags *tags)
{
    if (tags->has_light_level && tags->light_most > 0)
        return tags->light_most;
    return tags->has_mastering ? tags->mastering_most : 0;
}

static bool fits(const up_metadata *m, int colours)
{
    return m->icc.data && (colours == 4 ? up_profile_fits_inks(m->icc.data, m->icc.size)
                                        : up_profile_fits(m->icc.data, m->icc.size, colours == 1));
}

/* The profile that we write beside cICP into formats without it says the same in a tag. */
static bool hdr_of_profile(up_color_tags *tags, const up_metadata *m)
{
    uint8_t cicp[4];
    if (!fits(m, 3) || !up_profile_cicp(cicp, m->icc.data, m->icc.size) || cicp[2] != 0 ||
        (cicp[1] != PQ && cicp[1] != HLG))
        return false;
    tags->has_cicp = true;
    memcpy(tags->cicp, cicp, sizeof cicp);
    return true;
}

static bool is_hdr(const up_light *light)
{
    return light->curve[0].kind == UP_TRANSFER_PQ || light->curve[0].kind == UP_TRANSFER_HLG;
}

static const double *chromaticities_of(const up_metadata *m, bool by_cicp)
{
    if (by_cicp)
        return up_h273_primaries(m->color.cicp[0]);
    if (m->color.has_srgb)
        return NULL;
    if (m->color.chromaticities[0] > 0)
        return m->color.chromaticities;
    return m->color.gamma == 0 && up_exif_is_adobe_rgb(&m->exif) ? adobe_rgb : NULL;
}

static up_status find_by_curves(up_plain_srgb *plain, const up_metadata *m, const up_format *format,
                                up_conversion_recipe *recipe, double white, bool hdr_only,
                                up_error *error)
{
    up_light light;
    UP_TRY(up_declared_light(&light, m, format, error));
    const bool by_cicp = up_declared_by_cicp(m);
    recipe->light = &light;
    recipe->chromaticities = recipe->channels == 3 ? chromaticities_of(m, by_cicp) : NULL;
    recipe->peak = peak_of(&m->color);
    snprintf(plain->from, sizeof plain->from, "%s", light.name);
    up_status status = UP_OK;
    if (!hdr_only || is_hdr(&light))
        status = up_conversion_make(&plain->conversion, recipe, white, error);
    up_light_free(&light);
    return status;
}

up_status up_plain_srgb_find(up_plain_srgb *plain, const up_metadata *m, const up_format *format,
                             double white, bool hdr_only, up_error *error)
{
    const int colours = format->channels - (up_color_has_alpha(format->color) ? 1 : 0);
    const bool by_profile = !up_declared_by_cicp(m) && fits(m, colours);
    up_metadata said = *m;
    up_conversion_recipe recipe = { .channels = colours };
    *plain = (up_plain_srgb){ 0 };
    if (colours == 3 && by_profile && hdr_of_profile(&said.color, m))
        return find_by_curves(plain, &said, format, &recipe, white, hdr_only, error);
    if (colours == 1 || (colours == 3 && !by_profile))
        return find_by_curves(plain, m, format, &recipe, white, hdr_only, error);
    if (hdr_only)
        return UP_OK;
    snprintf(plain->from, sizeof plain->from, "%s",
             by_profile ? "its ICC profile" : "inks without a profile");
    recipe.icc = by_profile ? m->icc.data : NULL;
    recipe.icc_size = m->icc.size;
    return up_conversion_make(&plain->conversion, &recipe, white, error);
}

up_status up_metadata_say_srgb(up_metadata *m, up_error *error)
{
    static const up_xmp_property space = { "http://ns.adobe.com/exif/1.0/", "exif", "ColorSpace" };
    static const up_xmp_property profile = { "http://ns.adobe.com/photoshop/1.0/", "photoshop",
                                             "ICCProfile" };
    UP_TRY(up_blob_set(&m->icc, NULL, 0, error));
    m->color = (up_color_tags){ .has_srgb = true };
    up_exif_say_srgb(&m->exif);
    if (!m->xmp.data)
        return UP_OK;
    UP_TRY(up_xmp_set(&m->xmp, &space, "1", error));
    return up_xmp_set(&m->xmp, &profile, "sRGB IEC61966-2.1", error);
}
