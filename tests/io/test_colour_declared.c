/* SPDX-License-Identifier: MIT */
/* What outputs say of their colours: carried, said in another way, or noted as dropped. */
#define _GNU_SOURCE /* memmem */
#include "api/plan.h"
#include "base/memory.h"
#include "io/png/png_chunk.h"
#include "support/pictures/image_io.h"
#include "support/pictures/profiles.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(colour_declared, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

static const up_color_tags pq = {
    .has_cicp = true,
    .has_mastering = true,
    .has_light_level = true,
    .cicp = { 9, 16, 0, 1 },
    .mastering_chromaticities = { .708, .292, .17, .797, .131, .046, .3127, .329 },
    .mastering_most = 1000,
    .mastering_least = 0.005,
    .light_most = 1000,
    .light_average = 400,
};

/* A picture of one colour that says all this, and what became of it. */
typedef struct {
    image out;
    char notes[256]; /* one after the other, by "; " */
} carried;

static void take_notes(carried *c, const up_plan *plan)
{
    const up_note *note;
    for (int i = 0; (note = up_plan_note_at(plan, i)) != NULL; i++) {
        cr_expect_eq(note->kind, UP_NOTE_DROPPED);
        size_t used = strlen(c->notes);
        snprintf(c->notes + used, sizeof c->notes - used, "%s%s", i ? "; " : "", note->text);
    }
}

static carried carry(const up_color_tags *tags, const profile *icc, int channels, const char *to,
                     const up_options *options)
{
    static const uint8_t level[4] = { 200, 90, 30, 255 };
    uint8_t pixels[16 * 16 * 4];
    carried c = { .notes = "" };
    up_error error;
    up_image *opened;
    up_plan *plan;
    up_encoding encoding = plain_encoding();
    const up_format f = picture_format(16, 16, channels, UP_SAMPLE_U8);
    for (int i = 0; i < 16 * 16 * channels; i++)
        pixels[i] = channels == 2 && i % 2 ? 255 : level[i % channels];
    encoding.metadata.color = *tags;
    if (icc)
        encoding.metadata.icc = (up_blob){ icc->data, icc->size };
    const char *in = scratch_path("in.png"), *out = scratch_path("%s", to);
    cr_assert_eq(image_save(in, &f, pixels, &encoding, 1, 16, &error), UP_OK);
    cr_assert_eq(up_image_open(&opened, in, &error), UP_OK);
    cr_assert_eq(up_plan_create(&plan, opened, out, options, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_plan_run(plan, out, &error), UP_OK, "%s", error.message);
    take_notes(&c, plan);
    up_plan_destroy(&plan);
    up_image_close(&opened);
    cr_assert_eq(image_load(&c.out, out, 16, &error), UP_OK, "%s", error.message);
    return c;
}

static const up_options plainly = {
    .method = "nearest", .scale = { 2, 2 }, .quality = 100, .overwrite = true
};

static carried carry_plainly(const up_color_tags *tags, const profile *icc, int channels,
                             const char *to)
{
    return carry(tags, icc, channels, to, &plainly);
}

Test(colour_declared, chunks_come_through_png)
{
    for (int draft = 0; draft < 2; draft++) {
        up_color_tags tags = pq;
        size_t size;
        tags.draft_names = draft;
        tags.gamma = 0.5;
        carried c = carry_plainly(&tags, NULL, 3, "out.png");
        cr_expect_eq(memcmp(&c.out.metadata.color, &tags, sizeof tags), 0);
        cr_expect_str_eq(c.notes, "");
        char *file = file_read(scratch_path("out.png"), &size);
        for (const char *name = draft ? "mDCv\0cLLi\0" : "mDCV\0cLLI\0"; *name; name += 5)
            cr_expect_not_null(memmem(file, size, name, 4), "%s", name);
        free(file);
        image_free(&c.out);
    }
    up_options strip = plainly;
    strip.strip = true;
    carried c = carry(&pq, NULL, 3, "out.png", &strip);
    cr_expect_not(c.out.metadata.color.has_cicp || c.out.metadata.color.has_mastering ||
                  c.out.metadata.color.has_light_level);
    cr_expect_str_eq(c.notes, "", "what was asked for is no loss");
    image_free(&c.out);
}

Test(colour_declared, damaged_chunks_say_nothing)
{
    static const struct {
        const char *type;
        uint8_t data[33];
        size_t size;
    } bad[] = { { "cICP", { 9, 16, 0 }, 3 }, { "cICP", { 9, 16, 0, 1, 0 }, 5 },
                { "mDCV", { 1 }, 23 },       { "mDCv", { 1 }, 25 },
                { "cLLI", { 1 }, 4 },        { "gAMA", { 0 }, 4 },
                { "cHRM", { 0, 1 }, 31 },    { "sRGB", { 4 }, 1 } };
    const up_format f = picture_format(2, 2, 3, UP_SAMPLE_U8);
    const up_encoding encoding = plain_encoding();
    const char *path = scratch_path("bad.png"), *to = scratch_path("out.jpg");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t size;
        uint8_t file[512];
        cr_assert_eq(image_save(path, &f, "0123456789ab", &encoding, 1, 2, NULL), UP_OK);
        char *whole = file_read(path, &size);
        memcpy(file, whole, 33); /* as far as the end of IHDR */
        memcpy(file + 41, bad[i].data, bad[i].size);
        up_png_seal(file + 41, bad[i].type, bad[i].size);
        memcpy(file + 45 + bad[i].size, whole + 33, size - 33);
        file_write(path, file, size + 12 + bad[i].size);
        free(whole);
        image loaded;
        cr_assert_eq(image_load(&loaded, path, 2, NULL), UP_OK);
        const up_color_tags none = { 0 };
        cr_expect_eq(memcmp(&loaded.metadata.color, &none, sizeof none), 0, "%s", bad[i].type);
        image_free(&loaded);
        const up_options options = { .overwrite = true, .linear = true };
        cr_expect_eq(up_upscale_file(path, to, &options, NULL), UP_OK);
    }
}

