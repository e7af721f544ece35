/* SPDX-License-Identifier: MIT */
/* AVIF, out and in again. */
#include "io/formats.h"
#include "support/pictures/image_io.h"
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

enum { WIDTH = 37, HEIGHT = 29, PIXELS = WIDTH * HEIGHT };

/* A smooth picture with alpha of 0 to 255; of 16 bits those that 12 have. */
static void *picture(int channels, up_sample sample, unsigned noise)
{
    const int count = PIXELS * channels;
    uint16_t *words = malloc((size_t)count * sizeof *words);
    uint8_t *bytes = (uint8_t *)words;
    uint32_t state = 7;
    for (int i = 0; i < count; i++) {
        const int pixel = i / channels, x = pixel % WIDTH, y = pixel / WIDTH;
        const uint32_t random = next_random(&state) % noise;
        const uint32_t level = (uint32_t)(3 * x + 4 * y + 10 * (i % channels)) + random / 4;
        if (sample == UP_SAMPLE_U16)
            words[i] = (uint16_t)(((16 * level + random % 16) % 4096 * 65535 + 2047) / 4095);
        else
            bytes[i] = (uint8_t)level;
    }
    return words;
}

static const char *save(int channels, up_sample sample, const void *data, const up_encoding *how)
{
    const up_format format = picture_format(WIDTH, HEIGHT, channels, sample);
    const char *path = scratch_path("a.avif");
    up_error error = { 0 };
    cr_assert_eq(image_save(path, &format, data, how, 2, 5, &error), UP_OK, "%s", error.message);
    return path;
}

/* Of 16 bits what 12 of them hold. */
Test(avif, lossless_is_exact)
{
    for (int channels = 1; channels <= 4; channels++)
        for (int wide = 0; wide < 2; wide++) {
            const up_sample sample = wide ? UP_SAMPLE_U16 : UP_SAMPLE_U8;
            up_encoding how = plain_encoding();
            how.lossless = true;
            how.effort = 1 + 2 * channels;
            void *data = picture(channels, sample, 100);
            image i = image_load_whole(save(channels, sample, data, &how));
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
            uint8_t *data = picture(channels, UP_SAMPLE_U8, 60);
            image i = image_load_whole(save(channels, UP_SAMPLE_U8, data, &how));
            double sum = 0;
            cr_assert_eq(i.format.channels, channels);
            for (int p = 0; p < PIXELS * channels; p++) {
                sum += abs(i.data[p] - data[p]);
                cr_assert(channels % 2 || (p + 1) % channels || i.data[p] == data[p], "%d", p);
            }
            cr_expect_lt(sum / (PIXELS * channels), before, "%d channels, %d", channels, quality);
            before = sum / (PIXELS * channels);
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
    uint16_t *data = picture(4, UP_SAMPLE_U16, 20);
    image i = image_load_whole(save(4, UP_SAMPLE_U16, data, &how));
    cr_assert_eq(i.format.depth, 16);
    for (int p = 0; p < PIXELS * 4; p++) /* of 10 bits: 64 is one level */
        cr_assert_lt(abs(((uint16_t *)i.data)[p] - data[p]), p % 4 == 3 ? 33 : 192, "%d", p);
    image_free(&i);
    free(data);
}

/* EXIF says that the picture is to be turned, but in AVIF irot and imir say that. */
Test(avif, metadata_come_back)
{
    static const uint8_t exif[] = { 'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                    0,   1,   0,   0, 0, 6, 0, 0, 0, 0, 0,    0, 0 };
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
    uint8_t icc[140] = { 0, 0, 0, 140 };
    memcpy(icc + 36, "acsp", 4);
    for (int lossless = 0; lossless < 2; lossless++) {
        up_encoding how = plain_encoding();
        how.lossless = lossless;
        up_blob_set(&how.metadata.icc, icc, sizeof icc, NULL);
        up_blob_set(&how.metadata.exif, exif, sizeof exif, NULL);
        up_blob_set(&how.metadata.xmp, xmp, sizeof xmp, NULL);
        uint8_t *data = picture(4, UP_SAMPLE_U8, 9);
        image i = image_load_whole(save(4, UP_SAMPLE_U8, data, &how));
        cr_assert_eq(i.format.width, WIDTH);
        cr_expect_eq(i.metadata.orientation, 1);
        cr_assert_eq(i.metadata.icc.size, sizeof icc);
        cr_expect_arr_eq(i.metadata.icc.data, icc, sizeof icc);
        cr_assert_eq(i.metadata.exif.size, sizeof exif);
        cr_expect_arr_eq(i.metadata.exif.data, exif, sizeof exif);
        cr_assert_eq(i.metadata.xmp.size, sizeof xmp);
        cr_expect_arr_eq(i.metadata.xmp.data, xmp, sizeof xmp);
        cr_expect(!i.metadata.color.has_cicp && !i.metadata.color.has_srgb);
        image_free(&i);
        free(data);
        up_metadata_clear(&how.metadata);
    }
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
            uint16_t *data = picture(channels, UP_SAMPLE_U16, 9);
            image i = image_load_whole(save(channels, UP_SAMPLE_U16, data, &how));
            cr_assert_eq(i.metadata.color.has_cicp, k < 4);
            cr_expect_eq(i.metadata.color.has_srgb, k == 4);
            if (k < 4)
                cr_expect_arr_eq(i.metadata.color.cicp, codes[k], 4);
            image_free(&i);
            free(data);
        }
}

/* The bytes are the same for any number of threads. */
Test(avif, threads_change_nothing)
{
    uint8_t *data = picture(3, UP_SAMPLE_U8, 30);
    up_encoding how = plain_encoding();
    size_t sizes[2];
    char *file[2];
    for (int k = 0; k < 2; k++) {
        how.threads = 1 + 2 * k;
        file[k] = file_read(save(3, UP_SAMPLE_U8, data, &how), &sizes[k]);
    }
    cr_assert_eq(sizes[0], sizes[1]);
    cr_expect_arr_eq(file[0], file[1], sizes[0]);
    free(file[0]);
    free(file[1]);
    free(data);
}

/* A cut file is refused; changed ones break nothing. */
Test(avif, hostile)
{
    for (int kind = 0; kind < 4; kind++) {
        up_encoding how = plain_encoding();
        how.lossless = kind % 2;
        how.effort = 1;
        uint8_t *data = picture(3 + kind / 2, UP_SAMPLE_U8, 4);
        size_t size;
        char *file = file_read(save(3 + kind / 2, UP_SAMPLE_U8, data, &how), &size);
        const char *path = scratch_path("h.avif");
        uint32_t state = 3;
        for (size_t n = 0; n < size + 400; n += n < size ? 3 : 1) {
            image i;
            up_error error = { 0 };
            char *copy = malloc(size);
            memcpy(copy, file, size);
            for (int changes = n < size ? 0 : 3; changes > 0; changes--)
                copy[next_random(&state) % size] = (char)next_random(&state);
            file_write(path, copy, n < size ? n : size);
            free(copy);
            const up_status status = image_load(&i, path, 3, &error);
            cr_expect(status != UP_OK || n >= size || i.damage[0], "%zu of %zu bytes", n, size);
            if (status == UP_OK)
                image_free(&i);
            else
                cr_expect(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
        }
        free(file);
        free(data);
    }
}
