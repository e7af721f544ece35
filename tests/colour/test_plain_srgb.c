/* SPDX-License-Identifier: MIT */
/* --to-srgb and --to-sdr: which pictures they change, that the colours are right, and what files
 * say of themselves afterwards. */
#include "api/plan.h"
#include "base/memory.h"
#include "colour/h273.h"
#include "colour/primaries.h"
#include "io/colour/plain_srgb.h"
#include "io/metadata/exif.h"
#include "support/pictures/image_io.h"
#include "support/pictures/profiles.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(plain_srgb, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

static const up_options plain = { .method = "nearest", .scale = { 1, 1 }, .to_srgb = true };
static const up_options sdr = { .method = "nearest", .scale = { 1, 1 }, .to_sdr = true };

/* A picture that says all this, and what becomes of it; samples of 16 bits. */
static image convert(const uint16_t *samples, int width, int channels, const up_metadata *said,
                     const char *to, const up_options *options)
{
    up_error error;
    image made;
    up_encoding encoding = plain_encoding();
    up_options taken = *options;
    const up_format f = picture_format(width, 1, channels, UP_SAMPLE_U16);
    const char *in = scratch_path("in.png"), *out = scratch_path("%s", to);
    encoding.metadata = *said;
    taken.overwrite = true;
    remove(in);
    cr_assert_eq(image_save(in, &f, samples, &encoding, 1, 1, &error), UP_OK);
    cr_assert_eq(up_upscale_file(in, out, &taken, &error), UP_OK, "%s", error.message);
    cr_assert_eq(image_load(&made, out, 1, &error), UP_OK, "%s", error.message);
    return made;
}

static void expect_samples(const image *made, const uint16_t *wanted, size_t count, int most)
{
    const uint16_t *sample = (const uint16_t *)made->data;
    cr_assert_eq(made->format.sample, UP_SAMPLE_U16, "16 bits stay 16");
    cr_assert_eq(made->size, count * sizeof *sample);
    for (size_t i = 0; i < count; i++)
        cr_expect(abs(sample[i] - wanted[i]) <= most, "%zu is %d, not %d", i, sample[i], wanted[i]);
}

static const up_metadata nothing = { .orientation = 1 };

static up_metadata of_cicp(int primaries, int transfer)
{
    up_metadata m = nothing;
    m.color.has_cicp = true;
    m.color.cicp[0] = (uint8_t)primaries;
    m.color.cicp[1] = (uint8_t)transfer;
    m.color.cicp[3] = 1;
    return m;
}

/* As published for CSS Color 4, but for what rounds. */
Test(plain_srgb, matrices_between_primaries)
{
    static const double p3[9] = { 1.2249401, -0.2249402, 0,          -0.0420569, 1.0420571,
                                  0,         -0.0196376, -0.0786361, 1.0982735 };
    static const double wide[9] = { 1.6604910,  -0.5876411, -0.0728499, -0.1245505, 1.1328999,
                                    -0.0083494, -0.0181508, -0.1005789, 1.1187297 };
    double m[9];
    cr_assert(up_primaries_matrix(m, up_h273_primaries(12), up_h273_primaries(1)));
    for (int i = 0; i < 9; i++)
        cr_expect_float_eq(m[i], p3[i], 2e-6, "P3 %d is %.7f", i, m[i]);
    cr_assert(up_primaries_matrix(m, up_h273_primaries(9), up_h273_primaries(1)));
    for (int i = 0; i < 9; i++)
        cr_expect_float_eq(m[i], wide[i], 2e-6, "BT.2020 %d is %.7f", i, m[i]);
    /* Another white stays white. */
    cr_assert(up_primaries_matrix(m, up_h273_primaries(11), up_h273_primaries(1)));
    for (int i = 0; i < 3; i++)
        cr_expect_float_eq(m[3 * i] + m[3 * i + 1] + m[3 * i + 2], 1, 1e-9);
    cr_expect(up_primaries_matrix(m, up_h273_primaries(10), up_h273_primaries(1)), "XYZ");
    static const double none[8] = { 0.3, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2 };
    cr_expect_not(up_primaries_matrix(m, none, up_h273_primaries(1)));
    cr_expect_not(up_primaries_matrix(m, up_h273_primaries(1), (double[8]){ 0 }));
}