/* ---- profiles for JPEG */

/* What a profile shows of a pixel is what its light and primaries are, adapted to D50. */
static void expect_shown(const image *out, const double *pixel, const double linear[3],
                         const double primaries[8], const char *what)
{
    const up_blob *icc = &out->metadata.icc;
    double shown[3], wanted[3];
    cr_assert_not_null(icc->data, "%s: no profile", what);
    profile_to_xyz(icc->data, icc->size, pixel, shown);
    const cmsCIExyY white = { primaries[0], primaries[1], 1 };
    const cmsCIExyYTRIPLE rgb = { { primaries[2], primaries[3], 1 },
                                  { primaries[4], primaries[5], 1 },
                                  { primaries[6], primaries[7], 1 } };
    cmsToneCurve *same = cmsBuildGamma(NULL, 1), *curves[3] = { same, same, same };
    cmsHPROFILE ideal = cmsCreateRGBProfile(&white, &rgb, curves);
    cmsUInt32Number size = 0;
    cmsSaveProfileToMem(ideal, NULL, &size);
    uint8_t *bytes = malloc(size);
    cmsSaveProfileToMem(ideal, bytes, &size);
    profile_to_xyz(bytes, size, linear, wanted);
    for (int i = 0; i < 3; i++)
        cr_expect_float_eq(shown[i], wanted[i], 4e-4, "%s: %d is %.5f, not %.5f", what, i, shown[i],
                           wanted[i]);
    free(bytes);
    cmsFreeToneCurve(same);
    cmsCloseProfile(ideal);
}

static const double bt709[8] = { .3127, .329, .64, .33, .3, .6, .15, .06 };
static const double bt2020[8] = { .3127, .329, .708, .292, .17, .797, .131, .046 };
static const double display_p3[8] = { .3127, .329, .68, .32, .265, .69, .15, .06 };

Test(colour_declared, jpeg_says_gamma_by_a_profile)
{
    const double pixel[3] = { .5, .25, .75 }, squares[3] = { .25, .0625, .5625 };
    carried c = carry_plainly(&(up_color_tags){ .gamma = 1 }, NULL, 3, "out.jpg");
    expect_shown(&c.out, pixel, pixel, bt709, "gAMA 1");
    cr_expect_str_eq(c.notes, "");
    image_free(&c.out);
    up_color_tags tags = { .gamma = 0.5 };
    memcpy(tags.chromaticities, bt2020, sizeof bt2020);
    c = carry_plainly(&tags, NULL, 3, "out.jpg");
    expect_shown(&c.out, pixel, squares, bt2020, "gAMA 0.5, cHRM");
    image_free(&c.out);
    tags.gamma = 0;
    c = carry_plainly(&tags, NULL, 3, "out.jpg");
    const double srgb[3] = { 0.2140411, 0.0508761, 0.5225216 };
    expect_shown(&c.out, pixel, srgb, bt2020, "cHRM alone");
    image_free(&c.out);
    c = carry_plainly(&(up_color_tags){ .gamma = 1 }, NULL, 1, "grey.jpg");
    cr_assert_not_null(c.out.metadata.icc.data);
    double xyz[3];
    profile_to_xyz(c.out.metadata.icc.data, c.out.metadata.icc.size, pixel, xyz);
    cr_expect_float_eq(xyz[1], 0.5, 1e-4, "grey is shown as %.4f", xyz[1]);
    image_free(&c.out);
}

