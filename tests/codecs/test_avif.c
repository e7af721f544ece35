/* SPDX-License-Identifier: MIT */
/* AVIF, out and in again. */
#include "io/formats.h"
#include "support/codecs/coded_pictures.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void set_up(void)
{
    scratch_init();
    if (up_format_left_out("avif"))
        cr_skip_test("this build has no AVIF");
}

TestSuite(avif, .init = set_up, .fini = scratch_fini, .timeout = 120);

/* Of 16 bits what 12 of them hold. */
static void *picture(int channels, up_sample sample, unsigned noise)
{
    return coded_picture(channels, sample, 12, noise);
}

static image there_and_back(int channels, up_sample sample, const void *data,
                            const up_encoding *how)
{
    return coded_there_and_back("a.avif", channels, sample, data, how);
}

Test(avif, lossless_is_exact)
{
    for (int channels = 1; channels <= 4; channels++)
        for (int wide = 0; wide < 2; wide++) {
            const up_sample sample = wide ? UP_SAMPLE_U16 : UP_SAMPLE_U8;
            up_encoding how = plain_encoding();
            how.lossless = true;
            how.effort = 1 + 2 * channels;
            void *data = picture(channels, sample, 25);
            image i = there_and_back(channels, sample, data, &how);
            cr_assert_eq(i.format.channels, channels);
            cr_assert_eq(i.format.sample, sample);
            cr_assert_eq(i.format.depth, wide ? 16 : 8);
            cr_expect(i.held_bytes >= i.size);
            cr_expect(memcmp(i.data, data, i.size) == 0, "%d channels, %d", channels, wide);
            image_free(&i);
            free(data);
        }
}

/* Alpha is exact; a higher quality is nearer. */
Test(avif, lossy_is_near)
{
    for (int channels = 1; channels <= 4; channels++) {
        double before = 12;
        for (int quality = 40; quality <= 100; quality += 30) {
            up_encoding how = plain_encoding();
            how.quality = quality;
            uint8_t *data = picture(channels, UP_SAMPLE_U8, 15);
            image i = there_and_back(channels, UP_SAMPLE_U8, data, &how);
            cr_assert_eq(i.format.channels, channels);
            const double difference = coded_difference(&i, data, true);
            cr_expect_lt(difference, before, "%d channels, %d", channels, quality);
            before = difference;
            image_free(&i);
            free(data);
        }
        cr_expect_lt(before, 1);
    }
}

Test(avif, lossy_of_16_bits_is_near)
{
    up_encoding how = plain_encoding();
    how.quality = 100;
    uint16_t *data = picture(4, UP_SAMPLE_U16, 5);
    image i = there_and_back(4, UP_SAMPLE_U16, data, &how);
    cr_assert_eq(i.format.depth, 16);
    for (int p = 0; p < CODED_PIXELS * 4; p++) /* of 10 bits: 64 is one level */
        cr_assert_lt(abs(((uint16_t *)i.data)[p] - data[p]), p % 4 == 3 ? 33 : 192, "%d", p);
    image_free(&i);
    free(data);
}

Test(avif, metadata_come_back)
{
    expect_metadata_come_back("a.avif", true);
}

Test(avif, colours_come_back)
{
    static const uint8_t codes[][4] = {
        { 9, 16, 0, 1 }, { 9, 18, 0, 1 }, { 12, 13, 0, 1 }, { 1, 8, 0, 1 }, { 1, 13, 0, 1 }
    };
    for (int k = 0; k < 5; k++)
        for (int channels = 1; channels <= 3; channels += 2) {
            up_encoding how = plain_encoding();
            how.quality = 60;
            how.metadata.color.has_cicp = true;
            memcpy(how.metadata.color.cicp, codes[k], 4);
            uint16_t *data = picture(channels, UP_SAMPLE_U16, 2);
            image i = there_and_back(channels, UP_SAMPLE_U16, data, &how);
            cr_assert_eq(i.metadata.color.has_cicp, k < 4);
            cr_expect_eq(i.metadata.color.has_srgb, k == 4);
            if (k < 4)
                cr_expect_arr_eq(i.metadata.color.cicp, codes[k], 4);
            image_free(&i);
            free(data);
        }
}

Test(avif, threads_change_nothing)
{
    expect_threads_change_nothing("a.avif");
}

Test(avif, hostile)
{
    for (int kind = 0; kind < 4; kind++) {
        const int channels = 3 + kind / 2;
        up_encoding how = plain_encoding();
        how.lossless = kind % 2;
        how.effort = 1;
        uint8_t *data = picture(channels, UP_SAMPLE_U8, 1);
        expect_coded_hostile_survived(coded_save("h.avif", channels, UP_SAMPLE_U8, data, &how), 3,
                                      400);
        free(data);
    }
}