Test(plain_srgb, display_p3_by_cicp)
{
    static const uint16_t in[] = { 30000, 30000, 30000, 40000, 20000, 30000 };
    static const uint16_t out[] = { 30000, 30000, 30000, 43004, 18547, 30387 };
    const up_metadata p3 = of_cicp(12, 13);
    image made = convert(in, 2, 3, &p3, "out.png", &plain);
    expect_samples(&made, out, 6, 1);
    cr_expect_not(made.metadata.color.has_cicp);
    cr_expect(made.metadata.color.has_srgb);
    image_free(&made);
    made = convert(in, 2, 3, &p3, "out.png", &sdr);
    expect_samples(&made, in, 6, 0);
    cr_expect(made.metadata.color.has_cicp, "it is no HDR picture");
    image_free(&made);
}

Test(plain_srgb, profiles_by_little_cms)
{
    static const uint16_t in[] = { 30000, 30000, 30000, 40000, 20000, 30000, 65535, 65535, 65535 };
    const profile icc = profile_of_gamma(2.2, false);
    up_metadata m = nothing;
    m.icc = (up_blob){ icc.data, icc.size };
    image made = convert(in, 3, 3, &m, "out.png", &plain);
    const uint16_t *sample = (const uint16_t *)made.data;
    cr_expect_null(made.metadata.icc.data);
    cr_expect(made.metadata.color.has_srgb);
    for (int p = 0; p < 3; p++) {
        double from[3], to[3], wanted[3], light[3];
        const up_transfer srgb = up_transfer_srgb();
        double matrix[9];
        for (int c = 0; c < 3; c++)
            from[c] = pow(in[3 * p + c] / 65535.0, 2.2);
        cr_assert(up_primaries_matrix(matrix, up_h273_primaries(12), up_h273_primaries(1)));
        for (int c = 0; c < 3; c++) {
            light[c] = 0;
            for (int k = 0; k < 3; k++)
                light[c] += matrix[3 * c + k] * from[k];
            wanted[c] = up_transfer_from_light(&srgb, light[c]);
            to[c] = sample[3 * p + c] / 65535.0;
            cr_expect_float_eq(to[c], wanted[c], 1.5e-4, "%d %d is %.5f, not %.5f", p, c, to[c],
                               wanted[c]);
        }
    }
    image_free(&made);
    free(icc.data);
}

Test(plain_srgb, grey_and_alpha_keep_their_channels)
{
    static const uint16_t grey[] = { 20000, 11111, 50000, 65535 };
    static const uint16_t colour[] = { 30000, 30000, 30000, 0, 40000, 20000, 30000, 12345 };
    static const uint16_t made_colour[] = { 30000, 30000, 30000, 0, 43004, 18547, 30387, 12345 };
    up_metadata m = nothing;
    m.color.gamma = 1;
    image made = convert(grey, 2, 2, &m, "out.png", &plain);
    const up_transfer srgb = up_transfer_srgb();
    const uint16_t made_grey[] = {
        (uint16_t)lround(up_transfer_from_light(&srgb, 20000 / 65535.0) * 65535), 11111,
        (uint16_t)lround(up_transfer_from_light(&srgb, 50000 / 65535.0) * 65535), 65535
    };
    expect_samples(&made, made_grey, 4, 0);
    cr_expect_eq(made.metadata.color.gamma, 0);
    image_free(&made);
    const up_metadata p3 = of_cicp(12, 13);
    made = convert(colour, 2, 4, &p3, "out.png", &plain);
    expect_samples(&made, made_colour, 8, 1);
    image_free(&made);
}