Test(colour_declared, jpeg_says_cicp_by_a_profile)
{
    const double pixel[3] = { .508078, .5807, .75 }, light[3] = { .01, .0203, .098331 };
    const double hlg[3] = { .5, .25, .75 }, shown[3] = { .050689, .0096, .20319 };
    const double p3[3] = { 1, .5, 0 }, srgb[3] = { 1, .2140411, 0 };
    carried c = carry_plainly(&pq, NULL, 3, "out.jpg");
    expect_shown(&c.out, pixel, light, bt2020, "PQ");
    const up_blob *icc = &c.out.metadata.icc;
    cr_expect_not_null(memmem(icc->data, icc->size, "cicp\0\0\0\0\x09\x10\0\1", 12));
    cr_expect_str_eq(c.notes, "mDCV (mastering display); cLLI (content light level)");
    up_blob first = { 0 };
    up_blob_set(&first, icc->data, icc->size, NULL);
    image_free(&c.out);
    c = carry_plainly(&pq, NULL, 3, "out.jpg");
    cr_assert_eq(c.out.metadata.icc.size, first.size);
    cr_expect_arr_eq(c.out.metadata.icc.data, first.data, first.size, "always the same bytes");
    cr_expect_arr_eq(first.data + 24, "\x07\xd0\0\1\0\1\0\0\0\0\0\0", 12, "on any day");
    up_blob_set(&first, NULL, 0, NULL);
    image_free(&c.out);
    c = carry_plainly(&(up_color_tags){ .has_cicp = true, .cicp = { 9, 18, 0, 1 } }, NULL, 3,
                      "out.jpg");
    expect_shown(&c.out, hlg, shown, bt2020, "HLG");
    image_free(&c.out);
    c = carry_plainly(&(up_color_tags){ .has_cicp = true, .cicp = { 12, 13, 0, 1 } }, NULL, 3,
                      "out.jpg");
    expect_shown(&c.out, p3, srgb, display_p3, "Display P3");
    image_free(&c.out);
}

Test(colour_declared, jpeg_says_srgb_by_nothing)
{
    const up_color_tags tags[] = {
        { .has_srgb = true, .gamma = 0.45455 },
        { .has_cicp = true, .cicp = { 1, 13, 0, 1 } },
        { .chromaticities = { .3127, .329, .64, .33, .3, .6, .15, .06 } },
        { 0 },
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        carried c = carry_plainly(&tags[i], NULL, 3, "out.jpg");
        cr_expect_null(c.out.metadata.icc.data, "%zu", i);
        cr_expect_str_eq(c.notes, "");
        image_free(&c.out);
        c = carry_plainly(&tags[i], NULL, 3, "out.ppm");
        cr_expect_str_eq(c.notes, i == 2 ? "cHRM (chromaticities)" : "");
        image_free(&c.out);
    }
}

Test(colour_declared, what_nobody_can_show_is_noted)
{
    up_color_tags tags = { .chromaticities = { .3, .3, .3, .3, .3, .3, .3, .3 }, .gamma = 0.5 };
    carried c = carry_plainly(&tags, NULL, 3, "out.jpg");
    cr_expect_null(c.out.metadata.icc.data);
    cr_expect(strstr(c.notes, "cHRM"), "%s", c.notes);
    image_free(&c.out);
    tags = (up_color_tags){ .has_cicp = true, .cicp = { 77, 2, 0, 1 } };
    c = carry_plainly(&tags, NULL, 3, "out.jpg");
    cr_expect_str_eq(c.notes, "cICP (77, 2, 0, 1)");
    image_free(&c.out);
}

Test(colour_declared, a_profile_too_large_for_jpeg_is_noted)
{
    enum { MANY = 255 * 65519 + 1 };
    const up_format f = picture_format(2, 2, 3, UP_SAMPLE_U8);
    up_notes notes = { 0 };
    up_metadata m;
    up_metadata_init(&m);
    m.icc = (up_blob){ up_alloc_zero(MANY, 1), MANY };
    cr_assert_eq(up_jpeg_sink.declare(&m, &f, &f, &notes, NULL), UP_OK);
    cr_expect_null(m.icc.data);
    cr_assert_not_null(up_notes_at(&notes, 0));
    cr_expect_str_eq(up_notes_at(&notes, 0)->text, "ICC profile, too large for JPEG");
    m.icc = (up_blob){ up_alloc_zero(MANY - 1, 1), MANY - 1 };
    up_notes_clear(&notes);
    cr_assert_eq(up_jpeg_sink.declare(&m, &f, &f, &notes, NULL), UP_OK);
    cr_expect_not_null(m.icc.data);
    cr_expect_null(up_notes_at(&notes, 0));
    up_metadata_clear(&m);
}

