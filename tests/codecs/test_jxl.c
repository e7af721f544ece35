/* SPDX-License-Identifier: MIT */
/* JPEG XL, out and in again. */
#include "io/formats.h"
#include "support/codecs/coded_pictures.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("jxl"))
        cr_skip_test("this build has no JPEG XL");
}

TestSuite(jxl, .init = set_up, .fini = scratch_fini, .timeout = 120);

static void *picture(int channels, up_sample sample, unsigned noise)
{
    return coded_picture(channels, sample, 16, noise);
}

static image there_and_back(int channels, up_sample sample, const void *data,
                            const up_encoding *how)
{
    return coded_there_and_back("a.jxl", channels, sample, data, how);
}

Test(jxl, lossless_is_exact)
{
    static const up_sample samples[] = { UP_SAMPLE_U8, UP_SAMPLE_U16, UP_SAMPLE_F32 };
    for (int channels = 1; channels <= 4; channels++)
        for (int kind = 0; kind < 3; kind++) {
            up_encoding how = plain_encoding();
            how.lossless = true;
            how.effort = 1 + 2 * channels;
            how.threads = kind;
            void *data = picture(channels, samples[kind], 50);
            image i = there_and_back(channels, samples[kind], data, &how);
            cr_assert_eq(i.format.channels, channels);
            cr_assert_eq(i.format.sample, samples[kind]);
            cr_assert_eq(i.format.depth, kind == 0 ? 8 : kind == 1 ? 16 : 32);
            cr_expect(i.held_bytes >= i.size);
            cr_expect(memcmp(i.data, data, i.size) == 0, "%d channels, %d", channels, kind);
            image_free(&i);
            free(data);
        }
}

/* A higher quality is nearer; alpha, which libjxl 0.7 takes for one more colour, exact at 100. */
Test(jxl, lossy_is_near)
{
    for (int channels = 1; channels <= 4; channels++) {
        double before = 9;
        for (int quality = 50; quality <= 100; quality += 25) {
            up_encoding how = plain_encoding();
            how.quality = quality;
            uint8_t *data = picture(channels, UP_SAMPLE_U8, 1);
            image i = there_and_back(channels, UP_SAMPLE_U8, data, &how);
            const double difference = coded_difference(&i, data, quality == 100);
            cr_expect_lt(difference, before, "%d channels, %d", channels, quality);
            before = difference;
            image_free(&i);
            free(data);
        }
        cr_expect_lt(before, 2);
    }
}

Test(jxl, metadata_come_back)
{
    expect_metadata_come_back("a.jxl", false);
}

/* Of EXIF and XMP that are longer than what is read at once. */
Test(jxl, long_metadata_come_back)
{
    enum { LONG = 300000 };
    up_encoding how = plain_encoding();
    char *xmp = malloc(LONG);
    memset(xmp, ' ', LONG);
    memcpy(xmp, "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", 37);
    up_blob_set(&how.metadata.xmp, xmp, LONG, NULL);
    uint8_t *data = picture(1, UP_SAMPLE_U8, 9);
    image i = there_and_back(1, UP_SAMPLE_U8, data, &how);
    cr_assert_eq(i.metadata.xmp.size, LONG);
    cr_expect_arr_eq(i.metadata.xmp.data, xmp, LONG);
    image_free(&i);
    free(data);
    free(xmp);
    up_metadata_clear(&how.metadata);
}

Test(jxl, colours_come_back)
{
    static const uint8_t codes[][4] = { { 9, 16, 0, 1 },  { 9, 18, 0, 1 }, { 12, 13, 0, 1 },
                                        { 11, 17, 0, 1 }, { 1, 8, 0, 1 },  { 1, 1, 0, 1 } };
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++)
        for (int lossless = 0; lossless < 2; lossless++) {
            up_encoding how = plain_encoding();
            how.lossless = lossless;
            how.metadata.color.has_cicp = true;
            memcpy(how.metadata.color.cicp, codes[k], 4);
            uint16_t *data = picture(3, UP_SAMPLE_U16, 9);
            image i = there_and_back(3, UP_SAMPLE_U16, data, &how);
            cr_assert(i.metadata.color.has_cicp, "%zu", k);
            cr_expect_arr_eq(i.metadata.color.cicp, codes[k], 4);
            cr_expect_not(i.metadata.color.has_srgb);
            image_free(&i);
            free(data);
        }
    uint8_t *data = picture(1, UP_SAMPLE_U8, 9);
    const up_encoding how = plain_encoding();
    image i = there_and_back(1, UP_SAMPLE_U8, data, &how);
    cr_expect(i.metadata.color.has_srgb && !i.metadata.color.has_cicp && !i.metadata.icc.data);
    image_free(&i);
    free(data);
}

/* A profile that no code points say: gAMA of 1/1.8 and the primaries of Adobe RGB, as PNG may. */
Test(jxl, a_profile_comes_back)
{
    const up_format format = picture_format(CODED_WIDTH, CODED_HEIGHT, 3, UP_SAMPLE_U8);
    static const double primaries[8] = { 0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06 };
    up_encoding how = plain_encoding();
    const up_sink_format *type;
    up_notes notes = { 0 };
    how.lossless = true;
    how.metadata.color.gamma = 1 / 1.8;
    memcpy(how.metadata.color.chromaticities, primaries, sizeof primaries);
    cr_assert_eq(up_sink_format_find(&type, "jxl", NULL, NULL), UP_OK);
    cr_assert_eq(type->declare(&how.metadata, &format, &format, &notes, NULL), UP_OK);
    cr_assert(how.metadata.icc.data);
    uint8_t *data = picture(3, UP_SAMPLE_U8, 9);
    image i = there_and_back(3, UP_SAMPLE_U8, data, &how);
    cr_assert_eq(i.metadata.icc.size, how.metadata.icc.size);
    cr_expect_arr_eq(i.metadata.icc.data, how.metadata.icc.data, how.metadata.icc.size);
    cr_expect_arr_eq(i.data, data, CODED_PIXELS * 3);
    image_free(&i);
    free(data);
    up_metadata_clear(&how.metadata);
    up_notes_clear(&notes);
}

Test(jxl, threads_change_nothing)
{
    expect_threads_change_nothing("a.jxl");
}

Test(jxl, hostile)
{
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    for (int kind = 0; kind < 4; kind++) {
        const int channels = 3 + kind / 2;
        up_encoding how = plain_encoding();
        how.lossless = kind % 2;
        if (kind >= 2)
            up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
        uint8_t *data = picture(channels, UP_SAMPLE_U8, 4);
        expect_coded_hostile_survived(coded_save("h.jxl", channels, UP_SAMPLE_U8, data, &how), 5,
                                      60);
        free(data);
        up_metadata_clear(&how.metadata);
    }
}