/* Figures of the formulas of BT.2446-1 and BT.2100, worked out in double precision elsewhere. */
Test(plain_srgb, pq_and_hlg_are_mapped)
{
    static const uint16_t in[] = { 33297, 33297, 33297, 38056, 38056, 38056, 49151, 49151,
                                   49151, 40000, 20000, 30000, 20000, 45000, 10000 };
    static const uint16_t pq[] = { 33644, 33644, 33644, 43886, 43886, 43886, 65353, 65353,
                                   65353, 63091, 0,     26126, 0,     65535, 0 };
    static const uint16_t far[] = { 23410, 23410, 23410, 30127, 30127, 30127, 49731, 49731,
                                    49731, 45887, 0,     18457, 0,     47376, 0 };
    static const uint16_t hlg[] = { 26160, 26160, 26160, 30312, 30312, 30312, 43895, 43895,
                                    43895, 36600, 12200, 23224, 0,     39714, 0 };
    up_metadata m = of_cicp(9, 16);
    image made = convert(in, 5, 3, &m, "out.png", &sdr);
    expect_samples(&made, pq, 15, 2);
    cr_expect_not(made.metadata.color.has_cicp);
    image_free(&made);
    made = convert(in, 5, 3, &m, "out.png", &plain);
    expect_samples(&made, pq, 15, 2);
    image_free(&made);
    m.color.has_light_level = true;
    m.color.light_most = 4000;
    made = convert(in, 5, 3, &m, "out.png", &sdr);
    expect_samples(&made, far, 15, 2);
    cr_expect_not(made.metadata.color.has_light_level, "it is true no longer");
    image_free(&made);
    m = of_cicp(9, 18);
    made = convert(in, 5, 3, &m, "out.png", &sdr);
    expect_samples(&made, hlg, 15, 2);
    image_free(&made);
}

Test(plain_srgb, hdr_stays_what_it_is_without_a_flag)
{
    static const uint16_t in[] = { 33297, 20000, 12345 };
    const up_options none = { .method = "nearest", .scale = { 1, 1 } };
    const up_metadata m = of_cicp(9, 16);
    image made = convert(in, 1, 3, &m, "out.png", &none);
    expect_samples(&made, in, 3, 0);
    cr_expect_eq(memcmp(made.metadata.color.cicp, m.color.cicp, 4), 0);
    image_free(&made);
}

/* JPEG says PQ by a profile, which our own way back knows by its tag. */
Test(plain_srgb, profiles_that_say_pq)
{
    uint16_t in[16 * 3];
    up_error error;
    for (int i = 0; i < 16 * 3; i++)
        in[i] = 38056;
    const up_metadata m = of_cicp(9, 16);
    const up_options none = { .method = "nearest", .scale = { 1, 1 }, .quality = 100 };
    image made = convert(in, 16, 3, &m, "pq.jpg", &none);
    cr_assert_not_null(made.metadata.icc.data);
    image_free(&made);
    up_options to_png = sdr;
    const char *path = scratch_path("sdr.png");
    cr_assert_eq(up_upscale_file(scratch_path("pq.jpg"), path, &to_png, &error), UP_OK, "%s",
                 error.message);
    cr_assert_eq(image_load(&made, path, 1, &error), UP_OK);
    cr_expect(abs(made.data[0] - 171) <= 1, "%d", made.data[0]);
    cr_expect_null(made.metadata.icc.data);
    image_free(&made);
}

Test(plain_srgb, what_says_srgb_already_stays_exact)
{
    static const uint16_t in[] = { 1, 2, 3, 65535, 0, 32768 };
    up_metadata m = nothing;
    image made = convert(in, 2, 3, &m, "out.png", &plain);
    expect_samples(&made, in, 6, 0);
    image_free(&made);
    m.color.has_srgb = true;
    m.color.gamma = 0.45455; /* which sRGB overrules */
    made = convert(in, 2, 3, &m, "out.png", &plain);
    expect_samples(&made, in, 6, 0);
    image_free(&made);
}

Test(plain_srgb, inks_become_rgb)
{
    static const uint8_t inks[] = { 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 51 };
    static const uint8_t rgb[] = { 255, 255, 255, 0, 255, 255, 204, 0, 204 };
    uint8_t made[9];
    const up_pixels from = { .format = { .width = 3,
                                         .height = 1,
                                         .channels = 4,
                                         .frames = 1,
                                         .color = UP_COLOR_CMYK,
                                         .depth = 8 },
                             .data = (void *)inks };
    up_pixels to = { .data = made };
    up_error error;
    cr_assert_eq(up_output_format(&from.format, &plain, &to.format, &error), UP_OK);
    cr_expect_eq(to.format.color, UP_COLOR_RGB);
    cr_assert_eq(to.format.channels, 3);
    cr_assert_eq(up_upscale_pixels(&from, &to, &plain, &error), UP_OK, "%s", error.message);
    cr_expect_eq(memcmp(made, rgb, sizeof rgb), 0);
}

