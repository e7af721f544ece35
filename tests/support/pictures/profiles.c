/* SPDX-License-Identifier: MIT */
#include "support/pictures/profiles.h"

#include <criterion/criterion.h>
#include <math.h>

static profile save(cmsHPROFILE made)
{
    cmsUInt32Number size = 0;
    cr_assert(made && cmsSaveProfileToMem(made, NULL, &size));
    profile result = { malloc(size), size };
    cr_assert(cmsSaveProfileToMem(made, result.data, &size));
    cmsCloseProfile(made);
    return result;
}

profile profile_of_curves(cmsToneCurve *red, cmsToneCurve *green, cmsToneCurve *blue, bool grey)
{
    const cmsCIExyY white = { 0.3127, 0.3290, 1 };
    const cmsCIExyYTRIPLE p3 = { { 0.680, 0.320, 1 }, { 0.265, 0.690, 1 }, { 0.150, 0.060, 1 } };
    cmsToneCurve *curves[3] = { red, green, blue };
    return save(grey ? cmsCreateGrayProfile(cmsD50_xyY(), red)
                     : cmsCreateRGBProfile(&white, &p3, curves));
}

static profile of_one(cmsToneCurve *curve, bool grey)
{
    profile result = profile_of_curves(curve, curve, curve, grey);
    cmsFreeToneCurve(curve);
    return result;
}

profile profile_of_gamma(double gamma, bool grey)
{
    return of_one(cmsBuildGamma(NULL, gamma), grey);
}

profile profile_of_table(double gamma, int entries, bool grey)
{
    cmsUInt16Number *entry = malloc((size_t)entries * sizeof *entry);
    for (int i = 0; i < entries; i++)
        entry[i] = (cmsUInt16Number)lround(pow((double)i / (entries - 1), gamma) * 65535);
    cmsToneCurve *curve = cmsBuildTabulatedToneCurve16(NULL, (cmsUInt32Number)entries, entry);
    free(entry);
    return of_one(curve, grey);
}

profile profile_of_luts(void)
{
    static const double srgb[9] = { .4361, .3851, .1431, .2225, .7169, .0606, .0139, .0971, .7141 };
    double encoded[9];
    for (int i = 0; i < 9; i++)
        encoded[i] = srgb[i] * 32768 / 65535;
    cmsHPROFILE made = cmsCreateProfilePlaceholder(NULL);
    cmsSetProfileVersion(made, 4.3);
    cmsSetDeviceClass(made, cmsSigDisplayClass);
    cmsSetColorSpace(made, cmsSigRgbData);
    cmsSetPCS(made, cmsSigXYZData);
    cmsToneCurve *square = cmsBuildGamma(NULL, 2), *same = cmsBuildGamma(NULL, 1);
    cmsToneCurve *squares[3] = { square, square, square }, *sames[3] = { same, same, same };
    cmsPipeline *luts = cmsPipelineAlloc(NULL, 3, 3);
    cmsPipelineInsertStage(luts, cmsAT_END, cmsStageAllocToneCurves(NULL, 3, squares));
    cmsPipelineInsertStage(luts, cmsAT_END, cmsStageAllocMatrix(NULL, 3, 3, encoded, NULL));
    cmsPipelineInsertStage(luts, cmsAT_END, cmsStageAllocToneCurves(NULL, 3, sames));
    cr_assert(cmsWriteTag(made, cmsSigAToB0Tag, luts));
    cr_assert(cmsWriteTag(made, cmsSigMediaWhitePointTag, cmsD50_XYZ()));
    cmsPipelineFree(luts);
    cmsFreeToneCurve(square);
    cmsFreeToneCurve(same);
    return save(made);
}

void profile_to_xyz(const void *icc, size_t size, const double *pixel, double xyz[3])
{
    cmsHPROFILE from = cmsOpenProfileFromMem(icc, (cmsUInt32Number)size);
    cr_assert_not_null(from, "no profile");
    cmsHPROFILE to = cmsCreateXYZProfile();
    bool grey = cmsGetColorSpace(from) == cmsSigGrayData;
    cmsHTRANSFORM transform =
        cmsCreateTransform(from, grey ? TYPE_GRAY_DBL : TYPE_RGB_DBL, to, TYPE_XYZ_DBL,
                           INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
    cr_assert_not_null(transform);
    cmsDoTransform(transform, pixel, xyz, 1);
    cmsDeleteTransform(transform);
    cmsCloseProfile(from);
    cmsCloseProfile(to);
}
