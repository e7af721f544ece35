/* SPDX-License-Identifier: MIT */
/* The way from samples to light and back: which curve, and that it is exact. */
#include "colour/h273.h"
#include "colour/profile.h"
#include "io/metadata/declared_colour.h"
#include "io/metadata/exif.h"
#include "support/pictures/image_io.h"
#include "support/pictures/profiles.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(colour_light, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

Test(colour_light, transfer_functions_follow_their_standards)
{
    static const struct {
        int code;
        double sample, light;
    } known[] = {
        { 1, 0.0812428583, 0.0180539685 },
        { 1, 0.5, 0.25972 },
        { 4, 0.5, 0.217638 },
        { 5, 0.5, 0.143587 },
        { 7, 0.09129, 0.02282 },
        { 8, 0.3, 0.3 },
        { 9, 0.5, 0.1 },
        { 10, 0.6, 0.1 },
        { 13, 0.5, 0.214041 },
        { 13, 0.02, 0.00154799 },
        { 16, 0.508078, 0.01 }, /* 100 cd/m2 */
        { 16, 0.5807, 0.0203 }, /* 203: BT.2408's white */
        { 16, 1, 1 },
        { 17, 0.5, 0.164938 },
        { 18, 0.5, 1.0 / 12 },
        { 18, 0.75, 0.26496 }, /* the same white */
        { 18, 1, 1 },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        up_transfer t;
        cr_assert(up_h273_transfer(&t, known[i].code));
        double light = up_transfer_to_light(&t, known[i].sample);
        cr_expect_float_eq(light, known[i].light, 2e-5, "%d: %.8f", known[i].code, light);
    }
}

Test(colour_light, transfer_functions_are_undone)
{
    for (int code = 0; code < 256; code++) {
        up_transfer t;
        if (!up_h273_transfer(&t, code))
            continue;
        cr_expect_not_null(up_cicp_transfer_name(code));
        for (double v = -0.2; v <= 1.2; v += 0.0137) {
            if (code == 9 || code == 10)
                v = fmax(v, 0.0137); /* no light below */
            double back = up_transfer_from_light(&t, up_transfer_to_light(&t, v));
            cr_expect_float_eq(back, v, 1e-6, "%d: %.6f becomes %.6f", code, v, back);
        }
    }
    cr_expect_null(up_cicp_transfer_name(2));
    cr_expect_null(up_cicp_primaries_name(255));
    cr_expect_null(up_cicp_transfer_name(-1));
}

/* ---- whole pictures */

static up_metadata nothing_said(void)
{
    up_metadata m;
    up_metadata_init(&m);
    return m;
}

static up_metadata said_by_cicp(int primaries, int transfer, int full)
{
    up_metadata m = nothing_said();
    m.color.has_cicp = true;
    m.color.cicp[0] = (uint8_t)primaries;
    m.color.cicp[1] = (uint8_t)transfer;
    m.color.cicp[3] = (uint8_t)full;
    return m;
}

static up_metadata said_by_gamma(double gamma)
{
    up_metadata m = nothing_said();
    m.color.gamma = gamma;
    return m;
}

static up_metadata said_by_profile(profile icc)
{
    up_metadata m = nothing_said();
    m.icc = (up_blob){ icc.data, icc.size };
    return m;
}

static image upscaled(const up_format *f, const void *data, const up_metadata *m,
                      const up_options *options)
{
    up_error error;
    image out;
    up_encoding encoding = plain_encoding();
    encoding.metadata = *m;
    const char *in = scratch_path("in.png"), *to = scratch_path("out.png");
    cr_assert_eq(image_save(in, f, data, &encoding, 1, f->height, &error), UP_OK);
    cr_assert_eq(up_upscale_file(in, to, options, &error), UP_OK, "%s", error.message);
    cr_assert_eq(image_load(&out, to, 16, &error), UP_OK);
    return out;
}

/* Every sample there is, through light. */
static void expect_same(const up_metadata *m, up_sample sample, int channels, const char *what)
{
    const int levels = sample == UP_SAMPLE_U8 ? 256 : 65536;
    const up_format f = picture_format(256, levels / 256, channels, sample);
    const up_options options = {
        .method = "bilinear", .scale = { 1, 1 }, .linear = true, .overwrite = true
    };
    uint8_t *bytes = malloc((size_t)levels * 2 * 3);
    for (int i = 0; i < levels * channels; i++)
        if (sample == UP_SAMPLE_U8)
            bytes[i] = (uint8_t)(i / channels);
        else
            ((uint16_t *)bytes)[i] = (uint16_t)(i / channels);
    image out = upscaled(&f, bytes, m, &options);
    int changed = 0;
    for (size_t i = 0; i < out.size; i++)
        changed += out.data[i] != bytes[i];
    cr_expect_eq(changed, 0, "%s, %d channels, %d levels: %d changed", what, channels, levels,
                 changed);
    image_free(&out);
    free(bytes);
}

