/* SPDX-License-Identifier: MIT */
#include "io/metadata/declared_colour.h"

#include "base/memory.h"
#include "colour/h273.h"
#include "colour/profile.h"
#include "io/metadata/exif.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* gAMA beyond is damage. */
#define GAMMA_LEAST 0.1
#define GAMMA_MOST 10

static bool is_grey(const up_format *f)
{
    return f->color == UP_COLOR_GREY || f->color == UP_COLOR_GREY_ALPHA;
}

static bool fits(const up_metadata *m, const up_format *f)
{
    return m->icc.data && up_profile_fits(m->icc.data, m->icc.size, is_grey(f));
}

/* Only what PNG allows: R'G'B', no matrix. Narrow range is 16..235 of 255 for both depths. */
static bool light_of_cicp(up_light *light, const up_color_tags *tags)
{
    up_transfer *t = &light->curve[0];
    if (!tags->has_cicp || tags->cicp[2] != 0 || !up_h273_transfer(t, tags->cicp[1]))
        return false;
    if (!tags->cicp[3]) {
        t->black = 16 / 255.0;
        t->white = 235 / 255.0;
    }
    light->curves = 1;
    snprintf(light->name, sizeof light->name, "%s%s (cICP)", up_cicp_transfer_name(tags->cicp[1]),
             tags->cicp[3] ? "" : ", narrow range");
    return true;
}

bool up_declared_by_cicp(const up_metadata *m)
{
    up_light light;
    return light_of_cicp(&light, &m->color);
}

/* Grey pictures with a profile for RGB are common among JPEGs. */
static up_status light_of_profile(up_light *light, const up_metadata *m, const up_format *input,
                                  up_error *error)
{
    bool grey = is_grey(input);
    if (fits(m, input))
        return up_profile_light(light, m->icc.data, m->icc.size, grey, error);
    if (!grey || !m->icc.data)
        return UP_OK;
    UP_TRY(up_profile_light(light, m->icc.data, m->icc.size, false, error));
    light->curves = up_min(light->curves, 1);
    return UP_OK;
}

static bool has_gamma(const up_color_tags *tags)
{
    return tags->gamma >= GAMMA_LEAST && tags->gamma <= GAMMA_MOST;
}

static void set_gamma(up_light *light, double exponent, const char *by)
{
    light->curve[0] = up_transfer_gamma(exponent);
    light->curves = 1;
    snprintf(light->name, sizeof light->name, "gamma %.4g (%s)", exponent, by);
}

static void set_srgb(up_light *light, const char *by)
{
    light->curve[0] = up_transfer_srgb();
    light->curves = 1;
    snprintf(light->name, sizeof light->name, "sRGB (%s)", by);
}

up_status up_declared_light(up_light *light, const up_metadata *m, const up_format *input,
                            up_error *error)
{
    *light = (up_light){ .name = "none (inks cover areas, which add up as light does)" };
    if (input->color == UP_COLOR_CMYK || light_of_cicp(light, &m->color))
        return UP_OK;
    UP_TRY(light_of_profile(light, m, input, error));
    if (light->curves > 0)
        return UP_OK;
    double exif = up_exif_gamma(&m->exif);
    if (m->color.has_srgb)
        set_srgb(light, "sRGB chunk");
    else if (has_gamma(&m->color))
        set_gamma(light, 1 / m->color.gamma, "gAMA");
    else if (exif > 0)
        set_gamma(light, exif, "EXIF");
    else
        set_srgb(light, "nothing else is said");
    return UP_OK;
}

up_status up_declared_copy(up_metadata *to, const up_metadata *from, up_error *error)
{
    up_metadata_clear(to);
    to->color = from->color;
    return up_blob_set(&to->icc, from->icc.data, from->icc.size, error);
}

/* ---- profiles */

/* "BT.2020, PQ", or the numbers where they have no names. */
static void name_cicp(char *text, size_t size, const uint8_t cicp[4])
{
    const char *primaries = up_cicp_primaries_name(cicp[0]);
    const char *transfer = up_cicp_transfer_name(cicp[1]);
    if (primaries && transfer)
        snprintf(text, size, "%s, %s", primaries, transfer);
    else
        snprintf(text, size, "%d, %d, %d, %d", cicp[0], cicp[1], cicp[2], cicp[3]);
}

static bool is_srgb(const uint8_t cicp[4])
{
    return cicp[0] == 1 && cicp[1] == 13 && cicp[2] == 0 && cicp[3] == 1;
}

/* Replaces the profile; *made is false, and the profile as before, where there can be none. */
static up_status replace_profile(up_metadata *m, const up_profile_recipe *recipe, bool *made,
                                 up_error *error)
{
    uint8_t *icc;
    size_t size;
    UP_TRY(up_profile_make(&icc, &size, recipe, error));
    *made = icc != NULL;
    if (icc) {
        up_free(m->icc.data);
        m->icc = (up_blob){ icc, size };
    }
    return UP_OK;
}

static up_status drop_profile(up_metadata *m, const char *why, up_notes *notes, up_error *error)
{
    if (!m->icc.data)
        return UP_OK;
    UP_TRY(up_notes_add(notes, UP_NOTE_DROPPED, error, "ICC profile%s", why));
    return up_blob_set(&m->icc, NULL, 0, error);
}

static up_status note_cicp(const up_color_tags *tags, up_notes *notes, up_error *error)
{
    char text[64];
    name_cicp(text, sizeof text, tags->cicp);
    return up_notes_add(notes, UP_NOTE_DROPPED, error, "cICP (%s)", text);
}