Test(plain_srgb, damaged_profiles_are_refused)
{
    static const uint16_t in[] = { 1, 2, 3 };
    uint8_t icc[200] = { 0 };
    up_error error;
    up_encoding encoding = plain_encoding();
    const up_format f = picture_format(1, 1, 3, UP_SAMPLE_U16);
    memcpy(icc + 16, "RGB XYZ ", 8);
    memcpy(icc + 36, "acsp", 4);
    icc[3] = sizeof icc;
    encoding.metadata.icc = (up_blob){ icc, sizeof icc };
    const char *path = scratch_path("bad.png"), *out = scratch_path("out.png");
    cr_assert_eq(image_save(path, &f, in, &encoding, 1, 1, &error), UP_OK);
    cr_expect_eq(up_upscale_file(path, out, &plain, &error), UP_ERROR_INPUT);
    cr_expect(strstr(error.message, "ICC profile") && strstr(error.message, "--to-srgb"), "%s",
              error.message);
    cr_expect_eq(access(out, F_OK), -1, "nothing is half-written");
}

/* Little-endian TIFF: a directory with one of EXIF (color space, gamma, interoperability). */
Test(plain_srgb, exif_says_srgb_afterwards)
{
    uint8_t exif[] = { 'I', 'I',  42,
                       0,   8,    0,
                       0,   0,    1,
                       0,   0x69, 0x87,
                       4,   0,    1,
                       0,   0,    0,
                       26,  0,    0,
                       0,   0,    0,
                       0,   0,    /* 26: */ 3,
                       0,   1,    0xa0,
                       3,   0,    1,
                       0,   0,    0,
                       255, 255,  0,
                       0,   5,    0xa0,
                       4,   0,    1,
                       0,   0,    0,
                       68,  0,    0,
                       0,   0,    0xa5,
                       5,   0,    1,
                       0,   0,    0,
                       86,  0,    0,
                       0,   0,    0,
                       0,   0,    /* 68: */ 1,
                       0,   1,    0,
                       2,   0,    4,
                       0,   0,    0,
                       'R', '0',  '3',
                       0,   0,    0,
                       0,   0,    /* 86: */ 18,
                       0,   0,    0,
                       10,  0,    0,
                       0 };
    up_blob blob = { exif, sizeof exif };
    cr_expect_float_eq(up_exif_gamma(&blob), 1.8, 1e-9);
    cr_expect(up_exif_is_adobe_rgb(&blob));
    up_exif_say_srgb(&blob);
    cr_expect_eq(up_exif_gamma(&blob), 0, "sRGB is said");
    cr_expect_not(up_exif_is_adobe_rgb(&blob));
    cr_expect_eq(memcmp(exif + 78, "R98", 4), 0);
    cr_expect_eq(memcmp(exif + 36, "\1\0", 3), 0);
}

Test(plain_srgb, is_the_same_for_all_threads_and_bands)
{
    up_error error;
    const up_format f = picture_format(200, 130, 4, UP_SAMPLE_U16);
    uint16_t *samples = up_alloc(200 * 130 * 4, sizeof *samples);
    uint32_t state = 7;
    for (int i = 0; i < 200 * 130 * 4; i++)
        samples[i] = (uint16_t)next_random(&state);
    up_encoding encoding = plain_encoding();
    encoding.metadata = of_cicp(9, 16);
    const char *in = scratch_path("in.png");
    cr_assert_eq(image_save(in, &f, samples, &encoding, 1, 1, &error), UP_OK);
    image first = { 0 };
    for (int i = 0; i < 3; i++) {
        const up_options options = { .method = "bicubic",
                                     .scale = { 2, 2 },
                                     .to_sdr = true,
                                     .overwrite = true,
                                     .threads = 1 + i,
                                     .band = i * 7 };
        image made;
        const char *out = scratch_path("out%d.png", i);
        cr_assert_eq(up_upscale_file(in, out, &options, &error), UP_OK, "%s", error.message);
        cr_assert_eq(image_load(&made, out, 16, &error), UP_OK);
        if (i == 0)
            first = made;
        else {
            cr_expect_eq(memcmp(first.data, made.data, first.size), 0, "threads %d", 1 + i);
            image_free(&made);
        }
    }
    image_free(&first);
    up_free(samples);
}
