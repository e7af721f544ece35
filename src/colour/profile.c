/* SPDX-License-Identifier: MIT */
#include "colour/profile.h"

#include "base/memory.h"
#include "colour/h273.h"

#include <ctype.h>
#include <lcms2.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HEADER = 128, SIGNATURE_AT = 36, SPACE_AT = 16, DATE_AT = 24 };
enum { CODES = UP_TRANSFER_STEPS + 1, GREYS = 1025, ENTRIES = 4096 };

#define CICP_TAG ((cmsTagSignature)0x63696370) /* unknown to Little CMS before 2.14 */

/* Falls of a curve, as a share of its rise, that are taken for noise. */
#define FALL_MOST 0.01

static bool is_for(const uint8_t *icc, size_t size, const char *space)
{
    return size >= HEADER && memcmp(icc + SIGNATURE_AT, "acsp", 4) == 0 &&
           memcmp(icc + SPACE_AT, space, 4) == 0;
}

bool up_profile_fits(const uint8_t *icc, size_t size, bool grey)
{
    return is_for(icc, size, grey ? "GRAY" : "RGB ");
}

bool up_profile_fits_inks(const uint8_t *icc, size_t size)
{
    return is_for(icc, size, "CMYK");
}

static size_t number_at(const uint8_t *icc, size_t at)
{
    return (size_t)icc[at] << 24 | (size_t)icc[at + 1] << 16 | (size_t)icc[at + 2] << 8 |
           icc[at + 3];
}

bool up_profile_cicp(uint8_t cicp[4], const uint8_t *icc, size_t size)
{
    if (size < HEADER + 4)
        return false;
    size_t count = number_at(icc, HEADER);
    for (size_t at = HEADER + 4; count > 0 && size - at >= 12; count--, at += 12) {
        const size_t data = number_at(icc, at + 4);
        if (memcmp(icc + at, "cicp", 4) != 0)
            continue;
        if (data > size || size - data < 12 || memcmp(icc + data, "cicp", 4) != 0)
            return false;
        memcpy(cicp, icc + data + 8, 4);
        return true;
    }
    return false;
}

/* ---- reading */

/* Rounded entries make steps: a line goes from where one begins to where the next does. A last
 * step, where a curve ends in white, is left. */
static void join_steps(float *table)
{
    for (int i = 0, next; i < CODES; i = next) {
        for (next = i + 1; next < CODES && table[next] == table[i];)
            next++;
        for (int k = i + 1; k < next && next < CODES; k++)
            table[k] = table[i] + (table[next] - table[i]) * (float)(k - i) / (float)(next - i);
    }
}

/* False for what is no curve from dark to light. */
static bool make_rise(float *table)
{
    double fall = 0;
    for (int i = 0; i < CODES; i++)
        if (!isfinite(table[i]))
            return false;
    for (int i = 1; i < CODES; i++)
        if (table[i] < table[i - 1]) {
            fall += table[i - 1] - table[i];
            table[i] = table[i - 1];
        }
    double rise = (double)table[CODES - 1] - table[0];
    if (!(rise > 0) || fall > FALL_MOST * rise)
        return false;
    join_steps(table);
    return true;
}

/* `count` values that lie evenly over the codes. */
static void spread(float *table, const float *value, int count)
{
    for (int i = 0; i < CODES; i++) {
        double at = (double)i * (count - 1) / UP_TRANSFER_STEPS;
        int k = up_min((int)at, count - 2);
        table[i] = (float)(value[k] + (at - k) * ((double)value[k + 1] - value[k]));
    }
}

/* Little CMS evaluates tables in 16 bits, so entries are interpolated here. */
static up_status fill_from_entries(float *table, const cmsToneCurve *curve, up_error *error)
{
    int count = (int)cmsGetToneCurveEstimatedTableEntries(curve);
    const cmsUInt16Number *entry = cmsGetToneCurveEstimatedTable(curve);
    if (count < 2) {
        memset(table, 0, CODES * sizeof *table);
        return UP_OK;
    }
    float *value = up_alloc((size_t)count, sizeof *value);
    if (!value)
        return up_fail_memory(error, "an ICC profile", (size_t)count * sizeof *value);
    for (int i = 0; i < count; i++)
        value[i] = (float)entry[i] / UINT16_MAX;
    spread(table, value, count);
    up_free(value);
    return UP_OK;
}

static up_status fill_from_curve(float *table, const cmsToneCurve *curve, up_error *error)
{
    if (cmsGetToneCurveParametricType(curve) == 0)
        return fill_from_entries(table, curve, error);
    for (int i = 0; i < CODES; i++)
        table[i] = cmsEvalToneCurveFloat(curve, (cmsFloat32Number)i / UP_TRANSFER_STEPS);
    return UP_OK;
}