static up_status profile_of_cicp(up_metadata *m, const up_light *light, bool grey, up_notes *notes,
                                 up_error *error)
{
    char text[80] = "";
    bool made = false;
    const up_profile_recipe recipe = {
        .grey = grey,
        .transfer = &light->curve[0],
        .chromaticities = up_h273_primaries(m->color.cicp[0]),
        .cicp = m->color.cicp,
        .description = text,
    };
    UP_TRY(drop_profile(m, ", which cICP overrules", notes, error));
    if (is_srgb(m->color.cicp))
        return UP_OK;
    name_cicp(text, sizeof text, m->color.cicp);
    UP_TRY(replace_profile(m, &recipe, &made, error));
    return made ? UP_OK : note_cicp(&m->color, notes, error);
}

static bool has_own_primaries(const up_color_tags *tags)
{
    const double *usual = up_h273_primaries(1);
    bool own = false;
    for (int i = 0; i < 8; i++)
        own |= fabs(tags->chromaticities[i] - usual[i]) > 1e-3;
    return own && tags->chromaticities[0] > 0;
}

static up_status profile_of_gamma(up_metadata *m, bool grey, up_notes *notes, up_error *error)
{
    const up_color_tags *tags = &m->color;
    char text[80] = "sRGB, own primaries";
    bool own = !grey && has_own_primaries(tags), made = false;
    up_transfer transfer = up_transfer_srgb();
    if (has_gamma(tags)) {
        transfer = up_transfer_gamma(1 / tags->gamma);
        snprintf(text, sizeof text, "gamma %.4g%s", transfer.exponent,
                 own ? ", own primaries" : "");
    }
    if (!own && !has_gamma(tags))
        return UP_OK;
    const up_profile_recipe recipe = {
        .grey = grey,
        .transfer = &transfer,
        .chromaticities = own ? tags->chromaticities : NULL,
        .description = text,
    };
    UP_TRY(replace_profile(m, &recipe, &made, error));
    return made ? UP_OK : up_notes_add(notes, UP_NOTE_DROPPED, error, "cHRM (no such colours)");
}

/* A grey profile where there is colour now, or that of colour where all is grey. */
static up_status fit_profile(up_metadata *m, const up_format *input, const up_format *output,
                             up_notes *notes, up_error *error)
{
    up_light light = { 0 };
    bool made = false;
    if (!m->icc.data || fits(m, output) || output->color == UP_COLOR_CMYK)
        return UP_OK;
    if (is_grey(input) || is_grey(output))
        UP_TRY(up_profile_light(&light, m->icc.data, m->icc.size, !is_grey(output), error));
    const up_profile_recipe recipe = { .grey = is_grey(output),
                                       .transfer = &light.curve[0],
                                       .description = light.name };
    up_status status = UP_OK;
    if (light.curves > 0)
        status = replace_profile(m, &recipe, &made, error);
    up_light_free(&light);
    if (status == UP_OK && !made)
        return drop_profile(m,
                            is_grey(output) ? ", which is not for grey" : ", which is not for RGB",
                            notes, error);
    return status;
}

static up_status note_display(const up_color_tags *tags, up_notes *notes, up_error *error)
{
    const char *mastering = tags->draft_names ? "mDCv" : "mDCV";
    const char *level = tags->draft_names ? "cLLi" : "cLLI";
    if (tags->has_mastering)
        UP_TRY(up_notes_add(notes, UP_NOTE_DROPPED, error, "%s (mastering display)", mastering));
    if (tags->has_light_level)
        UP_TRY(up_notes_add(notes, UP_NOTE_DROPPED, error, "%s (content light level)", level));
    return UP_OK;
}

up_status up_declared_by_profile(up_metadata *m, const up_format *input, const up_format *output,
                                 up_notes *notes, up_error *error)
{
    up_light light = { 0 };
    bool grey = is_grey(output);
    UP_TRY(note_display(&m->color, notes, error));
    if (output->color == UP_COLOR_CMYK)
        return UP_OK;
    if (light_of_cicp(&light, &m->color))
        return profile_of_cicp(m, &light, grey, notes, error);
    if (m->color.has_cicp)
        UP_TRY(note_cicp(&m->color, notes, error));
    if (is_grey(input) != grey)
        UP_TRY(fit_profile(m, input, output, notes, error));
    if (m->icc.data || m->color.has_srgb)
        return UP_OK;
    return profile_of_gamma(m, grey, notes, error);
}

up_status up_declared_by_chunks(up_metadata *m, const up_format *input, const up_format *output,
                                up_notes *notes, up_error *error)
{
    return fit_profile(m, input, output, notes, error);
}

up_status up_declared_by_nothing(up_metadata *m, const up_format *input, const up_format *output,
                                 up_notes *notes, up_error *error)
{
    const up_color_tags *tags = &m->color;
    (void)input;
    (void)output;
    UP_TRY(note_display(tags, notes, error));
    if (tags->has_cicp && !is_srgb(tags->cicp))
        UP_TRY(note_cicp(tags, notes, error));
    UP_TRY(drop_profile(m, "", notes, error));
    if (tags->has_srgb)
        return UP_OK;
    if (tags->gamma > 0)
        UP_TRY(up_notes_add(notes, UP_NOTE_DROPPED, error, "gAMA (gamma %.4g)", 1 / tags->gamma));
    if (tags->chromaticities[0] > 0)
        return up_notes_add(notes, UP_NOTE_DROPPED, error, "cHRM (chromaticities)");
    return UP_OK;
}