static void expect_exact(up_metadata m, int channels, const char *what)
{
    expect_same(&m, UP_SAMPLE_U8, channels, what);
    expect_same(&m, UP_SAMPLE_U16, channels, what);
}

Test(colour_light, every_sample_comes_back)
{
    expect_exact(nothing_said(), 1, "sRGB");
    for (int code = 0; code < 20; code++)
        if (up_cicp_transfer_name(code) && code != 9 && code != 10)
            expect_exact(said_by_cicp(9, code, 1), 1, up_cicp_transfer_name(code));
    expect_exact(said_by_cicp(9, 16, 0), 3, "PQ, narrow");
    expect_exact(said_by_cicp(9, 18, 0), 1, "HLG, narrow");
    expect_exact(said_by_gamma(0.45455), 1, "gamma 2.2");
    expect_exact(said_by_gamma(1), 3, "linear");
    expect_exact(said_by_gamma(1.8), 1, "gamma 1 / 1.8");
}

Test(colour_light, every_sample_comes_back_by_profiles)
{
    cmsToneCurve *red = cmsBuildGamma(NULL, 1.8), *green = cmsBuildGamma(NULL, 2.2),
                 *blue = cmsBuildGamma(NULL, 2.6);
    const profile made[] = {
        profile_of_gamma(1.8, false),
        profile_of_curves(red, green, blue, false),
        profile_of_table(2.2, 4096, false),
        profile_of_table(2.4, 256, false),
        profile_of_luts(),
        profile_of_table(1, 2, false),
    };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        char name[16];
        snprintf(name, sizeof name, "profile %zu", i);
        expect_exact(said_by_profile(made[i]), 3, name);
        free(made[i].data);
    }
    const profile grey = profile_of_table(2.2, 1024, true);
    expect_exact(said_by_profile(grey), 1, "grey profile");
    free(grey.data);
}

/* The mean of two samples, which is not that of their light. */
static void expect_means(const up_metadata *m, up_sample sample, double to_light(double),
                         double from_light(double), const char *what)
{
    enum { PAIRS = 4000 };
    const double white = sample == UP_SAMPLE_U8 ? 255 : 65535;
    const up_format f = picture_format(2, PAIRS, 1, sample);
    const up_options options = {
        .method = "bilinear", .scale = { 1, 0.5 }, .linear = true, .overwrite = true
    };
    uint16_t wide[2 * PAIRS];
    uint8_t narrow[2 * PAIRS];
    uint32_t state = 7;
    for (int i = 0; i < 2 * PAIRS; i++) {
        wide[i] = (uint16_t)(next_random(&state) >> 8);
        narrow[i] = (uint8_t)(wide[i] >> 8);
    }
    const bool is_narrow = sample == UP_SAMPLE_U8;
    image out = upscaled(&f, is_narrow ? (void *)narrow : wide, m, &options);
    int wrong = 0;
    for (int i = 0; i < PAIRS; i++) {
        double a = is_narrow ? narrow[2 * i] : wide[2 * i];
        double b = is_narrow ? narrow[2 * i + 1] : wide[2 * i + 1];
        double exact = white * from_light((to_light(a / white) + to_light(b / white)) / 2);
        int made = is_narrow ? out.data[i] : ((uint16_t *)out.data)[i];
        wrong += fabs(made - exact) > 0.505; /* light is a float */
    }
    cr_expect_eq(wrong, 0, "%s, white %.0f: %d of %d are not the nearest", what, white, wrong,
                 PAIRS);
    image_free(&out);
}

static double identity(double v)
{
    return v;
}

static double power_175(double v)
{
    return pow(v, 1.75);
}

static double root_175(double v)
{
    return pow(v, 1 / 1.75);
}

static double square(double v)
{
    return v * v;
}

static double pq_light(double v)
{
    double x = pow(v, 1 / 78.84375);
    return pow(fmax(x - 0.8359375, 0) / (18.8515625 - 18.6875 * x), 1 / 0.1593017578125);
}

static double pq_sample(double light)
{
    double y = pow(light, 0.1593017578125);
    return pow((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y), 78.84375);
}