Test(colour_declared, formats_without_words_drop_it_by_name)
{
    const profile icc = profile_of_gamma(1.8, false);
    up_color_tags tags = pq;
    tags.gamma = 0.5;
    static const char *const names[] = { "out.ppm", "out.pam", "out.npy" };
    for (int i = 0; i < 3; i++) {
        carried c = carry_plainly(&tags, &icc, 3, names[i]);
        cr_expect_str_eq(c.notes,
                         "mDCV (mastering display); cLLI (content light level); cICP (BT.2020, "
                         "PQ); ICC profile; gAMA (gamma 2)");
        image_free(&c.out);
    }
    free(icc.data);
}

Test(colour_declared, profiles_are_kept_or_made_to_fit)
{
    const profile rgb = profile_of_gamma(1.8, false), grey = profile_of_gamma(1.5, true);
    const up_color_tags none = { 0 };
    up_options red = plainly;
    red.has_background = true;
    red.background[0] = 255;
    carried c = carry_plainly(&none, &rgb, 3, "out.jpg");
    cr_assert_eq(c.out.metadata.icc.size, rgb.size);
    cr_expect_arr_eq(c.out.metadata.icc.data, rgb.data, rgb.size);
    image_free(&c.out);
    static const char *const names[] = { "out.png", "out.jpg" };
    for (int i = 0; i < 2; i++) {
        const double pixel[3] = { .5, .5, .5 };
        double xyz[3];
        c = carry(&none, &grey, 2, names[i], &red);
        cr_expect_eq(c.out.format.channels, 3);
        cr_assert_not_null(c.out.metadata.icc.data, "%s", names[i]);
        profile_to_xyz(c.out.metadata.icc.data, c.out.metadata.icc.size, pixel, xyz);
        cr_expect_float_eq(xyz[1], pow(.5, 1.5), 2e-4, "%s: %.5f", names[i], xyz[1]);
        cr_expect_str_eq(c.notes, "");
        image_free(&c.out);
    }
    free(rgb.data), free(grey.data);
}

Test(colour_declared, a_profile_that_cicp_overrules_does_not_win)
{
    const profile rgb = profile_of_gamma(1.8, false);
    carried c = carry_plainly(&(up_color_tags){ .has_cicp = true, .cicp = { 12, 13, 0, 1 } }, &rgb,
                              3, "out.jpg");
    const double p3[3] = { 1, .5, 0 }, srgb[3] = { 1, .2140411, 0 };
    expect_shown(&c.out, p3, srgb, display_p3, "Display P3 for gamma 1.8");
    cr_expect_str_eq(c.notes, "ICC profile, which cICP overrules");
    image_free(&c.out);
    c = carry_plainly(&pq, &rgb, 3, "out.png");
    cr_expect_eq(c.out.metadata.icc.size, rgb.size, "PNG holds both");
    cr_expect(c.out.metadata.color.has_cicp);
    image_free(&c.out);
    free(rgb.data);
}

/* Grey JPEGs with a profile for RGB: as they are in JPEG, for grey in PNG. */
Test(colour_declared, grey_with_a_profile_for_rgb)
{
    const profile rgb = profile_of_gamma(1.75, false);
    const up_format f = picture_format(16, 16, 1, UP_SAMPLE_U8);
    uint8_t pixels[16 * 16] = { 0 };
    up_encoding encoding = plain_encoding();
    encoding.metadata.icc = (up_blob){ rgb.data, rgb.size };
    const char *in = scratch_path("in.jpg"), *out = scratch_path("out.png");
    cr_assert_eq(image_save(in, &f, pixels, &encoding, 1, 16, NULL), UP_OK);
    cr_assert_eq(up_upscale_file(in, out, &plainly, NULL), UP_OK);
    image loaded;
    cr_assert_eq(image_load(&loaded, out, 16, NULL), UP_OK);
    const double half = 0.5;
    double xyz[3];
    cr_assert_not_null(loaded.metadata.icc.data);
    cr_expect_arr_eq(loaded.metadata.icc.data + 16, "GRAY", 4);
    profile_to_xyz(loaded.metadata.icc.data, loaded.metadata.icc.size, &half, xyz);
    cr_expect_float_eq(xyz[1], pow(.5, 1.75), 2e-4);
    image_free(&loaded);
    free(rgb.data);
}