/* Luminance along the greys, from black on. */
static bool fill_from_greys(float *table, cmsContext context, cmsHPROFILE profile, bool grey)
{
    cmsHPROFILE xyz = cmsCreateXYZProfileTHR(context);
    cmsHTRANSFORM transform =
        xyz ? cmsCreateTransformTHR(context, profile, grey ? TYPE_GRAY_DBL : TYPE_RGB_DBL, xyz,
                                    TYPE_XYZ_DBL, INTENT_RELATIVE_COLORIMETRIC,
                                    cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE)
            : NULL;
    float value[GREYS];
    for (int i = 0; i < GREYS && transform; i++) {
        const double level = (double)i / (GREYS - 1), in[3] = { level, level, level };
        double out[3];
        cmsDoTransform(transform, in, out, 1);
        value[i] = (float)out[1];
    }
    bool done = transform != NULL;
    if (done)
        spread(table, value, GREYS);
    for (int i = CODES - 1; i >= 0 && done; i--)
        table[i] -= table[0];
    if (transform)
        cmsDeleteTransform(transform);
    if (xyz)
        cmsCloseProfile(xyz);
    return done;
}

static const cmsTagSignature colour_curves[] = { cmsSigRedTRCTag, cmsSigGreenTRCTag,
                                                 cmsSigBlueTRCTag };
static const cmsTagSignature grey_curve[] = { cmsSigGrayTRCTag };

static up_status fill_tables(up_light *light, cmsContext context, cmsHPROFILE profile, bool grey,
                             up_error *error)
{
    const cmsTagSignature *tag = grey ? grey_curve : colour_curves;
    const cmsToneCurve *curve[3];
    int count = grey ? 1 : 3, found = 0;
    for (int i = 0; i < count; i++)
        found += (curve[i] = cmsReadTag(profile, tag[i])) != NULL;
    if (found == count && cmsGetPCS(profile) == cmsSigXYZData) {
        for (int i = 0; i < count; i++)
            UP_TRY(fill_from_curve(light->tables + (size_t)i * CODES, curve[i], error));
        light->curves = count;
    } else if (fill_from_greys(light->tables, context, profile, grey))
        light->curves = 1;
    return UP_OK;
}

static void name_light(up_light *light, cmsHPROFILE profile)
{
    char text[40] = "";
    cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", text, sizeof text);
    text[sizeof text - 1] = 0;
    for (char *at = text; *at; at++)
        if (!isprint((unsigned char)*at))
            *at = '?';
    snprintf(light->name, sizeof light->name, text[0] ? "%s (ICC profile)" : "ICC profile%s", text);
}

static bool take_curves(up_light *light)
{
    for (int i = 0; i < light->curves; i++) {
        float *table = light->tables + (size_t)i * CODES;
        if (!make_rise(table))
            return false;
        light->curve[i] = (up_transfer){ .kind = UP_TRANSFER_TABLE, .table = table, .white = 1 };
    }
    size_t bytes = CODES * sizeof *light->tables;
    if (light->curves == 3 && memcmp(light->tables, light->tables + CODES, bytes) == 0 &&
        memcmp(light->tables, light->tables + 2 * CODES, bytes) == 0)
        light->curves = 1;
    return light->curves > 0;
}

static up_status find_curves(up_light *light, cmsContext context, const uint8_t *icc, size_t size,
                             bool grey, up_error *error)
{
    cmsHPROFILE profile = cmsOpenProfileFromMemTHR(context, icc, (cmsUInt32Number)size);
    if (!profile)
        return UP_OK;
    up_status status = fill_tables(light, context, profile, grey, error);
    if (status == UP_OK && take_curves(light))
        name_light(light, profile);
    else
        up_light_free(light);
    cmsCloseProfile(profile);
    return status;
}

up_status up_profile_light(up_light *light, const uint8_t *icc, size_t size, bool grey,
                           up_error *error)
{
    const size_t bytes = (size_t)3 * CODES * sizeof *light->tables;
    *light = (up_light){ 0 };
    if (!up_profile_fits(icc, size, grey) || size > UINT32_MAX)
        return UP_OK;
    cmsContext context = cmsCreateContext(NULL, NULL);
    light->tables = context ? up_alloc(3 * CODES, sizeof *light->tables) : NULL;
    up_status status = light->tables ? find_curves(light, context, icc, size, grey, error)
                                     : up_fail_memory(error, "an ICC profile", bytes);
    if (context)
        cmsDeleteContext(context);
    return status;
}

/* ---- making */