static double hlg_light(double v)
{
    return v <= 0.5 ? v * v / 3 : (exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

static double hlg_sample(double light)
{
    return light <= 1.0 / 12 ? sqrt(3 * light)
                             : 0.17883277 * log(12 * light - 0.28466892) + 0.55991073;
}

static void expect_both(up_metadata m, double to_light(double), double from_light(double),
                        const char *what)
{
    expect_means(&m, UP_SAMPLE_U8, to_light, from_light, what);
    expect_means(&m, UP_SAMPLE_U16, to_light, from_light, what);
}

Test(colour_light, means_are_those_of_the_declared_light)
{
    const profile grey = profile_of_gamma(1.75, true);
    expect_both(said_by_gamma(1), identity, identity, "gAMA 1");
    expect_both(said_by_gamma(0.5), square, sqrt, "gAMA 0.5");
    expect_both(said_by_cicp(9, 16, 1), pq_light, pq_sample, "PQ");
    expect_both(said_by_cicp(9, 18, 1), hlg_light, hlg_sample, "HLG");
    expect_both(said_by_profile(grey), power_175, root_175, "profile");
    free(grey.data);
}

Test(colour_light, samples_of_other_depths)
{
    up_metadata m = said_by_cicp(9, 16, 1);
    const up_format f = picture_format(256, 1, 1, UP_SAMPLE_U8);
    up_options options = {
        .method = "bilinear", .scale = { 1, 1 }, .linear = true, .overwrite = true, .depth = 16
    };
    uint8_t narrow[256];
    uint16_t wide[256];
    for (int i = 0; i < 256; i++) {
        narrow[i] = (uint8_t)i;
        wide[i] = (uint16_t)(i * 257);
    }
    image out = upscaled(&f, narrow, &m, &options);
    cr_expect_arr_eq(out.data, wide, sizeof wide);
    image_free(&out);
    const up_format f16 = picture_format(256, 1, 1, UP_SAMPLE_U16);
    options.depth = 8;
    out = upscaled(&f16, wide, &m, &options);
    cr_expect_arr_eq(out.data, narrow, sizeof narrow);
    image_free(&out);
}

Test(colour_light, floats_go_beyond_black_and_white)
{
    enum { COUNT = 400 };
    float in[COUNT], out[COUNT];
    uint8_t bytes[COUNT];
    const up_options options = { .method = "bilinear", .scale = { 1, 1 }, .linear = true };
    up_pixels from = { .format = picture_format(COUNT, 1, 1, UP_SAMPLE_F32), .data = in };
    up_pixels to = { .format = from.format, .data = out };
    for (int i = 0; i < COUNT; i++) {
        in[i] = (float)(i - 50) / 100;
        bytes[i] = (uint8_t)i;
    }
    cr_assert_eq(up_upscale_pixels(&from, &to, &options, NULL), UP_OK);
    for (int i = 0; i < COUNT; i++)
        cr_expect_float_eq(out[i], in[i], 2e-6, "%g becomes %g", (double)in[i], (double)out[i]);
    from = (up_pixels){ .format = picture_format(COUNT, 1, 1, UP_SAMPLE_U8), .data = bytes };
    cr_assert_eq(up_upscale_pixels(&from, &to, &options, NULL), UP_OK);
    for (int i = 0; i < COUNT; i++)
        cr_expect_float_eq(out[i], (float)bytes[i], 2e-4, "%d becomes %g", bytes[i],
                           (double)out[i]);
}

/* ---- whose word counts */

static void expect_light(const up_metadata *m, up_color color, const char *name)
{
    up_light light;
    const up_format f = { .color = color };
    cr_assert_eq(up_declared_light(&light, m, &f, NULL), UP_OK);
    cr_expect(strncmp(light.name, name, strlen(name)) == 0, "%s, not %s", light.name, name);
    up_light_free(&light);
}

Test(colour_light, the_order_is_that_of_png)
{
    const profile rgb = profile_of_gamma(1.8, false), grey = profile_of_gamma(1.5, true);
    up_metadata m = said_by_cicp(12, 18, 1);
    m.icc = (up_blob){ rgb.data, rgb.size };
    m.color.has_srgb = true;
    m.color.gamma = 1;
    expect_light(&m, UP_COLOR_RGB, "HLG (cICP)");
    m.color.cicp[1] = 2; /* unspecified */
    expect_light(&m, UP_COLOR_RGB, "RGB built-in (ICC profile)");
    m.color.cicp[1] = 16, m.color.cicp[2] = 9; /* YCbCr is not for PNG */
    expect_light(&m, UP_COLOR_RGBA, "RGB built-in (ICC profile)");
    m.icc = (up_blob){ grey.data, grey.size };
    expect_light(&m, UP_COLOR_RGB, "sRGB (sRGB chunk)");
    expect_light(&m, UP_COLOR_GREY_ALPHA, "gray built-in (ICC profile)");
    m.icc = (up_blob){ 0 };
    m.color.has_srgb = false;
    expect_light(&m, UP_COLOR_RGB, "gamma 1 (gAMA)");
    m.color.gamma = 30;
    expect_light(&m, UP_COLOR_RGB, "sRGB (nothing else");
    expect_light(&m, UP_COLOR_CMYK, "none");
    m.icc = (up_blob){ rgb.data, rgb.size };
    expect_light(&m, UP_COLOR_GREY, "RGB built-in (ICC profile)"); /* as some JPEGs have it */
    free(rgb.data), free(grey.data);
}

static up_metadata said_by_exif(int space, bool gamma, const char *index, uint8_t *block)
{
    static const uint8_t front[] = "MM\0*\0\0\0\x08\0\x01\x87\x69\0\4\0\0\0\1\0\0\0\x1a\0\0\0\0"
                                   "\0\3\xa0\1\0\3\0\0\0\1\0\1\0\0"
                                   "\xa0\5\0\4\0\0\0\1\0\0\0\x44"
                                   "\xa5\0\0\5\0\0\0\1\0\0\0\x58\0\0\0\0"
                                   "\0\1\0\1\0\2\0\0\0\4R98\0\0\0\0\0"
                                   "\0\0\0\0\0\x12\0\0\0\x0a";
    memcpy(block, front, sizeof front - 1);
    block[0x1a + 2 + 8] = (uint8_t)(space >> 8), block[0x1a + 2 + 9] = (uint8_t)space;
    if (!gamma)
        block[0x1a + 2 + 24] = 0;
    memcpy(block + 0x44 + 2 + 8, index, 3);
    up_metadata m = nothing_said();
    m.exif = (up_blob){ block, sizeof front - 1 };
    return m;
}

Test(colour_light, exif_is_believed_last)
{
    uint8_t block[128];
    up_metadata m = said_by_exif(1, true, "R98", block);
    expect_light(&m, UP_COLOR_RGB, "sRGB");
    m = said_by_exif(0xffff, true, "R98", block);
    expect_light(&m, UP_COLOR_RGB, "gamma 1.8 (EXIF)");
    m = said_by_exif(0xffff, false, "R03", block);
    expect_light(&m, UP_COLOR_RGB, "gamma 2.199 (EXIF)");
    m = said_by_exif(2, false, "R98", block);
    expect_light(&m, UP_COLOR_RGB, "gamma 2.199 (EXIF)");
    m = said_by_exif(0xffff, false, "R98", block);
    expect_light(&m, UP_COLOR_RGB, "sRGB");
    m.color.gamma = 1;
    expect_light(&m, UP_COLOR_RGB, "gamma 1 (gAMA)");
    for (size_t size = 0; size < m.exif.size; size++) {
        uint8_t *cut = malloc(size + !size);
        memcpy(cut, block, size);
        const up_blob part = { cut, size };
        up_exif_gamma(&part);
        free(cut);
    }
}

Test(colour_light, hostile_profiles_have_no_curve)
{
    up_light light;
    profile icc = profile_of_table(2.2, 64, false);
    uint32_t state = 3;
    cmsToneCurve *falling = cmsBuildTabulatedToneCurve16(NULL, 2, (cmsUInt16Number[]){ 65535, 0 });
    profile fall = profile_of_curves(falling, falling, falling, false);
    cmsFreeToneCurve(falling);
    cr_assert_eq(up_profile_light(&light, fall.data, fall.size, false, NULL), UP_OK);
    cr_expect_eq(light.curves, 0);
    free(fall.data);
    for (int i = 0; i < 400; i++) {
        profile bad = { malloc(icc.size), icc.size };
        memcpy(bad.data, icc.data, icc.size);
        for (int k = 0; k < 1 + i % 8; k++)
            bad.data[next_random(&state) % (i % 2 ? 300 : icc.size)] = (uint8_t)next_random(&state);
        cr_assert_eq(up_profile_light(&light, bad.data, bad.size, false, NULL), UP_OK);
        for (int c = 0; c < light.curves; c++)
            cr_expect(isfinite(up_transfer_to_light(&light.curve[c], 0.3)));
        up_light_free(&light);
        cr_assert_eq(up_profile_light(&light, bad.data, (size_t)i * 2 % icc.size, false, NULL),
                     UP_OK);
        up_light_free(&light);
        free(bad.data);
    }
    free(icc.data);
}