static cmsToneCurve *build_table(cmsContext context, const up_transfer *transfer)
{
    cmsUInt16Number entry[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
        double light = fmax(up_transfer_to_light(transfer, (double)i / (ENTRIES - 1)), 0);
        if (transfer->kind == UP_TRANSFER_HLG)
            light = pow(light, 1.2); /* BT.2100: from the scene to a display */
        entry[i] = (cmsUInt16Number)lround(fmin(light, 1) * UINT16_MAX);
    }
    return cmsBuildTabulatedToneCurve16(context, ENTRIES, entry);
}

static cmsToneCurve *build_curve(cmsContext context, const up_transfer *t)
{
    if (t->kind != UP_TRANSFER_CURVE || t->black != 0 || t->white != 1)
        return build_table(context, t);
    if (t->a == 1)
        return cmsBuildGamma(context, t->exponent);
    const cmsFloat64Number parameter[] = { t->exponent, 1 / t->a, (t->a - 1) / t->a, 1 / t->slope,
                                           t->knee };
    return cmsBuildParametricToneCurve(context, 4, parameter); /* IEC 61966-2-1 and its like */
}

static cmsHPROFILE create(cmsContext context, const up_profile_recipe *recipe, cmsToneCurve *curve)
{
    const double *xy = recipe->chromaticities ? recipe->chromaticities : up_h273_primaries(1);
    const cmsCIExyY white = { xy[0], xy[1], 1 };
    const cmsCIExyYTRIPLE primaries = { { xy[2], xy[3], 1 },
                                        { xy[4], xy[5], 1 },
                                        { xy[6], xy[7], 1 } };
    cmsToneCurve *curves[3] = { curve, curve, curve };
    for (int i = 1; i < 8; i += 2)
        if (!(xy[i] > 0)) /* would be divided by */
            return NULL;
    return recipe->grey ? cmsCreateGrayProfileTHR(context, cmsD50_xyY(), curve)
                        : cmsCreateRGBProfileTHR(context, &white, &primaries, curves);
}

/* What Little CMS does not write by itself: the name, and of ICC.1:2022 the type of video signal.
 */
static bool describe(cmsContext context, cmsHPROFILE profile, const up_profile_recipe *recipe)
{
    uint8_t signal[12] = "cicp";
    cmsMLU *name = cmsMLUalloc(context, 1);
    bool done = name && cmsMLUsetASCII(name, "en", "US", recipe->description) &&
                cmsWriteTag(profile, cmsSigProfileDescriptionTag, name);
    cmsMLUfree(name);
    if (!recipe->cicp || recipe->grey)
        return done;
    cmsSetProfileVersion(profile, 4.4);
    memcpy(signal + 8, recipe->cicp, 4);
    return done && cmsWriteRawTag(profile, CICP_TAG, signal, sizeof signal);
}

static uint8_t *save(cmsHPROFILE profile, size_t *size)
{
    static const uint8_t date[12] = { 2000 >> 8, 2000 & 255, 0, 1, 0, 1 }; /* not today's */
    cmsUInt32Number bytes = 0;
    if (!cmsSaveProfileToMem(profile, NULL, &bytes) || bytes < HEADER)
        return NULL;
    uint8_t *icc = up_alloc(bytes, 1);
    if (icc && !cmsSaveProfileToMem(profile, icc, &bytes)) {
        up_free(icc);
        return NULL;
    }
    if (icc)
        memcpy(icc + DATE_AT, date, sizeof date);
    *size = bytes;
    return icc;
}

static up_status make(uint8_t **icc, size_t *size, cmsContext context,
                      const up_profile_recipe *recipe, up_error *error)
{
    cmsToneCurve *curve = build_curve(context, recipe->transfer);
    if (!curve)
        return up_fail_memory(error, "an ICC profile", ENTRIES * sizeof(cmsUInt16Number));
    cmsHPROFILE profile = create(context, recipe, curve);
    cmsFreeToneCurve(curve);
    if (!profile)
        return UP_OK;
    if (describe(context, profile, recipe))
        *icc = save(profile, size);
    cmsCloseProfile(profile);
    return *icc ? UP_OK : up_fail_memory(error, "an ICC profile", ENTRIES);
}

up_status up_profile_make(uint8_t **icc, size_t *size, const up_profile_recipe *recipe,
                          up_error *error)
{
    *icc = NULL;
    *size = 0;
    cmsContext context = cmsCreateContext(NULL, NULL);
    if (!context)
        return up_fail_memory(error, "an ICC profile", sizeof context);
    up_status status = make(icc, size, context, recipe, error);
    cmsDeleteContext(context);
    return status;
}
